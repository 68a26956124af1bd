import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import SqliteDatabase from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";

import { harmed } from "#scripts/bench/control/harm.ts";
import { startAppServer } from "#scripts/bench/machine/app-server.ts";
import { enterPortal, importMonitors, install } from "#scripts/bench/machine/portal-session.ts";
import { scheduledMs } from "#scripts/bench/machine/server-process.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

import { report } from "#tests/support/report.ts";

const SIZE = 4_900_000;
const MEASURED_MS = 15_000;
const MOST_MS = 200;

const FAT: [name: string, meta_data: string][] = [
  ["text", `{"note":"${"x".repeat(SIZE)}"}`],
  ["lists", `{"lists":[${"[],".repeat(SIZE / 3)}0]}`],
  ["objects", `{"objects":[${"{},".repeat(SIZE / 3)}0]}`],
  ["huge numbers", `{"numbers":[${"1e300,".repeat(SIZE / 6)}1]}`],
  ["a deep nesting", `{"deep":${'{"a":'.repeat(SIZE / 6)}1${"}".repeat(SIZE / 6)}}`],
  ["escapes", `{"note":"${String.raw`\"`.repeat(SIZE / 2)}"}`],
];

const rowOf = (id: string, amount: number, meta_data: string) =>
  `{"transaction_id":"txn_${id}","source":"bln_1","destination":"bln_2","reference":"${id}","precise_amount":${amount},` +
  `"precision":100,"currency":"USD","status":"APPLIED","created_at":"${new Date().toISOString()}","meta_data":${meta_data}}`;

/** A Cloud of one page, which is what it is given. */
async function startFatCloud() {
  let page = Buffer.from('{"data":[],"total":0}');
  let read = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    if (!request.url!.startsWith("/data/transactions") || !request.url!.includes("created_at_lte"))
      return void response.end(
        request.method === "POST" ? '{"anomaly_id":"ano_1"}' : '{"data":[],"total":0}',
      );
    read += 1;
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reads: () => read,
    book(rows: readonly string[]) {
      page = Buffer.from(`{"data":[${rows.join()}],"total":${rows.length}}`);
    },
  };
}

/** The app as it is shipped beside such a Cloud, with a monitor of large payments. */
async function openFatWorld() {
  const cloud = await startFatCloud();
  const app = await startAppServer(temporaryDirectory(), {
    env: { BLNK_API_URL: cloud.url, MONITOR_INTERVAL_SECONDS: "1" },
  });
  onTestFinished(() => app.stop());
  const db = new SqliteDatabase(app.file, { readonly: true, timeout: 10_000 });
  onTestFinished(() => void db.close());
  const ids = await install(app.origin, { instance_id: "fat", api_key: "blnk_fat" });
  const condition = { amount_operator: ">=", value: "100.00", precision: 100 };
  const large = { name: "Large", kind: "transaction_match", select: {}, condition };
  await importMonitors(await enterPortal(app.origin, ids), [large]);
  let called = 0;
  // What either stood in line for a processor is the machine's.
  const waited = () => app.waitedMs() + scheduledMs(process.pid, 1);
  return {
    cloud,
    peakMemory: app.peakMemory,
    alerted: () =>
      db
        .prepare<[], { entity: string }>("select entity from incidents")
        .all()
        .map(({ entity }) => entity),
    /** How long a callback of another install takes meanwhile, p95: the rows are read once a second. */
    slowCallback: async (): Promise<number> => {
      const ends = Date.now() + MEASURED_MS;
      const taken: number[] = [];
      while (Date.now() < ends) {
        const began = performance.now() - waited();
        called += 1;
        await install(app.origin, { instance_id: `other${called}`, api_key: `blnk_other${called}` });
        taken.push(performance.now() - waited() - began);
        await sleep(150);
      }
      return taken.toSorted((one, other) => one - other)[Math.floor(taken.length * 0.95)]!;
    },
  };
}

test("R14: three rows of 4.9 MB cost another install's callback no more than 200 ms, and the next payment alerts", async () => {
  const { cloud, alerted, slowCallback, peakMemory } = await openFatWorld();
  await slowCallback();
  const alone = await slowCallback();
  const worst: [name: string, ms: number][] = [];
  const rows: string[] = [];
  const expected: string[] = [];
  for (const [index, [name, meta_data]] of FAT.entries()) {
    const reads = cloud.reads();
    const fat = Array.from({ length: 3 }, (_, at) => rowOf(`fat${index}_${at}`, 1, meta_data));
    rows.push(rowOf(`large${index}`, 50_000, "{}"));
    expected.push(`txn_large${index}`);
    cloud.book([...fat, ...rows]);
    worst.push([name, await slowCallback()]);
    expect(cloud.reads()).toBeGreaterThan(reads);
    expect(new Set(alerted())).toEqual(new Set(expected));
    expect(alerted()).toHaveLength(expected.length);
  }
  const [shape, ms] = worst.toSorted((one, other) => other[1] - one[1])[0]!;
  report(
    "R14",
    `callbacks p95 ${ms.toFixed(0)} ms beside ${shape} (${alone.toFixed(0)} alone), ${peakMemory().toFixed(0)} MB`,
    `≤ ${MOST_MS} ms later, each payment alerts`,
  );
  expect(ms - alone).toBeLessThan(MOST_MS);
}, 600_000);

test("a server that is held up for half a second each second is found out", async () => {
  const ms = await harmed({ everySecondMs: 500 }, async () => (await openFatWorld()).slowCallback());
  report("R14 control", `callbacks p95 ${ms.toFixed(0)} ms`, `> ${MOST_MS} ms`);
  expect(ms).toBeGreaterThan(MOST_MS);
}, 120_000);
