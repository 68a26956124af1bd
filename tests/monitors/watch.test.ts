import { describe, expect, test } from "vitest";

import { createBalance } from "blnk-sandbox/ledger/ledger.ts";
import { updateInflight } from "blnk-sandbox/ledger/update-inflight.ts";
import {
  deleteMonitor,
  changeMonitor,
  findMonitor,
  muteMonitor,
  pauseMonitor,
  resumeMonitor,
} from "#app/monitors/monitors.server.ts";
import { readMonitor } from "#app/monitors/definition/read-monitors.ts";

import { expireHold } from "#tests/support/expire-hold.ts";

import { AUTHOR, below, move, openWallet, openWatchedWorld, type WatchedWorld } from "./watched-world.ts";

const author = { installed_app_id: "instapp_1", generation: 1, ...AUTHOR };
const open = async (options: Parameters<typeof openWatchedWorld>[0] = {}) => {
  const world = await openWatchedWorld(options);
  await world.install();
  return world;
};
const spend = (world: WatchedWorld, source: string, precise_amount: bigint) =>
  move(world.ledger, { source, destination: "@Shop", precise_amount });
const fund = (world: WatchedWorld, destination: string, precise_amount: bigint) =>
  move(world.ledger, { source: "@World", destination, precise_amount });
const calls = (world: WatchedWorld) => world.sandbox.journal.entries().length;

