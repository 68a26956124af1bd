import { execFileSync } from "node:child_process";
import { copyFileSync, openSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

import SqliteDatabase from "better-sqlite3";
import { expect, test } from "vitest";

import { startServerProcess } from "#tests/support/start-server-process.ts";
import { startApp } from "#tests/support/start-app.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";
import { expectToWithstand } from "#tests/support/storage-fault.ts";

/** The largest file that a process may write from now on: beyond it the kernel refuses, as a failing disk does. */
function limitFiles(pid: number, bytes: number | "unlimited"): void {
  execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:`]);
}

test("a disk that refuses to write costs no event, and the server recovers without a restart", async () => {
  const directory = temporaryDirectory();
  const server = await startServerProcess(directory);
  const file = join(directory, "tidemark.db");
  await expectToWithstand(server, file, {
    begin: () => limitFiles(server.pid, 1),
    end: () => limitFiles(server.pid, "unlimited"),
  });
}, 120_000);

test("a second server on the same database does not start, and says why", async () => {
  const directory = temporaryDirectory();
  await startServerProcess(directory);
  const second = await startServerProcess(directory);
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain("in use by another server");
}, 120_000);

test("a database of a newer version does not start, and says what to do", async () => {
  const app = await startApp();
  await app.stop();
  const db = new SqliteDatabase(app.file);
  db.exec("insert into kysely_migration (name, timestamp) values ('999-later', '2030-01-01')");
  db.close();
  const server = await startServerProcess(app.directory, { ENCRYPTION_KEYS: app.env.ENCRYPTION_KEYS! });
  expect(await server.ended).toBe(1);
  expect(server.output()).toContain("written by a newer version");
}, 120_000);

test("a file that is no database does not start, is named, and is left as it is", async () => {
  const directory = temporaryDirectory();
  const file = join(directory, "tidemark.db");
  writeFileSync(file, "not a database at all, but long enough to look like one\n".repeat(200));
  const { size } = statSync(file);
  const server = await startServerProcess(directory);
  expect(await server.ended).toBe(1);
  expect(server.output()).toMatch(/tidemark\.db is damaged or no database/);
  expect(statSync(file).size).toBe(size);
}, 120_000);

test("a database with a damaged page does not start", async () => {
  const app = await startApp();
  await app.install();
  await app.stop();
  copyFileSync(app.file, `${app.file}.good`);
  const handle = openSync(app.file, "r+");
  for (let page = 1; page < Math.floor(statSync(app.file).size / 4096); page += 1)
    writeSync(handle, Buffer.alloc(512, 0xa5), 0, 512, page * 4096);
  const env = { ENCRYPTION_KEYS: app.env.ENCRYPTION_KEYS!, URL_SECRETS: app.env.URL_SECRETS! };
  const server = await startServerProcess(app.directory, env);
  expect(await server.ended).toBe(1);
  expect(server.output()).toMatch(/tidemark\.db is damaged or no database/);
  // The control: the copy from before starts.
  copyFileSync(`${app.file}.good`, app.file);
  const good = await startServerProcess(app.directory, env);
  expect((await good.request("/readyz")).status).toBe(200);
}, 120_000);
