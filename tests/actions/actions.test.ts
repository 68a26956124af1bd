import { describe, expect, test } from "vitest";

import { goesBelowZero } from "#app/actions/action-effect.ts";
import { findLimitProblem, listActionLimits } from "#app/actions/limits/action-limits.server.ts";
import { findAction, settleAction } from "#app/actions/actions.server.ts";
import { LATEST_EFFECT_MS } from "#app/actions/confirm-action.server.ts";
import { type ActionRequest, planAction } from "#app/actions/plan-action.server.ts";
import { prepareAction } from "#app/actions/prepare-action.server.ts";
import { startAction } from "#app/actions/start-action.server.ts";
import { sessionCredentials } from "#app/platform/installs/cloud-access.server.ts";
import type { Job } from "#app/platform/jobs/jobs.server.ts";
import { createSweeper } from "#app/platform/jobs/sweep.server.ts";
import { mintSecret } from "#app/platform/sessions/secrets.server.ts";

import { NOON } from "#tests/support/open-world.ts";
import { jobContext } from "#tests/support/job-context.ts";

import { openActions } from "./open-actions.ts";

describe("a commit", () => {
  test("of the whole moves it, is read back, and leaves its reason in the ledger", async () => {
    const { hold, prepared, start, balanceOf, payer, payee, client, activity, session } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target }, { reason: "goods arrived" });
    expect(await balanceOf(payer)).toBe(100_00n);
    const action = await start(id);
    expect(action).toMatchObject({ state: "applied", noted: true, amount: 60_00n });
    expect([await balanceOf(payer), await balanceOf(payee)]).toEqual([40_00n, 60_00n]);
    const row = await client.transactions.get(action.result_id!);
    expect(row).toMatchObject({ status: "APPLIED", parent_transaction: target, precise_amount: 60_00n });
    expect(row.meta_data["tidemark"]).toEqual({ action_id: id, reason: "goods arrived" });
    expect(await activity()).toEqual([
      {
        action: "commit.started",
        target,
        result: "USD 60.00: goods arrived",
        launch_id: session.launchId,
      },
      {
        action: "commit.applied",
        target,
        result: `USD 60.00 as ${action.result_id}`,
        launch_id: session.launchId,
      },
    ]);
  });

  test("of a part leaves the rest held", async () => {
    const { hold, prepared, start, client } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const action = await start(await prepared({ kind: "commit", target, amount: "20.50" }));
    expect(action).toMatchObject({ state: "applied", amount: 20_50n });
    expect((await client.holds.get(target)).remaining).toBe(39_50n);
  });

  test.each([
    ["60.01", "Only USD 60.00 remains of this hold."],
    ["0", "The amount must be more than zero."],
    ["-1", "The amount must be more than zero."],
    ["1.001", "That amount has more decimals than its currency has here."],
    ["1,000", "Enter the amount in digits, such as 1250.50."],
  ])("of %s is refused before anything is stored", async (amount, problem) => {
    const { hold, prepare, db } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    expect(await prepare({ kind: "commit", target, amount })).toEqual({ kind: "refused", problem });
    expect(await db.read.selectFrom("actions").selectAll().execute()).toEqual([]);
  });

  test("is only of an inflight row, never of a queued or applied one or of a batch", async () => {
    const { hold, prepare, post, payee, client } = await openActions();
    const queued = await post(payee, 5_00n, { inflight: true, skip_queue: false });
    const applied = await post(payee, 5_00n);
    for (const target of [queued.parent_transaction!, applied.transaction_id]) {
      expect(await prepare({ kind: "commit", target })).toEqual({
        kind: "refused",
        problem: "Only an inflight transaction is a hold.",
      });
    }
    expect(await prepare({ kind: "void", target: "bulk_1" })).toMatchObject({ kind: "refused" });
    // The outcome of the queued one is a hold like any other.
    expect(queued.status).toBe("INFLIGHT");
    expect(await prepare({ kind: "commit", target: queued.transaction_id })).toMatchObject({
      kind: "prepared",
    });
    await hold(1_00n);
    expect((await client.holds.get(queued.transaction_id)).children).toEqual([]);
  });

  test("that is asked for five times at once, and once more, is sent once", async () => {
    const { hold, prepared, start, calls, balanceOf, payee } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target, amount: "20.00" });
    await Promise.all(Array.from({ length: 5 }, () => start(id)));
    await start(id);
    expect(calls("PUT", "/proxy/transactions/inflight")).toHaveLength(1);
    expect(await balanceOf(payee)).toBe(20_00n);
  });

  test("whose answer is lost is found by its row and not sent again", async () => {
    const { hold, prepared, start, calls, sandbox, balanceOf, payee } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target, amount: "20.00" });
    sandbox.faults.add({ kind: "reset", method: "PUT", after_work: true, times: 1 });
    expect(await start(id)).toMatchObject({ state: "applied" });
    expect(calls("PUT", "/proxy/transactions/inflight")).toHaveLength(1);
    expect(await balanceOf(payee)).toBe(20_00n);
  });

  test("that never arrived is not recorded, but only said to be so once nothing can arrive any more", async () => {
    const { hold, prepared, start, confirm, actionOf, advance, calls, sandbox, balanceOf, payee, activity } =
      await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target });
    sandbox.faults.add({ kind: "reset", method: "PUT", times: 1 });
    expect(await start(id)).toMatchObject({ state: "under_way" });
    expect(await confirm(id)).toBeGreaterThan(0);
    expect((await actionOf(id)).state).toBe("under_way");
    advance(LATEST_EFFECT_MS - 1);
    expect(await confirm(id)).toBeGreaterThan(0);
    expect((await actionOf(id)).state).toBe("under_way");
    advance(1);
    expect(await confirm(id)).toBeUndefined();
    expect((await actionOf(id)).state).toBe("not_recorded");
    expect((await activity()).at(-1)).toMatchObject({
      action: "commit.not_recorded",
      result: "USD 60.00 is not in the ledger",
    });
    expect(calls("PUT", "/proxy/transactions/inflight")).toHaveLength(1);
    expect(await balanceOf(payee)).toBe(0n);
    // It is not sent again by itself, nor by the same page.
    expect((await start(id)).state).toBe("not_recorded");
  }, 60_000);

  test("of which nothing could be read at first is told by the job", async () => {
    const { hold, prepared, start, confirm, actionOf, sandbox } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target });
    sandbox.faults.add({ kind: "delay", ms: 2_000, method: "PUT", times: 1 });
    const started = start(id);
    await expect.poll(() => sandbox.faults.all().length).toBe(0);
    // From now on, its own checks being done, nothing can be read of the hold.
    sandbox.faults.add({ kind: "status", status: 400, method: "GET", path: `/data/transactions/${target}` });
    expect((await started).state).toBe("under_way");
    expect(await confirm(id)).toBeGreaterThan(0);
    sandbox.faults.clear();
    expect(await confirm(id)).toBeUndefined();
    expect(await actionOf(id)).toMatchObject({ state: "applied", noted: true });
  });

  test("of a hold that changed since it was shown is rejected, with nothing sent", async () => {
    const { hold, prepared, start, calls, client } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target });
    await client.holds.settle(await client.holds.get(target), { action: "commit", precise_amount: 1_00n });
    const before = calls("PUT", "/proxy/transactions/inflight").length;
    expect(await start(id)).toMatchObject({
      state: "rejected",
      problem: "Only USD 59.00 remains of this hold",
    });
    expect(calls("PUT", "/proxy/transactions/inflight")).toHaveLength(before);
  });

  test("that Blnk refuses is rejected with its reason", async () => {
    const { hold, prepared, start, sandbox } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target });
    const body = { error: "x", error_detail: { code: "TXN_ALREADY_VOIDED", message: "secret words" } };
    sandbox.faults.add({ kind: "status", status: 409, body, method: "PUT", times: 1 });
    expect(await start(id)).toMatchObject({
      state: "rejected",
      problem: "The hold is voided already",
      result_id: null,
    });
  });

  test("whose reason could not be written is applied, and the job writes it", async () => {
    const { hold, prepared, start, confirm, actionOf, sandbox, client } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target });
    sandbox.faults.add({ kind: "status", status: 400, method: "POST", path: "/proxy/txn_", body: {} });
    const action = await start(id);
    expect(action).toMatchObject({ state: "applied", noted: false });
    sandbox.faults.clear();
    expect(await confirm(id)).toBeUndefined();
    expect((await actionOf(id)).noted).toBe(true);
    const row = await client.transactions.get(action.result_id!);
    expect(row.meta_data["tidemark"]).toMatchObject({ reason: "because" });
  });
});

