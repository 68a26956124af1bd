import { describe, expect, test } from "vitest";

import { createReference } from "#app/platform/blnk/reference.server.ts";
import { expireHold } from "#tests/support/expire-hold.ts";

import { openActions } from "./open-actions.ts";

const WAYS = [
  ["one by one, through the queue", { bulk: false, skip_queue: false }],
  ["one by one, without the queue", { bulk: false, skip_queue: true }],
  ["in a batch, through the queue", { bulk: true, skip_queue: false }],
  ["in a batch, without the queue", { bulk: true, skip_queue: true }],
] as const;

/** Two holds of 40.00 between the same balances. */
async function openTwoHolds({ bulk, skip_queue }: { bulk: boolean; skip_queue: boolean }) {
  const world = await openActions();
  const { client, payer, payee, post, sandbox } = world;
  const { ledger } = sandbox.workspace.instances[0]!;
  const held = () =>
    ledger.transactions
      .find("balance_id", payer)
      .filter(({ status }) => status === "INFLIGHT")
      .map(({ transaction_id }) => transaction_id);
  if (bulk) {
    const item = () => ({
      precise_amount: 40_00n,
      precision: 100n,
      currency: "USD",
      source: payer,
      destination: payee,
      reference: createReference("tidemark", "instapp_1"),
      description: "one of a batch",
    });
    await client.transactions.createBulk({ transactions: [item(), item()], inflight: true, skip_queue });
  } else {
    for (let count = 0; count < 2; count += 1)
      await post(payee, 40_00n, { source: payer, inflight: true, skip_queue });
  }
  await expect.poll(held).toHaveLength(2);
  const [expiring, innocent] = held() as [string, string];
  const inflight = async () => (await client.balances.get(payer)).inflight_debit_balance;
  const settlements = () => world.calls("PUT", "/proxy/transactions/inflight").length;
  return { ...world, ledger, expiring, innocent, inflight, settlements };
}

describe("the money of another hold", () => {
  test.each(WAYS)("is not taken by settling one that expired: %s", async (_way, how) => {
    const { ledger, expiring, innocent, prepare, prepared, start, inflight, settlements } =
      await openTwoHolds(how);
    const asked = [
      await prepared({ kind: "commit", target: expiring }),
      await prepared({ kind: "void", target: expiring }),
    ];
    expireHold(ledger, expiring);
    for (const kind of ["commit", "void"] as const) {
      expect(await prepare({ kind, target: expiring })).toEqual({
        kind: "refused",
        problem: "Nothing remains of this hold.",
      });
    }
    for (const id of asked)
      expect(await start(id)).toMatchObject({ state: "rejected", problem: "Nothing remains of this hold" });
    expect(settlements()).toBe(0);
    expect(await inflight()).toBe(40_00n);

    // Nor is it said to be gone.
    expect(await start(await prepared({ kind: "commit", target: innocent }))).toMatchObject({
      state: "applied",
    });
    expect(await inflight()).toBe(0n);
  });

  test("is missed where Blnk took it, and nobody else's is taken for it", async () => {
    const { ledger, expiring, innocent, prepare, prepared, start, settlements } = await openTwoHolds({
      bulk: false,
      skip_queue: false,
    });
    await start(await prepared({ kind: "commit", target: expiring }));
    const asked = await prepared({ kind: "void", target: innocent });
    // Its expiry comes in spite of the commit.
    expireHold(ledger, expiring);
    const before = settlements();
    const problem =
      "Only USD 0.00 is inflight at the source, and USD 40.00 remains of this hold. Settling it would take another hold's money.";
    expect(await prepare({ kind: "commit", target: innocent, amount: "1.00" })).toEqual({
      kind: "refused",
      problem: `${problem} ${problem.replace("source", "destination")}`,
    });
    expect(await start(asked)).toMatchObject({
      state: "rejected",
      problem: expect.stringContaining("Settling it would take another hold's money") as string,
    });
    expect(settlements()).toBe(before);
  });

  test("at the destination counts as well as at the source", async () => {
    const { ledger, innocent, payee, prepare } = await openTwoHolds({ bulk: false, skip_queue: true });
    ledger.balances.get(payee)!.inflight_credit = 39_99n;
    ledger.balances.touch();
    expect(await prepare({ kind: "commit", target: innocent })).toEqual({
      kind: "refused",
      problem:
        "Only USD 39.99 is inflight at the destination, and USD 40.00 remains of this hold. Settling it would take another hold's money.",
    });
    ledger.balances.get(payee)!.inflight_credit = 40_00n;
    ledger.balances.touch();
    expect(await prepare({ kind: "commit", target: innocent })).toMatchObject({ kind: "prepared" });
  });
});
