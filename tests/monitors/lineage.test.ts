import { setTimeout as sleep } from "node:timers/promises";

import { beforeEach, describe, expect, test } from "vitest";

import { previewMonitor } from "#app/monitors/preview.server.ts";
import { readMonitor } from "#app/monitors/definition/read-monitors.ts";
import { jobCredentials } from "#app/platform/installs/cloud-access.server.ts";
import { findInstall } from "#app/platform/installs/installs.server.ts";

import { below, move, openWallet, openWatchedWorld, type WatchedWorld } from "./watched-world.ts";

const MINUTE = 60_000;

let world: WatchedWorld;
let wallet: string;
beforeEach(async () => {
  world = await openWatchedWorld();
  await world.install();
  wallet = openWallet(world.ledger, { amount: 10_000n }).balance_id;
});

/** What Core writes beside a payment into a balance that tracks its funds. */
function shadow(more: object = {}) {
  move(world.ledger, {
    source: "@stripe_ada_lineage",
    destination: "@ada_lineage",
    precise_amount: 700n,
    meta_data: { _shadow_for: "txn_payment", _lineage_type: "credit" },
    ...more,
  });
}

const lineageBalance = (indicator: string) =>
  [...world.ledger.balances.all()].find((balance) => balance.indicator === indicator)!.balance_id;

const stored = (id: string) => world.ledger.balances.all().find(({ balance_id }) => balance_id === id)!;

async function firing(...monitors: object[]): Promise<string[]> {
  // What was booked in the very millisecond of its creation is a monitor's business.
  await sleep(2);
  for (const [index, json] of monitors.entries()) await world.monitor({ name: `monitor ${index}`, ...json });
  await world.evaluate();
  return await incidents();
}

async function incidents() {
  const names = new Map((await world.monitors()).map(({ id, name }) => [id, name]));
  return (await world.incidents()).map(({ monitor_id, subject }) => `${names.get(monitor_id)} ${subject}`);
}

const match = (select: object = {}) => ({ kind: "transaction_match", select, condition: {} });

describe("lineage balances", () => {
  beforeEach(() => shadow());

  test("are neither judged nor added up in a selection of any kind", async () => {
    const total = (operator: string, value: string) => ({
      kind: "balance_threshold",
      select: { ledger_id: "general_ledger_id" },
      condition: { field: "credit_balance", operator, value, precision: 100, per: "total" },
    });
    expect(
      await firing(
        below({ currency: "USD" }, "-6.99"),
        total(">", "0.00"),
        below({ ledger_id: "general_ledger_id" }, "0.00", { field: "credit_balance", operator: ">" }),
      ),
    ).toEqual([`monitor 0 ${lineageBalance("@World")}`]);
  });

  test("do not make a currency of a selection", async () => {
    shadow({ currency: "EUR" });
    const id = await world.monitor(below({ currency: undefined, ledger_id: "general_ledger_id" }, "-999.00"));
    await world.evaluate();
    expect((await world.states()).filter(({ monitor_id }) => monitor_id === id)).toEqual([]);
  });

  test("are judged where one was chosen by its id", async () => {
    const id = lineageBalance("@stripe_ada_lineage");
    expect(await firing(below({ balance_id: id }, "0.00"))).toEqual([`monitor 0 ${id}`]);
  });

  test("are no new balances, and leave the ledger in balance", async () => {
    await firing(
      { kind: "new_balance", select: {}, condition: {} },
      { kind: "ledger_imbalance", select: {}, condition: {} },
    );
    shadow({ source: "@paystack_ada_lineage" });
    move(world.ledger, { source: "@Fees", destination: wallet, precise_amount: 1n });
    for (let minute = 0; minute < 4; minute += 1) await world.work(MINUTE);
    expect(await incidents()).toEqual([`monitor 0 ${lineageBalance("@Fees")}`]);
  });

  test("that alone do not add up are no imbalance of the ledger, others are", async () => {
    stored(lineageBalance("@ada_lineage")).credit += 5n;
    await firing({ kind: "ledger_imbalance", select: {}, condition: {} });
    for (let minute = 0; minute < 4; minute += 1) await world.work(MINUTE);
    expect(await incidents()).toEqual([]);
    stored(wallet).credit += 5n;
    for (let minute = 0; minute < 4; minute += 1) await world.work(MINUTE);
    expect(await incidents()).toEqual(["monitor 0 USD"]);
  });
});

