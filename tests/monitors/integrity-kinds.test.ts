import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { jobCredentials } from "#app/platform/installs/cloud-access.server.ts";
import { findInstall } from "#app/platform/installs/installs.server.ts";
import { INTEGRITY_KINDS } from "#app/monitors/definition/monitor.ts";
import { readMonitor } from "#app/monitors/definition/read-monitors.ts";
import { addIntegrityPack } from "#app/monitors/integrity-pack.server.ts";
import { createMonitors, deleteMonitor } from "#app/monitors/monitors.server.ts";
import { previewMonitor } from "#app/monitors/preview.server.ts";
import { postTransaction } from "blnk-sandbox/ledger/post-transaction.ts";
import { refund as refundRows } from "blnk-sandbox/ledger/refund.ts";
import { newRequest } from "blnk-sandbox/ledger/transaction-request.ts";
import { settleRow, updateInflight } from "blnk-sandbox/ledger/update-inflight.ts";
import type { SandboxOptions } from "blnk-sandbox/start-sandbox.ts";

import { move, openSandbox, openWallet, openWatchedWorld } from "./watched-world.ts";

const MINUTE = 60_000;

/** A holds USD 100.00, B nothing, and a monitor of each kind, or of one, watches with Core at a version. */
async function open(
  core_version: NonNullable<SandboxOptions["switches"]>["core_version"] = "0.15.3",
  monitors: object[] = INTEGRITY_KINDS.map((kind) => ({ kind })),
) {
  const world = await openWatchedWorld({
    sandbox: await openSandbox({
      switches: { core_version, queue: { d1_ms: 0, d2_ms: [0, 0], shuffle: false } },
    }),
  });
  const install = await world.install();
  const { ledger } = world;
  const { balance_id: a, ledger_id: ledgerId } = openWallet(ledger, { amount: 10_000n });
  const { balance_id: b } = openWallet(ledger, { amount: 0n, ledgerId });
  // What was booked in the very millisecond of its creation is a monitor's business.
  await sleep(2);
  for (const json of monitors) {
    const { kind } = json as { kind: string };
    await world.monitor({ name: kind, select: {}, condition: {}, ...json });
  }
  await world.evaluate();
  const pay = (minor: bigint, more: object = {}) =>
    move(ledger, { source: a, destination: b, precise_amount: minor, allow_overdraft: false, ...more }).row;
  return {
    world,
    ledger,
    install,
    a,
    b,
    ledgerId,
    pay,
    hold: (minor: bigint, more: object = {}) => pay(minor, { inflight: true, ...more }),
    /** @returns the rows that came of it; a refusal is no reason to stop, since Core may have moved money before it */
    refund: (id: string) => {
      const before = new Set(ledger.transactions.all());
      try {
        refundRows(ledger, id, { skip_queue: true });
      } catch {
        // As asked.
      }
      return ledger.transactions.all().filter((row) => !before.has(row));
    },
    commit: (id: string, minor?: bigint) =>
      updateInflight(ledger, id, {
        action: "commit",
        skip_queue: true,
        ...(minor !== undefined && { amountAt: () => minor }),
      }).row.transaction_id,
    voidHold: (id: string) => updateInflight(ledger, id, { action: "void", skip_queue: true }),
    /** Two cycles: what alerts in the first must not in the second. */
    watch: async () => {
      for (let cycle = 0; cycle < 2; cycle += 1) await world.work(MINUTE);
      const names = new Map((await world.monitors()).map(({ id, name }) => [id, name]));
      return (await world.incidents()).map(({ monitor_id, subject, entity, value, closed_at }) => ({
        kind: names.get(monitor_id),
        subject,
        entity,
        value,
        open: closed_at === null,
      }));
    },
  };
}