describe("a reason that is written late", () => {
  /** A commit whose reason could not be written, and a refund of it with a reason of its own. */
  async function openLateReason() {
    const world = await openActions();
    const { hold, prepared, start, sandbox, confirm, actionOf } = world;
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target }, { reason: "goods arrived" });
    sandbox.faults.add({ kind: "status", status: 400, method: "POST", path: "/proxy/txn_", body: {} });
    const { result_id: commit } = await start(id);
    sandbox.faults.clear();
    const refundIt = async () => {
      const refund = await prepared({ kind: "refund", target: commit! }, { reason: "sent back" });
      await start(refund);
      await expect.poll(async () => (await confirm(refund), (await actionOf(refund)).noted)).toBe(true);
      return await actionOf(refund);
    };
    return { ...world, id, commit: commit!, refundIt };
  }

  test("never overwrites that of a refund of its row", async () => {
    const { id, refundIt, confirm, client } = await openLateReason();
    const refund = await refundIt();
    const own = { action_id: refund.id, reason: "sent back" };
    // The queued row is the commit's child. A newer Blnk puts the reason on it at once.
    const queued = (await client.transactions.get(refund.result_id!)).parent_transaction!;
    await client.metadata.update(queued, "tidemark", () => own);
    await confirm(id);
    for (const row of [queued, refund.result_id!])
      expect((await client.transactions.get(row)).meta_data["tidemark"]).toEqual(own);
  }, 60_000);

  test("is not written on a row that says it is another action's, which another install may have made", async () => {
    const { id, commit, confirm, client, actionOf } = await openLateReason();
    const theirs = { action_id: "theirs", reason: "not ours" };
    await client.metadata.update(commit, "tidemark", () => theirs);
    await confirm(id);
    expect((await client.transactions.get(commit)).meta_data["tidemark"]).toEqual(theirs);
    expect((await actionOf(id)).noted).toBe(false);
  });

  test("that a refund inherited is not its own, and gives way to it", async () => {
    const { id, refundIt, confirm, client, commit } = await openLateReason();
    await confirm(id);
    expect((await client.transactions.get(commit)).meta_data["tidemark"]).toMatchObject({ action_id: id });
    const refund = await refundIt();
    const { meta_data } = await client.transactions.get(refund.result_id!);
    expect(meta_data["tidemark"]).toEqual({ action_id: refund.id, reason: "sent back" });
  }, 60_000);
});