describe("a balance that crosses a line", () => {
  test("raises one alert, stays quiet while it holds, and another after it was back", async () => {
    const world = await open();
    const { balance_id } = openWallet(world.ledger);
    await world.monitor(below({ balance_id }, "50.00"));
    await world.evaluate();
    expect(world.alerts()).toEqual([]);
    spend(world, balance_id, 6000n);
    for (let cycle = 0; cycle < 3; cycle += 1) await world.work(60_000);
    expect(world.alerts()).toHaveLength(1);
    fund(world, balance_id, 6000n);
    await world.work(60_000);
    expect(await world.incidents()).toMatchObject([
      { close_reason: "recovered", value: "40.00", announcement: "alert" },
    ]);
    spend(world, balance_id, 6000n);
    await world.work(60_000);
    expect(world.alerts()).toHaveLength(2);
  });

  test("amounts beyond 2^53 are exact, whatever way Cloud writes them", async () => {
    for (const data_numbers of ["integer", "string"] as const) {
      const world = await open();
      world.sandbox.switches.data_numbers = data_numbers;
      const { balance_id } = openWallet(world.ledger, { amount: 900_719_925_474_099_301n });
      await world.monitor({
        kind: "balance_threshold",
        select: { balance_id },
        condition: { field: "balance", operator: "=", value: "9007199254740993.01", precision: 100 },
      });
      await world.monitor({
        kind: "balance_threshold",
        select: { balance_id },
        condition: { field: "balance", operator: "=", value: "9007199254740993.02", precision: 100 },
      });
      await world.evaluate();
      expect(await world.incidents()).toMatchObject([{ value: "9007199254740993.01" }]);
    }
  });

  test("in a selection it is found by asking only for those beyond the line, and followed until it is back", async () => {
    const world = await open();
    const { ledger_id } = openWallet(world.ledger);
    const wallets = Array.from(
      { length: 750 },
      () => openWallet(world.ledger, { ledgerId: ledger_id, amount: 20_000n }).balance_id,
    );
    openWallet(world.ledger, { ledgerId: ledger_id, amount: 0n });
    await world.monitor(below({ ledger_id, currency: "USD" }, "60.00", { rearm: "80.00" }));
    await world.evaluate();
    await world.work(60_000);
    const before = calls(world);
    spend(world, wallets[5]!, 15_000n);
    await world.work(60_000);
    expect(world.alerts()).toMatchObject([{ affected_balances: [wallets[5]] }]);
    expect(calls(world) - before).toBeLessThanOrEqual(6);
    fund(world, wallets[5]!, 2000n);
    await world.work(60_000);
    expect(await world.incidents()).toMatchObject([{ closed_at: null }]);
    fund(world, wallets[5]!, 1000n);
    await world.work(60_000);
    expect(await world.incidents()).toMatchObject([{ close_reason: "recovered" }]);
  });

  test("available subtracts what is held", async () => {
    const world = await open();
    const { balance_id, ledger_id } = openWallet(world.ledger);
    for (let index = 0; index < 950; index += 1) openWallet(world.ledger, { ledgerId: ledger_id });
    await world.monitor({
      kind: "balance_threshold",
      select: { ledger_id, currency: "USD" },
      condition: { field: "available", operator: "<", value: "50.00", precision: 100 },
    });
    await world.evaluate();
    move(world.ledger, { source: balance_id, destination: "@Shop", precise_amount: 6000n, inflight: true });
    await world.work(60_000);
    expect(await world.incidents()).toMatchObject([{ entity: balance_id, value: "40.00" }]);
  });

  test("a new balance that matches is picked up, one that never moved is not judged", async () => {
    const world = await open();
    const { ledger_id } = openWallet(world.ledger, { amount: 10_000n });
    await world.monitor(below({ ledger_id }, "50.00"));
    await world.evaluate();
    openWallet(world.ledger, { ledgerId: ledger_id, amount: 0n });
    await world.work(60_000);
    expect(world.alerts()).toEqual([]);
    const { balance_id } = openWallet(world.ledger, { ledgerId: ledger_id, amount: 1000n });
    await world.work(60_000);
    expect(world.alerts()).toMatchObject([{ affected_balances: [balance_id] }]);
  });

  test("a total and a comparison are judged as a whole", async () => {
    const world = await open();
    const customers = openWallet(world.ledger);
    const cash = openWallet(world.ledger, { amount: 30_000n });
    openWallet(world.ledger, { ledgerId: customers.ledger_id });
    await world.monitor({
      name: "Total",
      kind: "balance_threshold",
      select: { ledger_id: customers.ledger_id },
      condition: { field: "balance", operator: ">", value: "250.00", precision: 100, per: "total" },
    });
    await world.monitor({
      name: "Safeguarding",
      kind: "balance_threshold",
      select: { ledger_id: customers.ledger_id },
      condition: {
        field: "balance",
        operator: ">",
        per: "total",
        compare: { select: { balance_id: cash.balance_id }, field: "balance", plus: "0.00" },
      },
    });
    await world.evaluate();
    expect(world.alerts()).toEqual([]);
    fund(world, customers.balance_id, 15_000n);
    await world.work(60_000);
    expect(
      new Set((await world.incidents()).map(({ value, compared_to }) => `${value} ${compared_to}`)),
    ).toEqual(new Set(["350.00 300.00", "350.00 null"]));
    expect(world.alerts()).toHaveLength(2);
  });

  test("what is already true when a monitor is made shares one alert; a quiet start raises none", async () => {
    const world = await open();
    const { ledger_id } = openWallet(world.ledger, { amount: 1000n });
    for (let index = 0; index < 4; index += 1)
      openWallet(world.ledger, { ledgerId: ledger_id, amount: 1000n });
    await world.monitor({ ...below({ ledger_id }, "50.00"), start: "quiet" });
    await world.evaluate();
    expect([(await world.incidents()).length, world.alerts().length]).toEqual([5, 0]);
    await world.monitor(below({ ledger_id }, "50.00"));
    await world.evaluate();
    expect(world.alerts()).toMatchObject([
      { description: expect.stringContaining("This is so of 5") as string },
    ]);
  });

  test("several currencies, or nothing, are unknown and say why", async () => {
    const world = await open();
    const { ledger_id } = openWallet(world.ledger);
    openWallet(world.ledger, { ledgerId: ledger_id, currency: "EUR" });
    await world.monitor(below({ ledger_id }, "500.00"));
    await world.monitor(below({ indicator: "@Mistyped" }, "500.00"));
    await world.evaluate();
    expect(
      (await world.states()).map(({ state, reason }) => [
        state,
        reason?.includes("several currencies") || reason?.includes("matches no balance"),
      ]),
    ).toEqual([
      ["unknown", true],
      ["unknown", true],
    ]);
    expect(world.alerts()).toEqual([]);
  });
});

