import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { hashSync } from "@node-rs/argon2";
import SqliteDatabase from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";

import { listen } from "#tests/support/listen.ts";
import { PUBLIC_URL, temporaryDirectory } from "#tests/support/test-environment.ts";
import { type ServerProcess, startServerProcess } from "#tests/support/start-server-process.ts";

import { AS_SHIPPED } from "./as-shipped.ts";
import type { FloodOutcome } from "./floods/flood.ts";
import { type Flood, flood } from "./floods/start-flood.ts";
import { ownMs, peakMemoryMb, slower, type Time, timeInWords, timeOf } from "./process-figures.ts";
import { report } from "#tests/support/report.ts";

/** The smallest machine has so much. */
const MAX_MEMORY_MB = 256;

test("S8: a thousand slow headers keep nobody waiting, store nothing and are cut", async () => {
  const { cut } = await expectToBear("slow headers", () => ({ kind: "slow-headers", count: 1000 }));
  expect(cut).toBe(1000);
}, 180_000);

test("S8: a thousand slow bodies keep nobody waiting, store nothing and are cut", async () => {
  const { cut } = await expectToBear("slow bodies", ({ paths }) => ({
    kind: "slow-bodies",
    count: 1000,
    path: paths.callback,
  }));
  expect(cut).toBe(1000);
}, 180_000);

test("S8: ten thousand idle connections keep nobody waiting, store nothing and are cut", async () => {
  const { cut } = await expectToBear("idle connections", () => ({ kind: "idle", count: 10_000 }));
  expect(cut).toBe(10_000);
}, 240_000);

test("S8: a hundred thousand wrong tokens keep nobody waiting and store nothing", async () => {
  const { statuses } = await expectToBear("wrong tokens", () => ({
    kind: "requests",
    count: 100_000,
    path: "/api/callback/{n}",
    headers: { "content-type": "application/json" },
  }));
  expect(statuses).toEqual({ 404: 100_000 });
}, 900_000);

test("S8: a thousand operator log-ins at once keep nobody waiting and store nothing", async () => {
  // As dear as it may be.
  const hash = hashSync("right", { memoryCost: 32 * 1024, timeCost: 4, parallelism: 1 });
  const logIns: Flood = {
    kind: "at-once",
    count: 1000,
    path: "/ops/sign-in",
    headers: { origin: PUBLIC_URL, "content-type": "application/x-www-form-urlencoded" },
  };
  const { statuses } = await expectToBear("operator log-ins", () => logIns, { OPERATOR_PASSWORD_HASH: hash });
  expect(Object.keys(statuses)).toEqual(["401", "429"]);
  expect(statuses["401"]).toBeLessThan(10);
}, 180_000);

test("S8: a server whose event loop is held up is found out", async () => {
  const { server } = await startServer();
  process.kill(server.pid, "SIGSTOP");
  setTimeout(() => process.kill(server.pid, "SIGCONT"), 2500);
  const { healthz } = await judgeDuring(server, sleep(2500));
  report("S8 control", `healthz ${timeInWords(healthz)}`, "≥ 1000 ms");
  expect(ownMs(healthz)).toBeGreaterThanOrEqual(1000);
}, 60_000);

test("S8: a server without time limits, and one that stores what it should not, are found out", async () => {
  const patient = createServer({ headersTimeout: 0, requestTimeout: 0 }, (request) => request.resume());
  const url = await listen(patient);
  onTestFinished(() => {
    patient.closeAllConnections();
    patient.close();
  });
  const outcomes = [
    flood(url, { kind: "slow-headers", count: 10 }),
    flood(url, { kind: "slow-bodies", count: 10 }),
  ];
  const { directory, server } = await startServer();
  const before = rowsOf(directory);
  await server.install({ granted_permissions: [] });
  await server.launch();
  expect(unexpectedRows(before, rowsOf(directory), 1)).toEqual(["activity", "launches"]);
  expect((await Promise.all(outcomes)).map(({ cut }) => cut)).toEqual([0, 0]);
}, 180_000);

async function startServer(env: Record<string, string> = {}) {
  const directory = temporaryDirectory();
  return { directory, server: await startServerProcess(directory, { ...AS_SHIPPED, ...env }) };
}

async function expectToBear(
  name: string,
  floodFor: (server: ServerProcess) => Flood,
  env: Record<string, string> = {},
): Promise<FloodOutcome> {
  const { directory, server } = await startServer(env);
  const before = rowsOf(directory);
  const flooding = flood(server.origin, floodFor(server));
  const { healthz, callback, genuine } = await judgeDuring(server, flooding);
  const memory = peakMemoryMb(server.pid);
  const unexpected = unexpectedRows(before, rowsOf(directory), genuine);
  report(
    `S8 ${name}`,
    `healthz ≤ ${timeInWords(healthz)}, ${genuine} callbacks ≤ ${timeInWords(callback)}, rows too many in ${unexpected.length} tables, ${memory} MB`,
    `< 1000 ms, < 2000 ms, 0, ≤ ${MAX_MEMORY_MB} MB`,
  );
  expect(unexpected).toEqual([]);
  expect(ownMs(healthz)).toBeLessThan(1000);
  expect(ownMs(callback)).toBeLessThan(2000);
  expect(memory).toBeLessThanOrEqual(MAX_MEMORY_MB);
  return await flooding;
}

/** The longest that the server took for what it must answer while others flood it. */
async function judgeDuring(server: ServerProcess, flooding: Promise<unknown>) {
  const worst = { healthz: NONE, callback: NONE, genuine: 0 };
  const flood = { isOver: false };
  const end = flooding.finally(() => (flood.isOver = true));
  do {
    worst.healthz = slower(await timeOf(server.pid, () => ok(server.request("/healthz"))), worst.healthz);
    worst.genuine += 1;
    const ids = { installed_app_id: `genuine_${worst.genuine}`, instance_id: `inst_${worst.genuine}` };
    const callback = () => ok(server.install({ ...ids, granted_permissions: [] }));
    worst.callback = slower(await timeOf(server.pid, callback), worst.callback);
    await sleep(100);
  } while (!flood.isOver);
  await end;
  return worst;
}

const NONE: Time = { ms: 0, waitedMs: 0 };

async function ok(asked: Promise<Response>): Promise<void> {
  const response = await asked;
  await response.arrayBuffer();
  expect(response.status).toBe(200);
}

type Rows = Map<string, number>;

/** How many each table has. */
function rowsOf(directory: string): Rows {
  const db = new SqliteDatabase(join(directory, "tidemark.db"), { readonly: true });
  const tables = db.prepare("select name from sqlite_master where type = 'table'").pluck().all() as string[];
  const rows = tables.map((table): [string, number] => [
    table,
    db.prepare(`select count(*) from "${table}"`).pluck().get() as number,
  ]);
  db.close();
  return new Map(rows);
}

const OF_AN_INSTALL = new Set(["received_events", "installs", "install_keys", "activity", "jobs"]);

/** The tables that grew by other than one row for each genuine install, or at all. */
function unexpectedRows(before: Rows, after: Rows, installs: number): string[] {
  return [...after.keys()]
    .filter((table) => after.get(table)! - before.get(table)! !== (OF_AN_INSTALL.has(table) ? installs : 0))
    .sort();
}