describe("a void", () => {
  test("gives the rest of a partly committed hold back", async () => {
    const { hold, prepared, start, client, payer } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    await start(await prepared({ kind: "commit", target, amount: "10.00" }));
    const action = await start(await prepared({ kind: "void", target }));
    expect(action).toMatchObject({ state: "applied", amount: 50_00n, noted: true });
    const balance = await client.balances.get(payer);
    expect([balance.balance, balance.inflight_debit_balance]).toEqual([90_00n, 0n]);
  });

  test("waits for a commit of the same hold that is under way", async () => {
    const { hold, prepared, start, sandbox, calls } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const commit = await prepared({ kind: "commit", target, amount: "10.00" });
    const release = await prepared({ kind: "void", target });
    sandbox.faults.add({ kind: "reset", method: "PUT", times: 1 });
    await start(commit);
    expect(await start(release)).toMatchObject({
      state: "rejected",
      problem:
        "Another action on the same transaction may still go through. Tidemark is checking, so this one was not sent",
    });
    expect(calls("PUT", "/proxy/transactions/inflight")).toHaveLength(1);
  });
});

describe("a refund", () => {
  test("is under way while Blnk's queue has it, and applied when its outcome is read", async () => {
    const { post, payee, prepared, start, confirm, actionOf, sandbox, client, balanceOf } =
      await openActions();
    const { transaction_id: target } = await post(payee, 30_00n);
    const id = await prepared({ kind: "refund", target }, { reason: "sent twice" });
    sandbox.switches.queue.d2_ms = [3_600_000, 3_600_000];
    const queued = await start(id);
    expect(queued.state).toBe("under_way");
    await expect.poll(async () => (await actionOf(id)).result_id, { timeout: 20_000 }).not.toBeNull();
    const { ledger } = sandbox.workspace.instances[0]!;
    ledger.queue.drain();
    await confirm(id);
    const action = await actionOf(id);
    expect(action).toMatchObject({ state: "applied", noted: true });
    const row = await client.transactions.get(action.result_id!);
    expect(row).toMatchObject({ status: "APPLIED", reference: `${target}_refund_q` });
    expect(row.meta_data["tidemark"]).toEqual({ action_id: id, reason: "sent twice" });
    expect(await balanceOf(payee)).toBe(0n);
  }, 60_000);

  test("is refused where the chain has one, whichever of its rows is asked for", async () => {
    const { post, payee, prepared, prepare, start } = await openActions();
    const original = await post(payee, 30_00n, { skip_queue: false });
    const target = original.transaction_id;
    const action = await start(await prepared({ kind: "refund", target }));
    expect(action.state).toBe("applied");
    for (const [again, problem] of [
      [target, "This transaction was refunded already."],
      [action.result_id!, "This is a refund. Only what it refunds can be refunded."],
    ] as const)
      expect(await prepare({ kind: "refund", target: again })).toEqual({ kind: "refused", problem });
  });

  test("whose answer is lost is found, and never sent again", async () => {
    const { post, payee, prepared, start, sandbox, calls, balanceOf } = await openActions();
    const { transaction_id: target } = await post(payee, 30_00n);
    const id = await prepared({ kind: "refund", target });
    sandbox.faults.add({ kind: "reset", method: "POST", path: "/proxy/refund", after_work: true, times: 1 });
    expect((await start(id)).state).toBe("applied");
    expect(calls("POST", "/proxy/refund-transaction")).toHaveLength(1);
    expect(await balanceOf(payee)).toBe(0n);
  });

  test("may take a balance below zero, which its plan says beforehand", async () => {
    const { post, payee, payer, prepared, start, balanceOf, sessionClient } = await openActions();
    const { transaction_id: target } = await post(payee, 30_00n);
    await post(payer, 30_00n, { source: payee });
    const { effect } = await planAction(sessionClient, { kind: "refund", target }, () => 100n);
    expect(effect!.source).toEqual({
      before: { balance: 0n, available: 0n },
      after: { balance: -30_00n, available: -30_00n },
    });
    expect([effect!.source, effect!.destination].map(goesBelowZero)).toEqual([true, false]);
    expect((await start(await prepared({ kind: "refund", target }))).state).toBe("applied");
    expect(await balanceOf(payee)).toBe(-30_00n);
  });
});