describe("double_refund", () => {
  const only = [{ kind: "double_refund" }];

  test("finds the second refund that Core 0.15.3 refuses and makes all the same, once, and says what remains refunded", async () => {
    const { world, pay, refund, watch } = await open("0.15.3", only);
    const { transaction_id } = pay(1_000n);
    refund(transaction_id);
    expect(await watch()).toEqual([]);
    const [again] = refund(transaction_id);
    const found = { kind: "double_refund", subject: transaction_id, open: false };
    expect(await watch()).toEqual([{ ...found, entity: again!.transaction_id, value: "0.00" }]);
    expect(world.alerts()).toHaveLength(1);
    refund(again!.transaction_id);
    expect(await watch()).toHaveLength(1);
  });

  test("finds it in a queued payment that is refunded by the id of its QUEUED row", async () => {
    const { ledger, pay, refund, watch } = await open("0.15.3", only);
    const queued = pay(1_000n, { skip_queue: false }).transaction_id;
    ledger.queue.drain();
    await expect.poll(() => ledger.transactions.find("parent_transaction", queued)).toHaveLength(1);
    refund(queued);
    refund(queued);
    expect(await watch()).toMatchObject([{ subject: queued, value: "0.00" }]);
  });

  test("finds two refunds of one transaction, by whomever", async () => {
    const { ledger, a, b, pay, refund, watch } = await open("0.15.4", only);
    const { transaction_id } = pay(1_000n);
    refund(transaction_id);
    const request = newRequest({
      precise_amount: 1_000n,
      precision: 100n,
      currency: "USD",
      reference: `${randomUUID()}_refund`,
      description: "again",
      source: b,
      destination: a,
      allow_overdraft: true,
      skip_queue: true,
    });
    postTransaction(ledger, request, { parent: transaction_id });
    expect(await watch()).toMatchObject([{ subject: transaction_id, value: "20.00" }]);
  });

  test("finds money given back that was never taken: a voided hold that is refunded, and then committed", async () => {
    const { hold, voidHold, refund, commit, watch } = await open("0.15.3", only);
    const { transaction_id } = hold(1_000n);
    voidHold(transaction_id);
    const [reverse] = refund(transaction_id);
    expect(reverse).toMatchObject({ status: "INFLIGHT" });
    expect(await watch()).toEqual([]);
    const committed = commit(reverse!.transaction_id);
    expect(await watch()).toMatchObject([{ subject: transaction_id, entity: committed, value: "10.00" }]);
  });

  test.each(["0.14", "0.15.3", "0.15.4"] as const)(
    "does not find a single refund, nor one of each committed part, with Core %s",
    async (core_version) => {
      const { pay, hold, commit, refund, watch } = await open(core_version, only);
      refund(pay(1_000n).transaction_id);
      const held = hold(1_000n).transaction_id;
      const parts = [commit(held, 400n), commit(held)];
      for (const part of parts) expect(refund(part)).toHaveLength(1);
      expect(await watch()).toEqual([]);
    },
  );

  test("does not find a second refund that 0.15.4 refuses", async () => {
    const { pay, refund, watch } = await open("0.15.4", only);
    const { transaction_id } = pay(1_000n);
    refund(transaction_id);
    expect(refund(transaction_id)).toEqual([]);
    expect(await watch()).toEqual([]);
  });

  test("finds it of a payment from before the monitor, and in its own selection only", async () => {
    const { world, pay, refund, b, ledgerId, watch } = await open("0.15.3", []);
    const { transaction_id } = pay(1_000n);
    refund(transaction_id);
    await sleep(2);
    const select = (name: string, select: object) =>
      world.monitor({ name, kind: "double_refund", select, condition: {} });
    await select("same ledger", { ledger_id: ledgerId });
    await select("same balance", { balance_id: b });
    await select("another ledger", { ledger_id: "ldg_other" });
    await select("another currency", { currency: "EUR" });
    await world.evaluate();
    refund(transaction_id);
    const kinds = (await watch()).map(({ kind }) => kind);
    expect([kinds.length, new Set(kinds)]).toEqual([2, new Set(["same balance", "same ledger"])]);
  });

  test("finds it later when the chain could not be read at once", async () => {
    const { world, pay, refund, watch } = await open("0.15.3", only);
    const { transaction_id } = pay(1_000n);
    refund(transaction_id);
    await watch();
    const { faults } = world.sandbox;
    faults.take = (_method, url) =>
      url.searchParams.has("transaction_id_in") ? { id: 1, kind: "status", status: 500 } : undefined;
    refund(transaction_id);
    await world.work(MINUTE);
    expect(await world.incidents()).toEqual([]);
    expect(await world.monitors()).toMatchObject([{ problem: expect.any(String) as string }]);
    faults.take = () => undefined;
    expect(await watch()).toHaveLength(1);
  });

  test("is previewed over the last seven days", async () => {
    const { world, pay, refund } = await open("0.15.3", []);
    const { transaction_id } = pay(1_000n);
    refund(transaction_id);
    const [again] = refund(transaction_id);
    await sleep(2);
    const install = (await findInstall(world.db.read, "instapp_1"))!;
    const client = world.platform.cloud.client(jobCredentials(world.platform, install), {});
    const { monitor } = readMonitor({ name: "m", kind: "double_refund", select: {}, condition: {} });
    expect((await previewMonitor(client, monitor!, world.clock.now())).past).toMatchObject({
      kind: "events",
      count: 1,
      events: [{ entity: again!.transaction_id }],
    });
  });
});

