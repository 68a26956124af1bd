import { answerJson, cloudFor, routes } from "#tests/support/cloud-server.ts";
import { describe, expect, test } from "vitest";

const HOLD = {
  transaction_id: "txn_h",
  status: "INFLIGHT",
  precise_amount: 10_000,
  precision: 100,
  currency: "USD",
  source: "bln_a",
  destination: "bln_b",
};

function child(id: string, status: string, precise_amount: number, change: object = {}) {
  return { ...HOLD, transaction_id: id, parent_transaction: "txn_h", status, precise_amount, ...change };
}

async function holdWith(children: object[], row: object = HOLD) {
  const { client, requests } = await cloudFor(
    routes({
      "GET /data/transactions/txn_h": () => row,
      "GET /data/transactions": () => ({ data: children, total: children.length }),
      "PUT /proxy/transactions/inflight/txn_h": () => ({ transaction_id: "txn_c", status: "APPLIED" }),
    }),
  );
  const sent = () => requests.filter(({ method }) => method === "PUT").map(({ body }) => body);
  return { client, hold: await client.holds.get("txn_h"), sent };
}

describe("a hold", () => {
  test("has left what was not committed", async () => {
    expect((await holdWith([])).hold.remaining).toBe(10_000n);
    expect((await holdWith([child("txn_1", "APPLIED", 4_000)])).hold.remaining).toBe(6_000n);
  });

  test("has nothing left once it was voided", async () => {
    const { hold } = await holdWith([child("txn_1", "APPLIED", 4_000), child("txn_2", "VOID", 6_000)]);
    expect(hold.remaining).toBe(0n);
  });

  test("is over once it expired, which Blnk writes under its queued row", async () => {
    const queued = { ...HOLD, parent_transaction: "txn_q" };
    const expiry = { parent_transaction: "txn_q" };
    const { client, hold, sent } = await holdWith([child("txn_v", "VOID", 10_000, expiry)], queued);
    expect(hold.remaining).toBe(0n);
    for (const action of ["commit", "void"] as const)
      await expect(client.holds.settle(hold, { action })).rejects.toMatchObject({ code: "conflict" });
    expect(sent()).toEqual([]);
  });

  test("is not over by a release the other way, of another's queued row, or beside it in a batch", async () => {
    const other = [
      child("txn_1", "VOID", 10_000, { parent_transaction: "txn_q", source: "bln_b", destination: "bln_a" }),
      child("txn_2", "VOID", 10_000, { parent_transaction: "txn_other" }),
      child("txn_3", "VOID", 10_000, { parent_transaction: "bulk_1" }),
    ];
    for (const parent_transaction of ["txn_q", "bulk_1", ""])
      expect((await holdWith(other, { ...HOLD, parent_transaction })).hold.remaining).toBe(10_000n);
  });

  test("does not count a refund, nor a row of another parent", async () => {
    const swapped = { source: "bln_b", destination: "bln_a" };
    const foreign = { parent_transaction: "txn_x" };
    const { hold } = await holdWith([
      child("txn_1", "APPLIED", 4_000, swapped),
      child("txn_2", "APPLIED", 1_000, foreign),
    ]);
    expect(hold.remaining).toBe(10_000n);
  });

  test("has an unknown remainder where an amount cannot be read", async () => {
    const { client, hold, sent } = await holdWith([child("txn_1", "APPLIED", 0, { precise_amount: null })]);
    expect(hold.remaining).toBeUndefined();
    await expect(client.holds.settle(hold, { action: "void" })).rejects.toMatchObject({ code: "malformed" });
    expect(sent()).toEqual([]);
  });

  test("is an INFLIGHT row, never a queued or applied one", async () => {
    await expect(holdWith([], { ...HOLD, status: "QUEUED" })).rejects.toMatchObject({ code: "invalid" });
    await expect(holdWith([], { ...HOLD, status: "APPLIED" })).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("settle", () => {
  test("commits the whole, commits a part, or voids", async () => {
    const { client, hold, sent } = await holdWith([]);
    await client.holds.settle(hold, { action: "commit" });
    await client.holds.settle(hold, { action: "commit", precise_amount: 4_000n });
    await client.holds.settle(hold, { action: "void" });
    expect(sent()).toEqual([
      '{"status":"commit","skip_queue":true}',
      '{"status":"commit","precise_amount":4000,"skip_queue":true}',
      '{"status":"void","skip_queue":true}',
    ]);
  });

  test.each([0n, -1n, 6_001n])("a commit of %s where 6000 remain is not sent", async (precise_amount) => {
    const { client, hold, sent } = await holdWith([child("txn_1", "APPLIED", 4_000)]);
    await expect(client.holds.settle(hold, { action: "commit", precise_amount })).rejects.toMatchObject({
      code: "invalid",
    });
    expect(sent()).toEqual([]);
  });

  test("what is settled already is a conflict", async () => {
    for (const children of [[child("txn_1", "APPLIED", 10_000)], [child("txn_1", "VOID", 10_000)]]) {
      const { client, hold, sent } = await holdWith(children);
      await expect(client.holds.settle(hold, { action: "commit" })).rejects.toMatchObject({
        code: "conflict",
      });
      await expect(client.holds.settle(hold, { action: "void" })).rejects.toMatchObject({ code: "conflict" });
      expect(sent()).toEqual([]);
    }
  });

  test("an outage does not send it again", async () => {
    const { client, requests } = await cloudFor((request, response) => {
      if (request.method === "PUT") answerJson(response, {}, 503);
      else answerJson(response, request.path.endsWith("txn_h") ? HOLD : { data: [] });
    });
    const hold = await client.holds.get("txn_h");
    await expect(client.holds.settle(hold, { action: "commit" })).rejects.toMatchObject({
      code: "unavailable",
    });
    expect(requests.filter(({ method }) => method === "PUT")).toHaveLength(1);
  });
});

describe("confirm", () => {
  const quick = { waitMs: 100, pollMs: 5 };

  async function confirmAfter(children: object[], action: Parameters<typeof settleOf>[0]) {
    let settled = false;
    const { client } = await cloudFor(
      routes({
        "GET /data/transactions/txn_h": () => HOLD,
        "GET /data/transactions": () => {
          const data = [child("txn_old", "APPLIED", 4_000), ...(settled ? children : [])];
          return { data, total: data.length };
        },
      }),
    );
    const before = await client.holds.get("txn_h");
    settled = true;
    return client.holds.confirm(before, settleOf(action), quick);
  }

  test("a new row of the amount confirms a commit", async () => {
    expect(await confirmAfter([child("txn_new", "APPLIED", 1_000)], 1_000n)).toMatchObject({
      state: "confirmed",
      transaction: { transaction_id: "txn_new" },
    });
    expect(await confirmAfter([child("txn_new", "APPLIED", 6_000)], "rest")).toMatchObject({
      state: "confirmed",
    });
  });

  test("an older commit of the same amount, or somebody else's of another, confirms nothing", async () => {
    expect(await confirmAfter([], 4_000n)).toMatchObject({
      state: "not_confirmed",
      hold: { remaining: 6_000n },
    });
    expect(await confirmAfter([child("txn_new", "APPLIED", 999)], 1_000n)).toMatchObject({
      state: "not_confirmed",
    });
  });

  test("a VOID row confirms a void and no commit", async () => {
    const voided = [child("txn_new", "VOID", 6_000)];
    expect(await confirmAfter(voided, "void")).toMatchObject({ state: "confirmed" });
    expect(await confirmAfter(voided, "rest")).toMatchObject({
      state: "not_confirmed",
      hold: { remaining: 0n },
    });
  });
});

function settleOf(action: "void" | "rest" | bigint) {
  if (action === "void") return { action: "void" } as const;
  return action === "rest"
    ? ({ action: "commit" } as const)
    : ({ action: "commit", precise_amount: action } as const);
}
