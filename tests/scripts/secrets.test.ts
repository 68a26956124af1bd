import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { verify } from "@node-rs/argon2";
import { expect, test } from "vitest";

import { readEnv } from "#app/platform/http/env.server.ts";
import { runScript } from "#tests/support/run-script.ts";
import { startApp } from "#tests/support/start-app.ts";
import { temporaryDirectory, testEnvironment } from "#tests/support/test-environment.ts";

const secrets = (cwd: string, args: string[] = [], input?: string) =>
  runScript("secrets", args, { cwd, env: {}, ...(input !== undefined && { input }) });

test("fresh secrets are printed, stored in a file of their owner's alone, and never replaced", async () => {
  const cwd = temporaryDirectory();
  const [first, second] = [await secrets(cwd), await secrets(cwd)];
  expect(first.out).toMatch(/^ENCRYPTION_KEYS=k\d{8}-[0-9a-f]{4}:\S{44}\nURL_SECRETS=\S{43}\n$/);
  expect(first.out).not.toBe(second.out);

  writeFileSync(join(cwd, ".env"), "PUBLIC_URL=https://tidemark.example.com\nURL_SECRETS=\n", {
    mode: 0o644,
  });
  expect((await secrets(cwd, ["--write"])).code).toBe(0);
  expect(statSync(join(cwd, ".env")).mode & 0o777).toBe(0o600);
  const stored = readFileSync(join(cwd, ".env"), "utf8");
  expect(() =>
    readEnv(
      Object.fromEntries(
        stored
          .trim()
          .split("\n")
          .map((line) => line.split(/=(.*)/s).slice(0, 2)),
      ),
    ),
  ).not.toThrow();
  expect((await secrets(cwd, ["--write"])).code).toBe(1);
  expect(readFileSync(join(cwd, ".env"), "utf8")).toBe(stored);
});

test("--fly prints the one command that sets them", async () => {
  expect((await secrets(temporaryDirectory(), ["--fly"])).out).toMatch(
    /^fly secrets set ENCRYPTION_KEYS=\S+ URL_SECRETS=\S+\n$/,
  );
});

test("the operator's password becomes a hash that the environment takes, and is shown nowhere", async () => {
  const cwd = temporaryDirectory();
  const password = "correct horse battery";
  const { out, err, code } = await secrets(cwd, ["--operator-password"], `${password}\n`);
  expect(code).toBe(0);
  expect(`${out}${err}`).not.toContain(password);
  const OPERATOR_PASSWORD_HASH = out.trim().slice("OPERATOR_PASSWORD_HASH=".length);
  const env = readEnv(testEnvironment(cwd, { OPERATOR_PASSWORD_HASH }));
  expect(await verify(env.OPERATOR_PASSWORD_HASH!, password)).toBe(true);
  expect(await verify(env.OPERATOR_PASSWORD_HASH!, "correct horse batterz")).toBe(false);
  expect((await secrets(cwd, ["--operator-password"], "short\n")).code).toBe(1);
});

test("a new password takes the place of the old one in .env, and nothing else is touched", async () => {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, ".env"), "PORT=3000\n# OPERATOR_PASSWORD_HASH=\n");
  const set = (password: string) => secrets(cwd, ["--operator-password", "--write"], `${password}\n`);
  for (const password of ["correct horse battery", "another horse battery"]) {
    expect((await set(password)).code).toBe(0);
    const [port, remark, line, ...rest] = readFileSync(join(cwd, ".env"), "utf8").split("\n");
    expect([port, remark, rest]).toEqual(["PORT=3000", "# OPERATOR_PASSWORD_HASH=", [""]]);
    const OPERATOR_PASSWORD_HASH = line!.slice("OPERATOR_PASSWORD_HASH=".length);
    const env = readEnv(testEnvironment(cwd, { OPERATOR_PASSWORD_HASH }));
    expect(await verify(env.OPERATOR_PASSWORD_HASH!, password)).toBe(true);
  }
});

test("a mistyped option is refused in words, without a stack", async () => {
  for (const name of ["manifest", "secrets", "backup", "restore", "doctor"]) {
    const { code, err } = await runScript(name, ["--nonsense"], { cwd: temporaryDirectory(), env: {} });
    expect([name, code, err.trim().split("\n").length]).toEqual([name, 1, 1]);
    expect(err).toContain("Unknown option '--nonsense'");
  }
});

test("the manifest says of each URL whether it can be reached, without the URL", async () => {
  const app = await startApp();
  const run = (env: NodeJS.Dict<string>) =>
    runScript("manifest", ["--json"], {
      cwd: app.directory,
      env: { ...app.env, NODE_ENV: "development", ...env },
    });
  const good = await run({ PUBLIC_URL: app.origin });
  expect(good.err.match(/answers as it should/g)).toHaveLength(2);
  expect(JSON.parse(good.out)).toMatchObject({
    registration_callback_url: app.origin + app.paths.callback,
    permissions: ["data:read", "alerts:read", "alerts:write"],
  });
  const other = await run({ PUBLIC_URL: app.origin, URL_SECRETS: "x".repeat(40) });
  expect(other.err.match(/404 instead of 200/g)).toHaveLength(2);
  const dead = await run({ PUBLIC_URL: "http://127.0.0.1:1" });
  expect(dead.err.match(/cannot be reached/g)).toHaveLength(2);
  expect(dead.err).not.toContain("/api/");
});
