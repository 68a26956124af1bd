import { describe, expect, test } from "vitest";

import { readTransactionChain } from "#app/platform/blnk/read-transaction-chain.server.ts";
import { refund } from "blnk-sandbox/ledger/refund.ts";

import { openActions } from "./open-actions.ts";

describe("a hold that was committed in parts", () => {
  test("has each part refunded once", async () => {
    const { hold, prepare, prepared, start, confirm, actionOf, client, balanceOf, payee } =
      await openActions();
    const { transaction_id: target } = await hold(60_00n);
    const parts: string[] = [];
    for (const amount of ["10.00", "20.00"])
      parts.push((await start(await prepared({ kind: "commit", target, amount }))).result_id!);
    const chainOf = async () => (await readTransactionChain(client, target)).chain;
    const ids = (rows: readonly { transaction_id: string }[]) =>
      rows.map(({ transaction_id }) => transaction_id);
    expect(ids((await chainOf()).refundable).toSorted()).toEqual(parts.toSorted());

    for (const [index, part] of parts.entries()) {
      const id = await prepared({ kind: "refund", target: part });
      await start(id);
      await expect.poll(async () => (await confirm(id), (await actionOf(id)).state)).toBe("applied");
      expect(await prepare({ kind: "refund", target: part })).toEqual({
        kind: "refused",
        problem: "This transaction was refunded already.",
      });
      const { refund: state, refundable } = await chainOf();
      expect(state).toEqual(index === 0 ? { state: "partly", net: 20_00n } : { state: "fully", net: 0n });
      expect(ids(refundable)).toEqual(parts.slice(index + 1));
    }
    expect(await balanceOf(payee)).toBe(0n);
  });
});

describe("a refund that Blnk refuses", () => {
  test("and moves the money forward again is not called rejected, and counts", async () => {
    const {
      post,
      payee,
      prepared,
      start,
      confirm,
      actionOf,
      sandbox,
      client,
      limit,
      prepare,
      payer,
      balanceOf,
    } = await openActions();
    const { ledger } = sandbox.workspace.instances[0]!;
    const { transaction_id: target } = await post(payee, 30_00n);
    const id = await prepared({ kind: "refund", target });
    sandbox.faults.add({ kind: "delay", ms: 2_000, method: "POST", path: "/proxy/refund", times: 1 });
    const started = start(id);
    await expect.poll(() => sandbox.faults.all().length).toBe(0);
    // It was checked and is on its way when somebody else refunds the same, without the queue.
    refund(ledger, target, { skip_queue: true });
    expect(await balanceOf(payee)).toBe(0n);
    await started;
    await expect.poll(async () => (await confirm(id), (await actionOf(id)).state)).not.toBe("under_way");
    expect(await balanceOf(payee)).toBe(30_00n);
    const action = await actionOf(id);
    expect(action).toMatchObject({ state: "applied" });
    expect(action.problem).toContain("the money moved forward once more");
    const { chain } = await readTransactionChain(client, target);
    expect(chain.refund).toEqual({ state: "reversed", net: 30_00n });
    expect(chain.steps.find(({ row }) => row.transaction_id === action.result_id)).toMatchObject({
      part: "refund_reversed",
      row: { status: "APPLIED" },
    });
    // What moved forward again can be refunded by itself; the row that has a refund cannot.
    expect(chain.refundable.map(({ transaction_id }) => transaction_id)).toEqual([action.result_id]);
    await limit(null, "30.00");
    expect(
      await prepare({ kind: "adjustment", source: payer, destination: payee, amount: "0.01" }),
    ).toMatchObject({ kind: "refused" });
  }, 60_000);

  test("because somebody else made it is rejected when nothing else moved", async () => {
    const { post, payee, prepared, start, sandbox, balanceOf } = await openActions();
    const { ledger } = sandbox.workspace.instances[0]!;
    const { transaction_id: target } = await post(payee, 30_00n);
    const id = await prepared({ kind: "refund", target });
    const body = { error: "x", error_detail: { code: "TXN_ALREADY_REFUNDED", message: "x" } };
    sandbox.faults.add({
      kind: "status",
      status: 409,
      body,
      method: "POST",
      path: "/proxy/refund",
      times: 1,
    });
    const refused = start(id);
    await expect.poll(() => sandbox.faults.all().length).toBe(0);
    refund(ledger, target, { skip_queue: true });
    expect(await refused).toMatchObject({
      state: "rejected",
      problem: "The transaction is refunded already",
      result_id: null,
    });
    expect(await balanceOf(payee)).toBe(0n);
  }, 60_000);
});