describe("an adjustment", () => {
  test("moves money between two balances under its own reference, with its reason", async () => {
    const { payer, payee, prepared, start, client, balanceOf } = await openActions();
    const request = { kind: "adjustment", source: payer, destination: payee, amount: "12.34" } as const;
    const action = await start(await prepared(request, { reason: "wrong wallet" }));
    expect(action).toMatchObject({ state: "applied", noted: true });
    expect([await balanceOf(payer), await balanceOf(payee)]).toEqual([87_66n, 12_34n]);
    const row = await client.transactions.get(action.result_id!);
    expect(row).toMatchObject({ reference: action.reference, description: "wrong wallet" });
    expect(row.meta_data["tidemark"]).toEqual({ action_id: action.id, reason: "wrong wallet" });
  });

  test("of more than is available is refused, and never sent with leave to overdraw", async () => {
    const { payer, payee, prepare, prepared, start, post, sandbox, balanceOf } = await openActions();
    const request = { kind: "adjustment", source: payer, destination: payee } as const;
    expect(await prepare({ ...request, amount: "100.01" })).toEqual({
      kind: "refused",
      problem: "Only USD 100.00 is available.",
    });
    const id = await prepared({ ...request, amount: "100.00" });
    sandbox.faults.add({ kind: "delay", ms: 2_000, method: "POST", path: "/proxy/transactions", times: 1 });
    const started = start(id);
    await expect.poll(() => sandbox.faults.all().length).toBe(0);
    // It was checked and is on its way when somebody else spends half of it.
    await post(payee, 50_00n, { source: payer, allow_overdraft: false });
    expect(await started).toMatchObject({
      state: "rejected",
      problem: "The source does not have enough available",
    });
    expect(await balanceOf(payer)).toBe(50_00n);
  });

  test("that is sent again after nothing was recorded keeps its reference, and is recorded once", async () => {
    const { payer, payee, prepared, start, confirm, actionOf, advance, sandbox, balanceOf } =
      await openActions();
    const request = { kind: "adjustment", source: payer, destination: payee, amount: "5.00" } as const;
    const id = await prepared(request);
    sandbox.faults.add({ kind: "reset", method: "POST", path: "/proxy/transactions" });
    const first = await start(id);
    expect(first.state).toBe("under_way");
    advance(LATEST_EFFECT_MS);
    await confirm(id);
    expect((await actionOf(id)).state).toBe("not_recorded");
    sandbox.faults.clear();
    const again = await start(id);
    expect(again).toMatchObject({ state: "applied", reference: first.reference });
    expect(await balanceOf(payee)).toBe(5_00n);
  }, 60_000);

  test("whose answer is lost is recorded once", async () => {
    const { payer, payee, prepared, start, sandbox, balanceOf } = await openActions();
    const id = await prepared({ kind: "adjustment", source: payer, destination: payee, amount: "5.00" });
    sandbox.faults.add({
      kind: "reset",
      method: "POST",
      path: "/proxy/transactions",
      after_work: true,
      times: 2,
    });
    expect((await start(id)).state).toBe("applied");
    expect(await balanceOf(payee)).toBe(5_00n);
  });

  test("between balances of unlike currency or precision, or of one with itself, is refused", async () => {
    const { payer, payee, prepare, post, client } = await openActions();
    const { ledger_id } = await client.ledgers.create({ name: "Other" });
    const euros = await client.balances.create({ ledger_id, currency: "EUR" });
    const mills = await client.balances.create({ ledger_id, currency: "USD" });
    await post(mills.balance_id, 5_000n, { precision: 1000n });
    const request = { kind: "adjustment", source: payer, amount: "1.00" } as const;
    const refusals = await Promise.all(
      [euros.balance_id, mills.balance_id, payer, "@World", "bln_none"].map((destination) =>
        prepare({ ...request, destination }),
      ),
    );
    expect(refusals.map((refusal) => "problem" in refusal && refusal.problem)).toEqual([
      "The destination holds EUR.",
      "The destination has rows with another precision.",
      "Both sides are the same balance.",
      "Blnk Cloud has no such record.",
      "Blnk Cloud has no such record.",
    ]);
    expect(await prepare({ ...request, destination: payee })).toMatchObject({ kind: "prepared" });
  });
});

