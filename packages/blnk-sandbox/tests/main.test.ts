import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { objectOf } from "../conformance/body.ts";

function run(...options: string[]): ChildProcess {
  return spawn(process.execPath, ["packages/blnk-sandbox/main.ts", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

test(
  "--json tells where it listens, with a key that works, and SIGTERM ends it",
  { timeout: 60_000 },
  async () => {
    const child = run("--json", "--seed", "empty");
    const exited = once(child, "exit");
    const [line] = await once(createInterface({ input: child.stdout! }), "line");
    const told = objectOf(JSON.parse(String(line)));
    expect(Object.keys(told)).toEqual(["event", "api", "dashboard", "control", "instance_id", "api_key"]);
    for (const origin of [told.api, told.dashboard, told.control]) {
      expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    }
    const response = await fetch(`${String(told.api)}/data/ledgers?instance_id=${String(told.instance_id)}`, {
      headers: { authorization: `Bearer ${String(told.api_key)}` },
    });
    expect(await response.json()).toMatchObject({ total: 1 });
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  },
);

test.each([
  ["--seed", "full"],
  ["--port", "eighty"],
  ["--set", "payload=newest"],
])("%s %s is refused in words", { timeout: 60_000 }, async (...options) => {
  const child = run(...options);
  const [code] = await once(child, "exit");
  expect(code).toBe(2);
});