test("a selection that grows beyond what is shown keeps nothing of its quiet balances", async () => {
  const world = await open();
  const { ledger_id } = openWallet(world.ledger);
  for (let wallet = 1; wallet < 100; wallet += 1) openWallet(world.ledger, { ledgerId: ledger_id });
  await world.monitor(below({ ledger_id }, "100.00", { operator: "!=" }));
  await world.evaluate();
  expect(await world.states()).toHaveLength(100);
  openWallet(world.ledger, { ledgerId: ledger_id });
  const { balance_id } = openWallet(world.ledger, { ledgerId: ledger_id, amount: 9900n });
  await world.evaluate();
  expect((await world.states()).map(({ subject, state }) => [subject, state])).toEqual([
    [balance_id, "firing"],
  ]);
});

describe("a read that fails", () => {
  test("makes a monitor unknown, and neither opens nor closes", async () => {
    const world = await open();
    const { balance_id } = openWallet(world.ledger, { amount: 1000n });
    await world.monitor(below({ balance_id }, "50.00"));
    await world.evaluate();
    expect(world.alerts()).toHaveLength(1);
    world.sandbox.faults.add({ kind: "status", status: 500, path: "/data/balances" });
    await world.work(60_000);
    expect(await world.states()).toMatchObject(
      [{ state: "unknown" }, { state: "unknown" }].slice(0, (await world.states()).length),
    );
    expect(await world.incidents()).toMatchObject([{ closed_at: null }]);
    world.sandbox.faults.clear();
    for (let minute = 0; minute < 3; minute += 1) await world.work(60_000);
    expect((await world.states()).filter(({ state }) => state === "firing")).toHaveLength(1);
    expect(world.alerts()).toHaveLength(1);
  });

  test("without data:read a monitor is unknown and says which permission is missing", async () => {
    const world = await openWatchedWorld();
    await world.install("instapp_1", { granted: ["alerts:read", "alerts:write"] });
    await world.monitor(below({ balance_id: "bln_1" }, "50.00"));
    await world.evaluate();
    expect(await world.monitors()).toMatchObject([
      { problem: expect.stringContaining("data:read") as string },
    ]);
    expect(calls(world)).toBe(0);
  });
});