describe("a limit", () => {
  test("for one action and for a day is kept, and counts what is applied or may be", async () => {
    const { hold, prepare, prepared, start, limit, payer, payee, post } = await openActions();
    await post(payer, 900_00n);
    await limit("60.00", "100.00");
    const adjust = (amount: string) =>
      ({ kind: "adjustment", source: payer, destination: payee, amount }) as const;
    expect(await prepare(adjust("60.01"))).toEqual({
      kind: "refused",
      problem: "More than USD 60.00 may not be moved by one action here.",
    });
    const two = [await prepared(adjust("60.00")), await prepared(adjust("60.00"))];
    expect(await start(two[0]!)).toMatchObject({ state: "applied" });
    // It was within the limit when it was prepared.
    expect(await start(two[1]!)).toMatchObject({
      state: "rejected",
      problem: "More than USD 100.00 may not be moved in one day here",
      sent_at: null,
    });
    const { transaction_id: target } = await hold(50_00n);
    expect(await prepare({ kind: "commit", target })).toMatchObject({ kind: "refused" });
    expect(await prepare({ kind: "commit", target, amount: "40.00" })).toMatchObject({ kind: "prepared" });
  });

  test("begins anew with the next day in UTC, and is exact for any precision", async () => {
    const { prepared, start, limit, payer, payee, db, sandbox } = await openActions();
    await limit(null, "100.00");
    const request = { kind: "adjustment", source: payer, destination: payee, amount: "99.99" } as const;
    await start(await prepared(request));
    const problemOf = (amount: bigint, precision: bigint, now: number) => {
      const action = { id: "other", amount, precision, currency: "USD" };
      return findLimitProblem(db.read, sandbox.instanceId, action, now);
    };
    expect(await problemOf(10n, 1000n, NOON)).toBeUndefined();
    expect(await problemOf(11n, 1000n, NOON)).toContain("USD 100.00");
    expect(await problemOf(1n, 3n, NOON)).toContain("USD 100.00");
    expect(await problemOf(1n, 300n, NOON)).toBeUndefined();
    expect(await problemOf(100_00n, 100n, NOON + 12 * 60 * 60_000)).toBeUndefined();
    expect(await problemOf(100_01n, 100n, NOON + 12 * 60 * 60_000)).toContain("USD 100.00");
  });

  test("counts what may still arrive from the day before, and what arrived today", async () => {
    const { prepared, start, limit, payer, payee, db, sandbox } = await openActions();
    await limit(null, "100.00");
    const problemAt = (now: number) =>
      findLimitProblem(
        db.read,
        sandbox.instanceId,
        { id: "other", amount: 30_01n, precision: 100n, currency: "USD" },
        now,
      );
    const id = await prepared({ kind: "adjustment", source: payer, destination: payee, amount: "70.00" });
    sandbox.faults.add({ kind: "reset", method: "POST", path: "/proxy/transactions" });
    const action = await start(id);
    expect(action.state).toBe("under_way");
    const nextDay = NOON + 12 * 60 * 60_000;
    expect(await problemAt(nextDay)).toContain("USD 100.00");
    const applied = { state: "applied", result_id: "txn_1", noted: true } as const;
    await db.write((tx) => settleAction(tx, action, applied, nextDay));
    expect(await problemAt(nextDay + 23 * 60 * 60_000)).toContain("USD 100.00");
    expect(await problemAt(nextDay + 24 * 60 * 60_000)).toBeUndefined();
  });

  test("is the instance's, so that a re-install does not shed it", async () => {
    const { limit, db, sandbox, uninstall, receiveAgain } = await openActions();
    await limit("1.00", null);
    await uninstall({ instance_id: sandbox.instanceId });
    await receiveAgain("instapp_2");
    expect(await listActionLimits(db, sandbox.instanceId)).toEqual([
      { currency: "USD", per_action: "1.00", per_day: null },
    ]);
    await limit(null, null);
    expect(await listActionLimits(db, sandbox.instanceId)).toEqual([]);
  });
});