describe("applied_after_rejected", () => {
  const only = [{ kind: "applied_after_rejected" }];

  async function rejectedHold({ ledger, hold }: Awaited<ReturnType<typeof open>>) {
    const { transaction_id } = hold(50_000n, { skip_queue: false });
    ledger.queue.drain();
    await expect
      .poll(() => ledger.transactions.find("parent_transaction", transaction_id)[0]?.status)
      .toBe("REJECTED");
    return transaction_id;
  }

  test("finds a rejected hold that Core commits by the id of its QUEUED row, once", async () => {
    const opened = await open("0.15.3", only);
    const { ledger, a, b, watch } = opened;
    move(ledger, { source: a, destination: b, precise_amount: 60_000n, inflight: true });
    const rejected = await rejectedHold(opened);
    expect(await watch()).toEqual([]);
    const { transaction_id } = settleRow(ledger, rejected, { action: "commit" });
    expect(await watch()).toEqual([
      {
        kind: "applied_after_rejected",
        subject: rejected,
        entity: transaction_id,
        value: "500.00",
        open: false,
      },
    ]);
    expect(opened.world.alerts()).toHaveLength(1);
  });

  test("finds neither a rejected hold that stays rejected nor a hold that is committed or refunded", async () => {
    const opened = await open("0.15.3", only);
    await rejectedHold(opened);
    const held = opened.hold(1_000n).transaction_id;
    opened.refund(opened.commit(held));
    const queued = opened.hold(1_000n, { skip_queue: false }).transaction_id;
    opened.ledger.queue.drain();
    await expect
      .poll(() => opened.ledger.transactions.find("parent_transaction", queued)[0]?.status)
      .toBe("INFLIGHT");
    opened.commit(queued);
    expect(await opened.watch()).toEqual([]);
  });
});

describe("overheld", () => {
  const only = [{ kind: "overheld" }];

  test("finds a balance that Core 0.15.3 took held money from, until the hold is gone", async () => {
    const { pay, refund, hold, voidHold, watch, a } = await open("0.15.3", only);
    const { transaction_id } = pay(5_000n);
    refund(transaction_id);
    const held = hold(10_000n);
    expect(await watch()).toEqual([]);
    refund(transaction_id);
    const found = { kind: "overheld", subject: a, entity: a, value: "-50.00" };
    expect(await watch()).toEqual([{ ...found, open: true }]);
    voidHold(held.transaction_id);
    expect(await watch()).toEqual([{ ...found, open: false }]);
  });

  test("does not find what an overdraft allows, nor a balance that is held in full", async () => {
    const { hold, watch } = await open("0.15.3", only);
    hold(10_000n);
    hold(7_000n, { allow_overdraft: true });
    hold(2_000n, { source: "@World", allow_overdraft: true });
    expect(await watch()).toEqual([]);
  });
});

