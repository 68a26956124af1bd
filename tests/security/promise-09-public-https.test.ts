import { spawn } from "node:child_process";
import { once } from "node:events";

import { expect, test } from "vitest";

import "#tests/support/built-app.ts";
import { temporaryDirectory, testEnvironment } from "#tests/support/test-environment.ts";

async function boot(env: Record<string, string | undefined>) {
  const directory = temporaryDirectory();
  const given = Object.entries(testEnvironment(directory, env)).filter(([, value]) => value !== undefined);
  const server = spawn(process.execPath, [new URL("../../scripts/serve.ts", import.meta.url).pathname], {
    cwd: directory,
    env: { PATH: process.env.PATH!, ...(Object.fromEntries(given) as Record<string, string>) },
  });
  let output = "";
  const ready = Promise.withResolvers<void>();
  server.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (output.includes("listening")) ready.resolve();
  });
  const exit = once(server, "exit");
  await Promise.race([ready.promise, exit]);
  const listening = output.includes('"event":"listening"');
  server.kill("SIGTERM");
  const [code] = (await exit) as [number | null];
  return { output, listening, code };
}

test.each([
  ["plain http", "http://tidemark.example.com"],
  ["localhost", "https://localhost:3000"],
  ["a private address", "https://192.168.1.20"],
])(
  "production does not start with a PUBLIC_URL of %s, and says which variable is wrong",
  async (_name, PUBLIC_URL) => {
    const { output, listening, code } = await boot({ PUBLIC_URL, NODE_ENV: undefined });
    expect({ listening, code }).toEqual({ listening: false, code: 1 });
    expect(output).toContain("PUBLIC_URL");
    expect(output).not.toContain(PUBLIC_URL);
  },
  40_000,
);

test("production starts with a public https origin, and stops cleanly", async () => {
  const { listening, code } = await boot({ PUBLIC_URL: "https://tidemark.example.com", NODE_ENV: undefined });
  expect({ listening, code }).toEqual({ listening: true, code: 0 });
}, 40_000);
