import { describe, expect, test } from "vitest";

import { readTransactionChain } from "#app/blnk/read-transaction-chain.server.ts";
import { openSandbox } from "#tests/support/open-sandbox.ts";

async function openChain() {
  const sandbox = await openSandbox();
  const [a, b] = (await sandbox.openWallets(2)) as [string, string];
  await sandbox.post(a, 10_000n);
  const chainOf = async (id: string) => (await readTransactionChain(sandbox.client, id)).chain;
  return { ...sandbox, a, b, chainOf };
}

describe("a transaction's chain", () => {
  test("is queued and then applied, the same from either row", async () => {
    const { a, b, post, chainOf } = await openChain();
    const applied = await post(b, 2_500n, { source: a, skip_queue: false });
    const chain = await chainOf(applied.transaction_id);
    expect(chain.steps.map(({ part }) => part)).toEqual(["queued", "applied"]);
    expect(chain).toMatchObject({ status: "APPLIED", hold: undefined, refunded: false, complete: true });
    expect(chain.refundable?.transaction_id).toBe(applied.transaction_id);
    expect(await chainOf(chain.root.transaction_id)).toEqual(chain);
    expect(chain.root.transaction_id).not.toBe(applied.transaction_id);
  });

  test("of a hold has its commits, its release, and what remains", async () => {
    const { a, b, post, client, chainOf } = await openChain();
    const held = await post(b, 2_500n, { source: a, inflight: true, skip_queue: false });
    expect(await chainOf(held.transaction_id)).toMatchObject({
      status: "INFLIGHT",
      hold: { remaining: 2_500n },
    });

    await client.holds.settle(await client.holds.get(held.transaction_id), {
      action: "commit",
      precise_amount: 1_000n,
    });
    const partly = await chainOf(held.transaction_id);
    expect(partly.steps.map(({ part }) => part)).toEqual(["queued", "held", "committed"]);
    expect(partly).toMatchObject({ status: "INFLIGHT", hold: { remaining: 1_500n } });

    await client.holds.settle(await client.holds.get(held.transaction_id), { action: "void" });
    const settled = await chainOf(partly.root.transaction_id);
    expect(settled.steps.map(({ part }) => part)).toEqual(["queued", "held", "committed", "voided"]);
    expect(settled).toMatchObject({ status: "APPLIED", hold: { remaining: 0n } });
    for (const { row } of settled.steps) expect(await chainOf(row.transaction_id)).toEqual(settled);
  });

  test("of a hold that was released as a whole is void", async () => {
    const { a, b, post, client, chainOf } = await openChain();
    const held = await post(b, 2_500n, { source: a, inflight: true });
    await client.holds.settle(await client.holds.get(held.transaction_id), { action: "void" });
    expect(await chainOf(held.transaction_id)).toMatchObject({
      status: "VOID",
      hold: { remaining: 0n },
      refundable: undefined,
    });
  });

  test("that was refunded has the refund in it and can be refunded no more", async () => {
    const { a, b, post, client, chainOf } = await openChain();
    const applied = await post(b, 2_500n, { source: a });
    const { reference, expected } = await client.transactions.refund(applied.transaction_id);
    const outcome = await client.transactions.confirm(reference, { expected, waitMs: 10_000, pollMs: 5 });
    expect(outcome.state).toBe("applied");
    const chain = await chainOf(applied.transaction_id);
    expect(chain.steps.map(({ part }) => part)).toEqual(["applied", "refund", "refund"]);
    expect(chain).toMatchObject({ status: "APPLIED", refunded: true, refundable: undefined });
  });

  test("that was rejected says why", async () => {
    const { a, b, post, chainOf } = await openChain();
    const rejected = await post(a, 99_999n, { source: b, allow_overdraft: false, skip_queue: false });
    const chain = await chainOf(rejected.transaction_id);
    expect(chain).toMatchObject({ status: "REJECTED", refundable: undefined });
    expect(chain.steps.at(-1)!.row.rejection_reason).toContain("insufficient funds");
  });

  test("is no other transaction's", async () => {
    const { a, b, post, chainOf } = await openChain();
    const [first, second] = [await post(b, 1n, { source: a }), await post(b, 1n, { source: a })];
    const chain = await chainOf(first.transaction_id);
    expect(chain.steps.map(({ row }) => row.transaction_id)).toEqual([first.transaction_id]);
    expect(chain.steps.map(({ row }) => row.transaction_id)).not.toContain(second.transaction_id);
  });

  test("of an id that Blnk does not have is not found", async () => {
    const { chainOf } = await openChain();
    await expect(chainOf("txn_00000000-0000-0000-0000-000000000000")).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