describe("an action", () => {
  test("is started only from the launch that prepared it", async () => {
    const { hold, prepared, start, openSession, calls } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target });
    expect((await start(id, await openSession())).state).toBe("prepared");
    expect(calls("PUT", "/proxy/transactions/inflight")).toEqual([]);
  });

  test("is the same one when its form is sent again, and another when the form was changed", async () => {
    const { hold, prepared, actionOf } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const formKey = "k".repeat(22);
    expect(await prepared({ kind: "commit", target, amount: "1.00" }, { formKey })).toBe(formKey);
    expect(await prepared({ kind: "commit", target, amount: "1.00" }, { formKey })).toBe(formKey);
    const changed = await prepared({ kind: "commit", target, amount: "2.00" }, { formKey });
    expect(changed).not.toBe(formKey);
    expect([(await actionOf(formKey)).amount, (await actionOf(changed)).amount]).toEqual([1_00n, 2_00n]);
  });

  test("is not sent while another install of the instance has one on the same hold under way", async () => {
    const { hold, prepared, start, openSession, platform, sandbox, calls, db, install } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target, amount: "10.00" });
    await install({
      installed_app_id: "instapp_2",
      instance_id: sandbox.instanceId,
      api_key: sandbox.mintKey().key,
      granted_permissions: ["data:read", "data:write"],
    });
    const other = await openSession("instapp_2");
    const states = await db.read.selectFrom("installs").select("state").execute();
    expect(states.map(({ state }) => state)).toEqual(["active", "active"]);
    const client = platform.cloud.client(sessionCredentials(platform, other));
    const prepareOther = async (request: ActionRequest) => {
      const options = { formKey: mintSecret(16), reason: "x", assume: () => 100n };
      const outcome = await prepareAction(platform, client, other, request, options);
      if (outcome.kind === "refused") throw new Error(outcome.problem);
      return outcome.actionId;
    };
    const startOther = async (request: ActionRequest) => {
      const second = await prepareOther(request);
      await startAction(platform, other, second, { patienceMs: 20_000, waitMs: 500 });
      return (await findAction(db.read, "instapp_2", second))!;
    };
    sandbox.faults.add({ kind: "reset", method: "PUT", times: 1 });
    expect(await start(id)).toMatchObject({ state: "under_way" });
    expect(await startOther({ kind: "void", target })).toMatchObject({
      state: "rejected",
      problem: expect.stringContaining("may still go through") as string,
    });
    expect(calls("PUT", "/proxy/transactions/inflight")).toHaveLength(1);
    const { transaction_id: free } = await hold(5_00n);
    expect(await startOther({ kind: "void", target: free })).toMatchObject({ state: "applied" });
  });

  test("is not sent once the app is uninstalled", async () => {
    const { hold, prepared, start, uninstall, sandbox, calls, actionOf } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target });
    await uninstall({ instance_id: sandbox.instanceId });
    expect(await start(id)).toMatchObject({ state: "rejected", sent_at: null });
    expect(calls("PUT", "/proxy/transactions/inflight")).toEqual([]);
    expect((await actionOf(id)).problem).toContain("no longer active");
  });

  test("that was under way when the app was installed anew is looked for by the new install", async () => {
    const { hold, prepared, start, sandbox, db, uninstall, receiveAgain } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const id = await prepared({ kind: "commit", target });
    sandbox.faults.add({ kind: "reset", method: "PUT", times: 1 });
    await start(id);
    await uninstall({ instance_id: sandbox.instanceId });
    await receiveAgain("instapp_2");
    const [job] = await db.read
      .selectFrom("jobs")
      .select(["installed_app_id", "payload"])
      .where("kind", "=", "confirm_action")
      .where("state", "=", "queued")
      .execute();
    expect(job).toEqual({ installed_app_id: "instapp_2", payload: JSON.stringify({ action_id: id }) });
  });
});

describe("what is kept", () => {
  test("of actions goes after 400 days, and after one where nobody confirmed it", async () => {
    const { hold, prepared, start, db, clock, advance } = await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const confirmed = await prepared({ kind: "commit", target, amount: "1.00" });
    await start(confirmed);
    await prepared({ kind: "commit", target, amount: "2.00" });
    const sweep = createSweeper({ db, clock, cloud: { clock: { now: clock.now, skewMs: () => 0 } } });
    const kept = async () => {
      await sweep({} as Job, jobContext());
      return (await db.read.selectFrom("actions").select("id").execute()).map(({ id }) => id);
    };
    expect(await kept()).toHaveLength(2);
    advance(25 * 60 * 60_000);
    expect(await kept()).toEqual([confirmed]);
    advance(400 * 24 * 60 * 60_000);
    expect(await kept()).toEqual([]);
  });
});