describe("transactions", () => {
  test("a chain is counted once, at its first row that matches, and rows from before never", async () => {
    const world = await open();
    world.sandbox.switches.queue = { d1_ms: 0, d2_ms: [0, 0], shuffle: false };
    const { balance_id } = openWallet(world.ledger);
    move(world.ledger, { source: "@World", destination: balance_id, precise_amount: 90_000n });
    await world.monitor({
      kind: "transaction_match",
      select: {},
      condition: { amount_operator: ">=", value: "500.00", precision: 100 },
    });
    await world.evaluate();
    expect(world.alerts()).toEqual([]);
    world.ledger.queue.pause();
    move(world.ledger, {
      source: "@World",
      destination: balance_id,
      precise_amount: 50_000n,
      skip_queue: false,
    });
    move(world.ledger, { source: "@World", destination: balance_id, precise_amount: 49_999n });
    world.ledger.queue.drain();
    await world.evaluate();
    await world.work(60_000);
    await world.work(60_000);
    expect(world.alerts()).toHaveLength(1);
    expect((await world.incidents()).map(({ is_event, close_reason }) => [is_event, close_reason])).toEqual([
      [1, "event"],
    ]);
  });

  test("an outcome that comes late with its queued row's old time is found by its parent", async () => {
    const world = await open();
    const { balance_id } = openWallet(world.ledger);
    await world.monitor({
      name: "Stuck",
      kind: "stuck_transaction",
      select: {},
      condition: { queued_minutes: 30 },
    });
    await world.monitor({
      name: "Rejected",
      kind: "rejections",
      select: {},
      condition: { count: 1, window_minutes: 60 },
    });
    await world.evaluate();
    world.ledger.queue.loseOutcomes(1);
    move(world.ledger, {
      source: balance_id,
      destination: "@Shop",
      precise_amount: 99_999n,
      allow_overdraft: false,
      skip_queue: false,
    });
    world.ledger.queue.drain();
    await world.evaluate();
    for (let minute = 0; minute < 35; minute += 1) {
      world.ledger.clock.advance(60_000);
      await world.work(60_000);
    }
    expect((await world.incidents()).map(({ closed_at, value }) => [closed_at, value !== null])).toEqual([
      [null, true],
    ]);
    world.ledger.clock.advance(2 * 3_600_000);
    world.ledger.queue.drain();
    await world.work(2 * 3_600_000);
    await world.work(60_000);
    const incidents = await world.incidents();
    expect(incidents).toHaveLength(2);
    expect(incidents[0]).toMatchObject({ close_reason: expect.stringMatching(/recovered|gone/) as string });
    expect(await world.db.read.selectFrom("open_chains").selectAll().execute()).toEqual([]);
  });

  test("a hold is followed to its commit", async () => {
    const world = await open();
    const { balance_id } = openWallet(world.ledger);
    await world.monitor({ kind: "stuck_transaction", select: {}, condition: { hold_minutes: 20 } });
    await world.evaluate();
    const { row } = move(world.ledger, {
      source: balance_id,
      destination: "@Shop",
      precise_amount: 4000n,
      inflight: true,
    });
    for (let minute = 0; minute < 25; minute += 5) {
      world.ledger.clock.advance(300_000);
      await world.work(300_000);
    }
    expect(await world.incidents()).toMatchObject([{ closed_at: null }]);
    updateInflight(world.ledger, row.transaction_id, {
      action: "commit",
      amountAt: () => 1000n,
      skip_queue: true,
    });
    await world.work(60_000);
    expect(await world.incidents()).toMatchObject([{ closed_at: null }]);
    updateInflight(world.ledger, row.transaction_id, {
      action: "void",
      amountAt: undefined,
      skip_queue: true,
    });
    await world.work(60_000);
    expect((await world.incidents())[0]?.closed_at).not.toBeNull();
    expect(await world.db.read.selectFrom("open_chains").selectAll().execute()).toEqual([]);
  });

  test("a hold that expired before it was watched, or while it is, is followed to its end", async () => {
    const world = await open();
    const { balance_id } = openWallet(world.ledger);
    const hold = () => {
      const asked = { source: balance_id, destination: "@Shop", precise_amount: 1000n, inflight: true };
      const { row } = move(world.ledger, { ...asked, skip_queue: false });
      world.ledger.queue.drain();
      return world.ledger.transactions.find("parent_transaction", row.transaction_id)[0]!.transaction_id;
    };
    expireHold(world.ledger, hold());
    const held = hold();
    world.ledger.clock.advance(30 * 60_000);
    world.advance(30 * 60_000);
    await world.monitor({ kind: "stuck_transaction", select: {}, condition: { hold_minutes: 20 } });
    await world.evaluate();
    expect(await world.incidents()).toMatchObject([{ entity: held, closed_at: null }]);
    expireHold(world.ledger, held);
    await world.work(60_000);
    expect((await world.incidents()).map(({ closed_at }) => closed_at !== null)).toEqual([true]);
    expect(await world.db.read.selectFrom("open_chains").selectAll().execute()).toEqual([]);
  });

  test("a movement adds up what was moved in its window, rows from before the monitor too", async () => {
    const world = await open();
    const { balance_id } = openWallet(world.ledger, { amount: 100_000n });
    spend(world, balance_id, 3000n);
    await world.monitor({
      kind: "movement",
      select: { balance_id },
      condition: {
        measure: "sum",
        direction: "out",
        operator: ">",
        value: "50.00",
        precision: 100,
        window_minutes: 30,
      },
    });
    await world.evaluate();
    expect(world.alerts()).toEqual([]);
    spend(world, balance_id, 2001n);
    await world.work(60_000);
    expect(await world.incidents()).toMatchObject([{ value: "50.01", closed_at: null }]);
    for (let minute = 0; minute < 32; minute += 1) {
      world.ledger.clock.advance(60_000);
      await world.work(60_000);
    }
    expect(await world.incidents()).toMatchObject([{ close_reason: "recovered" }]);
    expect(world.alerts()).toHaveLength(1);
  });

  test("a mistyped indicator's new balance raises an alert, once", async () => {
    const world = await open();
    openWallet(world.ledger);
    // To the sandbox a millisecond has a thousand parts.
    world.advance(10);
    await world.monitor({ kind: "new_balance", select: { ledger_id: "general_ledger_id" }, condition: {} });
    await world.evaluate();
    move(world.ledger, { source: "@World", destination: "@Trasury", precise_amount: 100n });
    world.ledger.clock.advance(10);
    for (let cycle = 0; cycle < 3; cycle += 1) await world.work(60_000);
    expect(world.alerts()).toHaveLength(1);
  });

  test("silence begins after the last applied row", async () => {
    const world = await open();
    const { balance_id } = openWallet(world.ledger);
    await world.monitor({ kind: "silence", select: { balance_id }, condition: { minutes: 15 } });
    await world.evaluate();
    for (let minute = 0; minute < 14; minute += 1) await world.work(60_000);
    expect(world.alerts()).toEqual([]);
    await world.work(60_000);
    await world.work(60_000);
    expect(world.alerts()).toMatchObject([{ affected_balances: [balance_id] }]);
  });

  test("silence that begins with an old row flags that row", async () => {
    const world = await open();
    world.ledger.clock.stopAt((Date.now() - 3 * 24 * 60 * 60_000) * 1000);
    const { ledger_id, balance_id } = openWallet(world.ledger, { amount: 0n });
    const last = move(world.ledger, { source: "@World", destination: balance_id, precise_amount: 100n });
    world.ledger.clock.resume();
    openWallet(world.ledger);
    await world.monitor({ kind: "silence", select: { ledger_id }, condition: { minutes: 15 } });
    await world.monitor({ kind: "silence", select: { currency: "EUR" }, condition: { minutes: 15 } });
    await world.evaluate();
    expect(world.alerts()).toMatchObject([{ affected_transactions: [last.row.transaction_id] }]);
    // Where there was never a row, nothing stands for it: the portal alone shows it.
    expect((await world.incidents()).map(({ entity, delivery }) => [entity, delivery])).toContainEqual([
      null,
      "none",
    ]);
  });

  test("a currency that does not add up is told after three reads", async () => {
    const world = await open();
    const { balance_id } = openWallet(world.ledger);
    await world.monitor({ kind: "ledger_imbalance", select: {}, condition: {} });
    await world.evaluate();
    world.ledger.balances.get(balance_id)!.credit += 5n;
    await world.work(60_000);
    await world.work(60_000);
    expect(world.alerts()).toEqual([]);
    await world.work(60_000);
    expect(await world.incidents()).toMatchObject([{ subject: "USD", value: "0.05" }]);
  });

  test("a balance that is newer than the clock here is no imbalance, however long it is", async () => {
    const world = await open();
    openWallet(world.ledger);
    await world.monitor({ kind: "ledger_imbalance", select: {}, condition: {} });
    await world.monitor({ kind: "ledger_imbalance", select: { currency: "USD" }, condition: {} });
    await world.evaluate();
    // As where Blnk's clock is ten minutes ahead.
    world.ledger.clock.advance(600_000);
    openWallet(world.ledger);
    for (let reads = 0; reads < 4; reads += 1) await world.work(60_000);
    expect([await world.incidents(), world.alerts()]).toEqual([[], []]);
    expect((await world.states()).map(({ state, value }) => [state, value])).toEqual(
      Array.from({ length: 4 }, () => ["ok", "0.00"]),
    );
  });

  test("an imbalance is told of on the balance that changed last, with no other monitor and not on the newest", async () => {
    const world = await open();
    const old = openWallet(world.ledger);
    world.ledger.clock.advance(1000);
    openWallet(world.ledger);
    await world.monitor({ kind: "ledger_imbalance", select: {}, condition: {} });
    world.advance(2000);
    await world.evaluate();
    world.ledger.clock.advance(1000);
    fund(world, old.balance_id, 100n);
    world.ledger.balances.get(old.balance_id)!.credit += 5n;
    for (let reads = 0; reads < 3; reads += 1) await world.work(60_000);
    expect(await world.incidents()).toMatchObject([{ subject: "USD", entity: old.balance_id }]);
  });
});

