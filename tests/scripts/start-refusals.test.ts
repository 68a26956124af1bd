import { createServer } from "node:http";

import { expect, onTestFinished, test, vi } from "vitest";

import { listen } from "#tests/support/listen.ts";
import { runScript } from "#tests/support/run-script.ts";
import { startApp } from "#tests/support/start-app.ts";
import "#tests/support/built-app.ts";
import { temporaryDirectory, testEnvironment } from "#tests/support/test-environment.ts";

// Each server is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

/** The one line of a server that did not start. */
async function refusal(env: NodeJS.Dict<string>, cwd = temporaryDirectory()) {
  const { code, out, err } = await runScript("serve", [], { cwd, env });
  expect([code, err]).toEqual([1, ""]);
  return JSON.parse(out) as { event: string; message?: string; variables?: { variable: string }[] };
}

test("a server without its environment names every variable that is missing", async () => {
  const { event, variables } = await refusal({});
  expect(event).toBe("not_started");
  expect(variables!.map(({ variable }) => variable)).toEqual([
    "PUBLIC_URL",
    "ENCRYPTION_KEYS",
    "URL_SECRETS",
  ]);
});

test("a port that is taken, or an address that is not here, is named with its variable", async () => {
  const other = createServer();
  const { port } = new URL(await listen(other));
  onTestFinished(() => void other.close());
  const env = () => testEnvironment(temporaryDirectory());
  for (const taken of [{ PORT: port }, { METRICS_PORT: port }])
    expect(await refusal({ ...env(), ...taken })).toEqual({
      event: "not_started",
      message: `Port ${port} is in use by another program. Set PORT (or METRICS_PORT) to a free one.`,
    });
  // A range that is kept for documentation: no machine has it.
  expect((await refusal({ ...env(), HOST: "192.0.2.1" })).message).toContain("Correct HOST");
});

test("a second server on the same file is refused in words, and the first goes on", async () => {
  const app = await startApp();
  expect((await refusal(app.env)).message).toContain("in use by another server or a restore");
  expect((await app.request("/readyz")).status).toBe(200);
});
