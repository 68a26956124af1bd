import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import SqliteDatabase from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";

import { startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { move, openWallet } from "#tests/monitors/watched-world.ts";
import { installBody } from "#tests/support/blnk-payloads.ts";
import { startServerProcess } from "#tests/support/start-server-process.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

import { report } from "#tests/support/report.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LEAPS = [15 * MINUTE, -15 * MINUTE, 400 * DAY, -400 * DAY];

test("R16: whatever the server's clock does while it runs, each payment is seen or no data is said", async () => {
  const { set, pay, noticed, problem } = await startWithPayments();
  const paid: string[] = [];
  const payFor = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      paid.push(pay());
      await sleep(1000);
    }
  };
  await payFor(5);
  for (const leap of LEAPS) {
    set(leap);
    await payFor(10);
    expect(problem()).toMatch(/^This server's clock is (15 minutes|400 days) (ahead of|behind) /);
    set(0);
    await payFor(5);
    await expect.poll(problem, { timeout: 30_000 }).toBeNull();
    await expect.poll(() => noticed().length, { timeout: 30_000 }).toBe(paid.length);
  }
  expect(noticed().toSorted()).toEqual(paid.toSorted());
  report("R16", `${paid.length} payments through ${LEAPS.length} leaps, each noticed once`, "all, once");
}, 300_000);

/** The server as a process, with a clock that can be set, one monitor of payments, and a ledger with the right time. */
async function startWithPayments() {
  const directory = temporaryDirectory();
  const offsetFile = join(directory, "offset");
  const set = (ms: number) => writeFileSync(offsetFile, String(ms));
  set(0);
  const sandbox = await startSandbox({ seed: "empty" });
  onTestFinished(() => sandbox.close());
  const { ledger } = sandbox.workspace.instances[0]!;
  const { balance_id } = openWallet(ledger);
  const server = await startServerProcess(directory, {
    BLNK_API_URL: sandbox.api,
    MONITOR_INTERVAL_SECONDS: "1",
    CLOCK_OFFSET_FILE: offsetFile,
    NODE_OPTIONS: `--import ${new URL("settable-clock.ts", import.meta.url).pathname}`,
  });
  const { key, instance_id } = sandbox.mintKey(["data:read", "alerts:write"]);
  const ids = { instance_id, api_key: key };
  await server.install(installBody(ids));
  const launched = await server.launch({ instance_id });
  const { pathname, search } = new URL(((await launched.json()) as { portal_url: string }).portal_url);
  const entered = await server.request(pathname + search);
  const cookie = entered.headers.getSetCookie()[0]!.split(";")[0]!;
  const page = entered.headers.get("location")!.split("?")[0]!;
  const monitor = {
    name: "Payments",
    kind: "transaction_match",
    select: { destination: "@Shop" },
    condition: {},
  };
  const imported = await server.request(`${page}/monitors/import`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json", origin: "https://tidemark.example.com" },
    body: JSON.stringify({ monitors: [monitor] }),
  });
  expect(await imported.json()).toMatchObject({ created: 1 });
  const rows = <Row>(query: string) => {
    const db = new SqliteDatabase(join(directory, "tidemark.db"), { readonly: true });
    try {
      return db.prepare(query).all() as Row[];
    } finally {
      db.close();
    }
  };
  const problem = () => rows<{ problem: string | null }>("select problem from monitors")[0]!.problem;
  await expect
    .poll(() => rows("select 1 from monitors where evaluated_at is not null"), { timeout: 30_000 })
    .toHaveLength(1);
  return {
    set,
    problem,
    pay: () =>
      move(ledger, { source: balance_id, destination: "@Shop", precise_amount: 1n }).row.transaction_id,
    noticed: () => rows<{ subject: string }>("select subject from incidents").map(({ subject }) => subject),
  };
}
