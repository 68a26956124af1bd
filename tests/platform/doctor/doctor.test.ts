import { createServer } from "node:http";
import { join } from "node:path";
import { writeFileSync } from "node:fs";

import { expect, onTestFinished, test, vi } from "vitest";

import type { Finding } from "#app/platform/doctor/finding.ts";
import { IDS } from "#tests/support/blnk-payloads.ts";
import { listen } from "#tests/support/listen.ts";
import { runScript } from "#tests/support/run-script.ts";
import { startApp, type TestApp } from "#tests/support/start-app.ts";
import { temporaryDirectory, testEnvironment } from "#tests/support/test-environment.ts";

// Each command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

/** The doctor on the app's own machine: the local address stands for the public one. */
async function examineOwn(app: TestApp, env: NodeJS.Dict<string> = {}) {
  const run = await runScript("doctor", [app.origin, "--insecure-local", "--json"], {
    cwd: app.directory,
    env: { ...app.env, NODE_ENV: "development", PUBLIC_URL: app.origin, ...env },
  });
  const { findings } = JSON.parse(run.out) as { findings: Finding[] };
  return { ...run, findings };
}

const result = (findings: Finding[], point: number | string) =>
  findings.find(({ promise, title }) => (typeof point === "number" ? promise === point : title === point));

test("all thirteen points are told in order, what can be seen passes, and the missing off-machine backup fails", async () => {
  const app = await startApp();
  await app.install();
  const { code, findings, out } = await examineOwn(app, { BLNK_APP_ID: IDS.app_id });
  expect(findings.slice(0, 13).map(({ promise }) => promise)).toEqual(
    Array.from({ length: 13 }, (_, index) => index + 1),
  );
  for (const promise of [1, 2, 3, 4, 5, 6, 10, 11, 12, 13])
    expect(result(findings, promise)).toMatchObject({ result: "pass" });
  for (const promise of [7, 8, 9]) expect(result(findings, promise)).toMatchObject({ result: "unknown" });
  for (const fact of [
    "Ready",
    "Wrong token",
    "Security headers",
    "Cookies",
    "Clock",
    "Durability",
    "Encryption keys in use",
    "App id pinned",
  ])
    expect(result(findings, fact)).toMatchObject({ title: fact, result: "pass" });
  expect(result(findings, "Backups")).toMatchObject({ result: "fail" });
  expect(code).toBe(1);
  for (const secret of [app.env.URL_SECRETS!, app.env.ENCRYPTION_KEYS!.split(":")[1]!, app.paths.callback])
    expect(out).not.toContain(secret);
  // It sent nothing that was taken for an event.
  expect(app.rows("select * from received_events")).toHaveLength(1);
});

test("installs without BLNK_APP_ID, and what an uninstall should have ended, fail", async () => {
  const app = await startApp();
  await app.install();
  app.change("update installs set state = 'inactive'");
  const { findings } = await examineOwn(app);
  expect(result(findings, "App id pinned")).toMatchObject({ result: "fail" });
  expect(result(findings, 5)).toMatchObject({ result: "fail" });
});

test("a stranger's doctor needs no secret, and says what it cannot tell", async () => {
  const app = await startApp();
  const run = await runScript("doctor", [app.origin, "--insecure-local"], { cwd: app.directory, env: {} });
  expect(run.code).toBe(0);
  expect(run.out).toMatch(/^cannot tell {2}3 Install callback/m);
  expect(run.out).toMatch(/^pass {8}11 frame-ancestors/m);
});

test("a URL secret from a file enables its checks, and a wrong one fails them", async () => {
  const app = await startApp();
  const file = join(app.directory, "secret");
  for (const [secret, expected] of [
    [app.env.URL_SECRETS!, "pass"],
    ["x".repeat(40), "FAIL"],
  ] as const) {
    writeFileSync(file, `${secret}\n`);
    const args = [app.origin, "--insecure-local", "--url-secret-file", file];
    const run = await runScript("doctor", args, { cwd: app.directory, env: {} });
    expect(run.out).toMatch(new RegExp(`^${expected} +3 `, "m"));
    expect(`${run.out}${run.err}`).not.toContain(secret);
  }
});

test("what is not seen is said with its reason: no answer, no database here, a mistake in the environment", async () => {
  const cwd = temporaryDirectory();
  const closed = createServer();
  const dead = await listen(closed);
  closed.close();
  const env = testEnvironment(cwd, { NODE_ENV: "development", PUBLIC_URL: dead });
  const examine = (env: NodeJS.Dict<string>) => runScript("doctor", [dead, "--insecure-local"], { cwd, env });
  const stranger = await examine({});
  expect(stranger.code).toBe(1);
  expect(stranger.out).toMatch(/^FAIL {11}Reachable: GET \/ got no answer: ECONNREFUSED/m);
  expect(stranger.out).toMatch(/^cannot tell 13 .*without an answer/m);
  expect(stranger.out).toMatch(/^cannot tell {2}1 .*on the machine only/m);
  expect(stranger.out).toMatch(/^cannot tell {4}Host: .* seen on the machine only\.$/m);
  expect((await examine(env)).out).toMatch(/Host: .*there is no database at .*tidemark\.db/);
  const mistaken = await examine({ ...env, PORT: "many" });
  expect(mistaken.out).toMatch(/Host: .*PORT: must be a whole number from 0 to 65535/);
});

/** Some other server, which answers everything with a redirect or a page of its own. */
async function startOther(headers: Record<string, string>, status: number) {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? "");
    response.writeHead(status, headers).end("<p>blnk_1234567890</p>");
  });
  const url = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, paths };
}

test("our own tokens go to nobody else, and redirects are not followed", async () => {
  const app = await startApp();
  const target = await startOther({}, 200);
  const other = await startOther({ Location: `${target.url}/elsewhere` }, 302);
  const run = await runScript("doctor", [other.url, "--insecure-local"], {
    cwd: app.directory,
    env: { ...app.env, NODE_ENV: "development", PUBLIC_URL: app.origin },
  });
  expect(run.code).toBe(1);
  expect(target.paths).toEqual([]);
  for (const token of [app.paths.callback, app.paths.launch]) expect(other.paths).not.toContain(token);
});

test("a bad deployment fails point by point", async () => {
  const other = await startOther(
    {
      "X-Powered-By": "Express",
      "Set-Cookie": "sid=1",
      "Content-Security-Policy": "frame-ancestors *; connect-src https://api.cloud.blnkfinance.com",
    },
    200,
  );
  const run = await runScript("doctor", [other.url, "--insecure-local", "--json"], {
    cwd: temporaryDirectory(),
    env: {},
  });
  const { findings } = JSON.parse(run.out) as { findings: Finding[] };
  for (const point of [2, 11, 12, 13, "Wrong token", "Security headers", "Cookies"])
    expect(result(findings, point)).toMatchObject({ result: "fail" });
  expect(run.code).toBe(1);
});

test.each([["http://tidemark.example.com"], ["http://127.0.0.1:1"], ["nonsense"]])(
  "%s is not examined without saying that it is a local, insecure address",
  async (address) => {
    const run = await runScript("doctor", [address], { cwd: temporaryDirectory(), env: {} });
    expect(run).toMatchObject({ code: 1, out: "" });
  },
);