describe("negative_balance", () => {
  const only = [{ kind: "negative_balance" }];

  test("finds a balance that a refund of a refund took below zero, until it is back", async () => {
    const { pay, refund, watch, a } = await open("0.15.3", only);
    const { transaction_id } = pay(5_000n);
    refund(transaction_id);
    pay(10_000n);
    expect(await watch()).toEqual([]);
    refund(transaction_id);
    const found = { kind: "negative_balance", subject: a, entity: a, value: "-50.00" };
    expect(await watch()).toEqual([{ ...found, open: true }]);
    pay(5_000n, { source: "@World", destination: a, allow_overdraft: true });
    expect(await watch()).toEqual([{ ...found, open: false }]);
  });

  test("does not find what an overdraft allows: a credit line, a hold of one, and the outside world", async () => {
    const { ledger, b, hold, commit, watch } = await open("0.15.3", only);
    move(ledger, { source: b, destination: "@World", precise_amount: 700n, allow_overdraft: true });
    commit(hold(300n, { source: b, destination: "@Fees", allow_overdraft: true }).transaction_id, 100n);
    expect(await watch()).toEqual([]);
  });

  test("finds a credit line that is drawn further than its overdrafts", async () => {
    const { ledger, a, b, pay, refund, watch } = await open("0.15.3", only);
    move(ledger, { source: a, destination: b, precise_amount: 12_000n, allow_overdraft: true });
    expect(await watch()).toEqual([]);
    move(ledger, { source: "@World", destination: a, precise_amount: 7_000n });
    const { transaction_id } = pay(5_000n);
    refund(transaction_id);
    pay(5_000n);
    refund(transaction_id);
    expect(await watch()).toEqual([]);
    // The overdraft allows 120.00 below zero, and no more.
    ledger.balances.get(a)!.debit += 10_000n;
    expect(await watch()).toMatchObject([{ subject: a, value: "-150.00", open: true }]);
  });

  test("asks Cloud once for the overdrafts of a balance, and again when more was debited", async () => {
    const { world, a, b, ledger, watch } = await open("0.15.3", only);
    const asked = () =>
      world.sandbox.journal.entries().filter(({ url }) => url.includes("meta_data.allow_overdraft_eq"))
        .length;
    move(ledger, { source: b, destination: a, precise_amount: 700n, allow_overdraft: true });
    await watch();
    const before = asked();
    await watch();
    expect(asked()).toBe(before);
    move(ledger, { source: b, destination: a, precise_amount: 700n, allow_overdraft: true });
    await watch();
    expect(asked()).toBe(before + 1);
  });

  test("is unknown where Cloud does not tell of overdrafts", async () => {
    const { world, b, ledger } = await open("0.15.3", only);
    move(ledger, { source: b, destination: "@World", precise_amount: 700n, allow_overdraft: true });
    world.sandbox.faults.add({ kind: "status", status: 500, path: "/data/transactions" });
    await world.work(MINUTE);
    expect(await world.incidents()).toEqual([]);
    const states = (await world.states()).map(({ subject, state }) => [subject, state]);
    expect(states).toContainEqual([b, "unknown"]);
    expect(new Set(states.map(([, state]) => state))).toEqual(new Set(["unknown"]));
  });
});

describe("the integrity pack", () => {
  test("is a monitor of each of the four kinds, made once and quiet on a sound ledger", async () => {
    const { world, install, pay, watch } = await open("0.15.3", []);
    for (let click = 0; click < 2; click += 1) await addIntegrityPack(world.db, install, world.clock.now());
    expect((await world.monitors()).map(({ kind }) => kind).toSorted()).toEqual(
      [...INTEGRITY_KINDS].toSorted(),
    );
    pay(1_000n);
    expect(await watch()).toEqual([]);
    expect((await world.monitors()).map(({ problem }) => problem)).toEqual([null, null, null, null]);
  });

  test("adds only what is missing, and nothing where all of it does not fit", async () => {
    const { world, install } = await open("0.15.3", []);
    await world.monitor({ name: "My own", kind: "overheld", select: { currency: "USD" }, condition: {} });
    await addIntegrityPack(world.db, install, world.clock.now());
    const [first] = await world.monitors();
    expect(first).toMatchObject({ name: "My own", kind: "overheld" });
    const live = async () => (await world.monitors()).filter(({ deleted_at }) => deleted_at === null);
    expect(await live()).toHaveLength(4);
    for (const { id, kind } of await live())
      if (kind !== "overheld")
        await world.db.write((tx) => deleteMonitor(tx, install, id, world.clock.now()));
    const { monitor } = readMonitor({
      name: "f",
      kind: "new_balance",
      select: {},
      condition: {},
      enabled: false,
    });
    const fillers = Array.from({ length: 1_997 }, () => monitor!);
    await world.db.write((tx) => createMonitors(tx, install, fillers, world.clock.now()));
    await expect(addIntegrityPack(world.db, install, world.clock.now())).rejects.toThrow();
    expect(await live()).toHaveLength(1_998);
  });
});