describe("shadow rows", () => {
  const payment = (more: object = {}) =>
    move(world.ledger, { source: "@World", destination: wallet, precise_amount: 700n, ...more });
  const count = (select: object, more: object = {}) => ({
    kind: "movement",
    select,
    condition: {
      measure: "count",
      direction: "both",
      operator: ">",
      value: "2",
      window_minutes: 60,
      ...more,
    },
  });

  test("are no transactions: one payment is matched and counted once", async () => {
    shadow();
    await firing(
      match(),
      count({ currency: "USD" }),
      count({ ledger_id: "general_ledger_id" }),
      count({ currency: "USD" }, { per: "balance" }),
    );
    expect(await incidents()).toEqual([]);
    payment();
    shadow();
    await world.work(MINUTE);
    await world.work(MINUTE);
    expect((await incidents()).map((line) => line.slice(0, 9))).toEqual(["monitor 0"]);
  });

  test("count where their balance was chosen by its id", async () => {
    shadow();
    const aggregate = lineageBalance("@ada_lineage");
    await firing(
      match({ balance_id: aggregate }),
      match({ destination: aggregate }),
      match({ source: wallet }),
    );
    shadow();
    await world.work(MINUTE);
    expect((await incidents()).map((line) => line.slice(0, 9)).toSorted()).toEqual([
      "monitor 0",
      "monitor 1",
    ]);
  });

  test("of a hold or a rejection neither wait nor count as rejected", async () => {
    await firing(
      { kind: "stuck_transaction", select: {}, condition: { hold_minutes: 5 } },
      { kind: "rejections", select: {}, condition: { count: 1, window_minutes: 60 } },
    );
    world.sandbox.switches.queue = { d1_ms: 0, d2_ms: [0, 0], shuffle: false };
    shadow({ inflight: true });
    shadow({ source: "@empty_ada_lineage", allow_overdraft: false, skip_queue: false });
    await expect
      .poll(() => world.ledger.transactions.all().some(({ status }) => status === "REJECTED"))
      .toBe(true);
    for (let minute = 0; minute < 8; minute += 1) await world.work(MINUTE);
    expect(await incidents()).toEqual([]);
    payment({ inflight: true });
    for (let minute = 0; minute < 8; minute += 1) await world.work(MINUTE);
    expect((await incidents()).map((line) => line.slice(0, 9))).toEqual(["monitor 0"]);
  });

  test("do not end a silence", async () => {
    await firing({ kind: "silence", select: {}, condition: { minutes: 10 } });
    for (let minute = 0; minute < 12; minute += 1) {
      await world.work(MINUTE);
      if (minute === 8) shadow();
    }
    expect(await incidents()).toEqual(["monitor 0 selection"]);
  });

  test("cannot be feigned: a payment that says it is a shadow counts", async () => {
    await firing(match());
    payment({ meta_data: { _shadow_for: "txn_payment" } });
    move(world.ledger, {
      source: wallet,
      destination: "@thief_lineage",
      precise_amount: 700n,
      meta_data: { _shadow_for: "txn_payment" },
    });
    await world.work(MINUTE);
    expect(await incidents()).toHaveLength(2);
  });

  test("are not in a preview", async () => {
    payment();
    shadow();
    await sleep(2);
    const install = (await findInstall(world.db.read, "instapp_1"))!;
    const client = world.platform.cloud.client(jobCredentials(world.platform, install), {});
    const { monitor } = readMonitor({ name: "m", ...match() });
    const { past } = await previewMonitor(client, monitor!, world.clock.now());
    // The wallet was funded, and paid into.
    expect(past).toMatchObject({ kind: "events", count: 2 });
  });
});
