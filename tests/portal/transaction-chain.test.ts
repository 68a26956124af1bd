import { describe, expect, test } from "vitest";

import { readTransactionChain } from "#app/platform/blnk/read-transaction-chain.server.ts";
import { cloudFor, routes } from "#tests/support/cloud-server.ts";
import { expireHold } from "#tests/support/expire-hold.ts";
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
    expect(chain).toMatchObject({ status: "APPLIED", hold: undefined, refund: undefined, complete: true });
    expect(chain.refundable.map(({ transaction_id }) => transaction_id)).toEqual([applied.transaction_id]);
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
      refundable: [],
    });
  });

  test.each([true, false])("of a hold that expired is void (skip_queue: %s)", async (skip_queue) => {
    const { a, b, post, sandbox, chainOf } = await openChain();
    const { ledger } = sandbox.workspace.instances[0]!;
    const held = await post(b, 2_500n, { source: a, inflight: true, skip_queue });
    const innocent = await post(b, 2_500n, { source: a, inflight: true, skip_queue });
    expireHold(ledger, held.transaction_id);
    const expired = await chainOf(held.transaction_id);
    expect(expired).toMatchObject({ status: "VOID", hold: { remaining: 0n } });
    expect(expired.steps.at(-1)!.part).toBe("voided");
    expect(await chainOf(innocent.transaction_id)).toMatchObject({
      status: "INFLIGHT",
      hold: { remaining: 2_500n },
    });
  });

  test("of a hold that expired though it was committed says what another hold lost", async () => {
    const { a, b, post, client, sandbox, chainOf } = await openChain();
    const { ledger } = sandbox.workspace.instances[0]!;
    const held = await post(b, 2_500n, { source: a, inflight: true, skip_queue: false });
    const innocent = await post(b, 2_500n, { source: a, inflight: true });
    await client.holds.settle(await client.holds.get(held.transaction_id), { action: "commit" });
    expect((await chainOf(held.transaction_id)).hold).toMatchObject({ remaining: 0n, excess: 0n });
    expireHold(ledger, held.transaction_id);
    expect(await chainOf(held.transaction_id)).toMatchObject({
      status: "APPLIED",
      hold: { remaining: 0n, excess: 2_500n },
    });
    expect((await chainOf(innocent.transaction_id)).hold).toMatchObject({ remaining: 2_500n, excess: 0n });
  });

  test("that was refunded has the refund in it and can be refunded no more", async () => {
    const { a, b, post, client, chainOf } = await openChain();
    const applied = await post(b, 2_500n, { source: a });
    const { reference, expected } = await client.transactions.refund(applied.transaction_id);
    const outcome = await client.transactions.confirm(reference, { expected, waitMs: 10_000, pollMs: 5 });
    expect(outcome.state).toBe("applied");
    const chain = await chainOf(applied.transaction_id);
    expect(chain.steps.map(({ part }) => part)).toEqual(["applied", "refund", "refund"]);
    expect(chain).toMatchObject({ status: "APPLIED", refund: { state: "fully", net: 0n }, refundable: [] });
  });

  test("that was rejected says why", async () => {
    const { a, b, post, chainOf } = await openChain();
    const rejected = await post(a, 99_999n, { source: b, allow_overdraft: false, skip_queue: false });
    const chain = await chainOf(rejected.transaction_id);
    expect(chain).toMatchObject({ status: "REJECTED", refundable: [] });
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

/** A chain whose row `n` has the parents that `parentOf` says, in a Cloud that answers 100 parents at a time at most. */
async function readLongChain(length: number, parentOf: (n: number) => number, startAt = 0) {
  const rows = Array.from({ length }, (_, n) => ({
    transaction_id: `txn_${n}`,
    parent_transaction: n === 0 ? "" : `txn_${parentOf(n)}`,
    status: n === 0 ? "INFLIGHT" : "APPLIED",
    precise_amount: n === 0 ? 1_000 : 1,
    source: n === length - 1 ? "bln_b" : "bln_a",
    destination: n === length - 1 ? "bln_a" : "bln_b",
  }));
  const answers = rows.map((row) => [`GET /data/transactions/${row.transaction_id}`, () => row] as const);
  const children = (parents: string[]) => rows.filter((row) => parents.includes(row.parent_transaction));
  const page = (found: object[], query: URLSearchParams) => {
    const at = (Number(query.get("page")) - 1) * 100;
    return { data: found.slice(at, at + 100), total: found.length };
  };
  const { client } = await cloudFor(
    routes({
      ...Object.fromEntries(answers),
      "GET /data/transactions": ({ query }) =>
        page(
          children((query.get("parent_transaction_in") ?? query.get("parent_transaction_eq"))!.split(",")),
          query,
        ),
      "POST /transactions/filter": ({ query, body }) =>
        page(children((JSON.parse(body) as { filters: { values: string[] }[] }).filters[0]!.values), query),
    }),
  );
  return (await readTransactionChain(client, `txn_${startAt}`)).chain;
}

describe("a long chain", () => {
  test("of a hold with 150 commits has the refund of the 120th in it", async () => {
    const chain = await readLongChain(152, (n) => (n === 151 ? 120 : 0));
    expect(chain).toMatchObject({ complete: true, refund: { state: "partly", net: 149n } });
    expect(chain.refundable).toHaveLength(149);
    expect(chain.steps).toHaveLength(152);
  });

  test("with more rows than are read is not complete", async () => {
    expect((await readLongChain(299, () => 0)).complete).toBe(true);
    expect((await readLongChain(301, () => 0)).complete).toBe(false);
  });

  test("that is deeper than is read is not complete, from its first row or its last", async () => {
    expect((await readLongChain(7, (n) => n - 1)).complete).toBe(true);
    expect((await readLongChain(7, (n) => n - 1, 6)).complete).toBe(true);
    expect((await readLongChain(20, (n) => n - 1)).complete).toBe(false);
    expect((await readLongChain(8, (n) => n - 1, 7)).complete).toBe(false);
  });
});