describe("what a team does with a monitor", () => {
  test("a pause evaluates nothing; what happened meanwhile never alerts, what still holds is no second incident", async () => {
    const world = await open();
    const { balance_id } = openWallet(world.ledger, { amount: 1000n });
    const id = await world.monitor(below({ balance_id }, "50.00"));
    const match = await world.monitor({ kind: "transaction_match", select: {}, condition: {} });
    await world.evaluate();
    for (const each of [id, match])
      await world.db.write((tx) => pauseMonitor(tx, author, each, world.clock.now()));
    const before = calls(world);
    await world.work(300_000);
    expect(calls(world)).toBe(before);
    fund(world, balance_id, 100n);
    world.advance(1000);
    for (const each of [id, match])
      await world.db.write((tx) => resumeMonitor(tx, author, each, world.clock.now()));
    await world.work();
    expect(world.alerts()).toHaveLength(1);
    expect(await world.incidents()).toHaveLength(1);
  });

  test("a mute holds alerts back, and raises what still holds at its end", async () => {
    const world = await open();
    const low = openWallet(world.ledger);
    const id = await world.monitor(below({ balance_id: low.balance_id }, "50.00"));
    await world.evaluate();
    await world.db.write((tx) => muteMonitor(tx, author, id, world.clock.now() + 600_000, world.clock.now()));
    spend(world, low.balance_id, 6000n);
    for (let minute = 0; minute < 8; minute += 1) await world.work(60_000);
    expect([(await world.incidents()).map(({ delivery }) => delivery), world.alerts().length]).toEqual([
      ["muted"],
      0,
    ]);
    for (let minute = 0; minute < 4; minute += 1) await world.work(60_000);
    expect(world.alerts()).toHaveLength(1);
  });

  test("another condition closes its incidents as edited and starts afresh; another name does not", async () => {
    const world = await open();
    const { balance_id } = openWallet(world.ledger, { amount: 1000n });
    const id = await world.monitor(below({ balance_id }, "50.00"));
    await world.evaluate();
    const change = (json: object) =>
      world.db.write((tx) =>
        changeMonitor(tx, author, id, readMonitor({ name: "Other", ...json }).monitor!, world.clock.now()),
      );
    await change(below({ balance_id }, "50.00"));
    await world.work();
    expect((await world.incidents()).map(({ close_reason }) => close_reason)).toEqual([null]);
    await change(below({ balance_id }, "60.00"));
    await world.work();
    expect(
      (await world.incidents()).map(({ close_reason, announcement }) => [close_reason, announcement]),
    ).toEqual([
      ["edited", "already_true"],
      [null, "already_true"],
    ]);
  });

  test("deleting closes its incidents and drops what is undelivered", async () => {
    const world = await open();
    const { balance_id } = openWallet(world.ledger, { amount: 1000n });
    const id = await world.monitor(below({ balance_id }, "50.00"));
    world.sandbox.faults.add({ kind: "rate_limited", path: "/alerts" });
    await world.evaluate();
    await world.db.write((tx) => deleteMonitor(tx, author, id, world.clock.now()));
    world.sandbox.faults.clear();
    await world.work(600_000);
    expect(world.alerts()).toEqual([]);
    expect(await world.incidents()).toMatchObject([{ close_reason: "deleted" }]);
    expect(await world.deliveries()).toMatchObject([{ state: "dropped" }]);
    expect(await findMonitor(world.db.read, "instapp_1", id)).toBeUndefined();
  });

  test("another install cannot find, change or delete it", async () => {
    const world = await open();
    await world.install("instapp_2");
    const id = await world.monitor(below({ balance_id: "bln_1" }, "50.00"));
    const stranger = { ...author, installed_app_id: "instapp_2" };
    expect(await findMonitor(world.db.read, "instapp_2", id)).toBeUndefined();
    await expect(world.db.write((tx) => deleteMonitor(tx, stranger, id, 0))).rejects.toMatchObject({
      code: "unknown_monitor",
    });
    await expect(world.db.write((tx) => pauseMonitor(tx, stranger, id, 0))).rejects.toMatchObject({
      code: "unknown_monitor",
    });
    expect(await findMonitor(world.db.read, "instapp_1", id)).toMatchObject({ revision: 1 });
  });
});

test("a balance that is created in several currencies under one indicator is told apart", async () => {
  const world = await open();
  for (const currency of ["USD", "EUR"]) {
    createBalance(world.ledger, {
      ledger_id: "general_ledger_id",
      currency,
      identity_id: "",
      indicator: "@treasury",
      meta_data: null,
      track_fund_lineage: false,
      allocation_strategy: undefined,
    });
    move(world.ledger, {
      source: "@World",
      destination: "@treasury",
      precise_amount: currency === "USD" ? 1000n : 90_000n,
      currency,
    });
  }
  await world.monitor(below({ indicator: "@treasury", currency: "EUR" }, "50.00"));
  await world.monitor(below({ indicator: "@treasury", currency: "USD" }, "50.00"));
  await world.evaluate();
  expect(await world.incidents()).toMatchObject([{ value: "10.00" }]);
});
