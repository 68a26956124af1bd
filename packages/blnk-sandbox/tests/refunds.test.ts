import { whileLocked } from "../api/proxy/while-locked.ts";
import { describe, expect, test } from "vitest";
import { objectOf, type Body } from "../conformance/body.ts";
import { balanceOf, heldOf, holdUnder, openPair } from "./open-pair.ts";

const codeOf = (body: Body) => objectOf(body.error_detail).code;

describe("before 0.15.4 a second synchronous refund", () => {
  test.each(["0.15.2", "0.15.3"] as const)(
    "is refused by %s, and moves the money forward again",
    async (core_version) => {
      await using pair = await openPair({ core_version });
      const id = await pair.pay();
      expect((await pair.refund(id)).status).toBe(201);
      expect(balanceOf(pair.a)).toBe(10_000n);
      const again = await pair.refund(id);
      expect([again.status, codeOf(again.body)]).toEqual([409, "GEN_CONFLICT"]);
      expect(balanceOf(pair.a)).toBe(9_000n);
      for (let more = 0; more < 2; more += 1) expect((await pair.refund(id)).status).toBe(409);
      expect(balanceOf(pair.a)).toBe(9_000n);
    },
  );

  test("by the QUEUED id moves it to and fro, since each refund has the metadata of the row before it", async () => {
    await using pair = await openPair();
    const queued = await pair.pay({ skip_queue: false });
    const after = [];
    for (let time = 0; time < 4; time += 1) {
      await pair.refund(queued);
      after.push(balanceOf(pair.a));
    }
    expect(after).toEqual([10_000n, 9_000n, 10_000n, 9_000n]);
  });
});

test("0.15.4 refuses a second refund by a code of its own and moves nothing", async () => {
  await using pair = await openPair({ core_version: "0.15.4" });
  for (const id of [await pair.pay(), await pair.pay({ skip_queue: false })]) {
    const before = balanceOf(pair.a);
    expect((await pair.refund(id)).status).toBe(201);
    const again = await pair.refund(id);
    expect([again.status, codeOf(again.body)]).toEqual([409, "TXN_ALREADY_REFUNDED"]);
    expect(balanceOf(pair.a)).toBe(before + 1_000n);
  }
});

test("two queued refunds, one right after the other, are both acknowledged, and one of them never was", async () => {
  await using pair = await openPair();
  const id = await pair.pay();
  const replies = [
    await pair.refund(id, { skip_queue: false }),
    await pair.refund(id, { skip_queue: false }),
  ];
  expect(replies.map(({ status }) => status)).toEqual([201, 201]);
  pair.ledger.queue.drain();
  expect(balanceOf(pair.a)).toBe(10_000n);
  expect(pair.ledger.transactions.get(String(replies[1]!.body.transaction_id))).toBeUndefined();
});

test.each([
  ["0.15.3", 409],
  ["0.15.4", 201],
] as const)(
  "%s refunds the other legs of a split of which one was, and answers %s",
  async (core_version, status) => {
    await using pair = await openPair({ core_version });
    const destinations = [
      { identifier: pair.b.balance_id, distribution: "40%" },
      { identifier: "@rest", distribution: "left" },
    ];
    const split = await pair.pay({ destination: undefined, destinations });
    await pair.refund(pair.children(split)[0]!.transaction_id);
    expect((await pair.refund(split)).status).toBe(status);
    expect(balanceOf(pair.a)).toBe(10_000n);
  },
);

test("each committed part of a hold is refunded once, and its VOID child not at all", async () => {
  await using pair = await openPair();
  const held = await pair.hold({ precise_amount: 5_000 });
  const parts = [];
  for (const precise_amount of [2_000, 1_000]) {
    const { body } = await pair.settle(held, { status: "commit", precise_amount });
    parts.push(String(body.transaction_id));
  }
  const voided = await pair.settle(held, { status: "void" });
  for (const part of parts) expect((await pair.refund(part)).status).toBe(201);
  expect(balanceOf(pair.a)).toBe(10_000n);
  expect((await pair.refund(String(voided.body.transaction_id))).status).toBe(404);
});

test("a refund has its row's metadata and what was sent beside it, but no sent text before 0.15.3", async () => {
  const sent = { description: "Sent twice", meta_data: { why: "twice", own: 2 } };
  for (const [core_version, meta_data, description] of [
    ["0.15.2", { own: 1, kept: true }, "Test"],
    ["0.15.3", { own: 2, kept: true, why: "twice" }, "Sent twice"],
  ] as const) {
    await using pair = await openPair({ core_version });
    const { body } = await pair.refund(await pair.pay({ meta_data: { own: 1, kept: true } }), sent);
    expect(body).toMatchObject({ meta_data, description });
  }
});

test("metadata written to a hold is written to what settled it too", async () => {
  await using pair = await openPair();
  const held = await pair.hold();
  await pair.settle(held, { status: "commit" });
  await pair.target.post(`/proxy/${held}/metadata`, { meta_data: { reason: "mine" } });
  expect(pair.children(held)[0]!.meta_data).toEqual({ reason: "mine" });
});

test.each([
  ["0.15.2", true],
  ["0.15.3", false],
] as const)("a commit by %s says inflight: %s", async (core_version, inflight) => {
  await using pair = await openPair({ core_version });
  const { body } = await pair.settle(await pair.hold(), { status: "commit" });
  expect([body.status, body.inflight]).toEqual(["APPLIED", inflight]);
});

describe("a rejected hold", () => {
  const many = (id: string) => ({ transactions: [{ transaction_id: id }], skip_queue: true });

  test("is committed by its QUEUED id among many, out of another hold", async () => {
    await using pair = await openPair();
    await pair.hold({ precise_amount: 8_000 });
    const queued = await pair.hold({ precise_amount: 5_000, skip_queue: false });
    expect(pair.children(queued).map(({ status }) => status)).toEqual(["REJECTED"]);
    const { body } = await pair.target.post("/proxy/transactions/inflight/bulk/commit", many(queued));
    expect(body).toMatchObject({ succeeded: 1, failed: 0 });
    expect(pair.children(queued).map(({ status }) => status)).toEqual(["REJECTED", "APPLIED"]);
    expect([balanceOf(pair.a), ...heldOf(pair)]).toEqual([5_000n, 3_000n, 3_000n]);
  });

  test("is not committed where nothing else is held, nor alone by that id", async () => {
    await using pair = await openPair();
    const queued = await pair.hold({ precise_amount: 50_000, skip_queue: false });
    const { body } = await pair.target.post("/proxy/transactions/inflight/bulk/commit", many(queued));
    expect(body).toMatchObject({ succeeded: 0, failed: 1, results: [{ code: "INTERNAL_ERROR" }] });
    const atOnce = await pair.settle(queued, { status: "commit" });
    expect([atOnce.status, codeOf(atOnce.body)]).toEqual([400, "TXN_NOT_INFLIGHT"]);
    expect((await pair.settle(queued, { status: "commit", skip_queue: false })).body.queued).toBe(true);
    pair.ledger.queue.drain();
    expect(pair.children(queued).map(({ status }) => status)).toEqual(["REJECTED"]);
  });
});

test("many holds are settled each for itself, and refused by codes of their own", async () => {
  await using pair = await openPair();
  const [one, two] = [await pair.hold(), await pair.hold()];
  await pair.settle(two, { status: "commit" });
  const { body } = await pair.target.post("/proxy/transactions/inflight/bulk/void", {
    transaction_ids: [one, two, "txn_none"],
    skip_queue: true,
  });
  const codes = (body.results as Body[]).map(({ status, code }) => code ?? status);
  expect(codes).toEqual(["succeeded", "ALREADY_COMMITTED", "NOT_FOUND"]);
});

test("a queued commit names the hold and the action in its reference", async () => {
  await using pair = await openPair();
  const held = holdUnder(pair, await pair.hold({ skip_queue: false }));
  const reply = await pair.settle(held, { status: "commit", skip_queue: false });
  expect(reply.body).toMatchObject({ transaction_id: held, queued: true, status: "INFLIGHT" });
  pair.ledger.queue.drain();
  expect(pair.children(held)[0]!.reference).toMatch(new RegExp(`^${held}_commit_act_[-0-9a-f]{36}$`));
});

test("a refund of the money behind a hold leaves more held than there is", async () => {
  await using pair = await openPair();
  const funding = pair.ledger.transactions.find("balance_id", pair.a.balance_id)[0]!;
  await pair.hold({ precise_amount: 8_000 });
  await pair.refund(funding.transaction_id);
  expect([balanceOf(pair.a), pair.a.inflight_debit]).toEqual([0n, 8_000n]);
});

test("an overdraft limit lets a balance go below zero without saying so in the metadata", async () => {
  await using pair = await openPair();
  const id = await pair.pay({ precise_amount: 12_000, overdraft_limit: 50 });
  expect(balanceOf(pair.a)).toBe(-2_000n);
  expect(pair.ledger.transactions.get(id)!.meta_data).toEqual({});
});

test("a settle or refund of a row that is being settled or refunded is a 423, and moves nothing", async () => {
  await using pair = await openPair();
  const held = await pair.hold();
  const row = pair.ledger.transactions.get(held)!;
  const first = whileLocked(pair.ledger, [row], () => "settled");
  await expect(whileLocked(pair.ledger, [row], () => "twice")).rejects.toMatchObject({
    code: "GEN_RESOURCE_LOCKED",
  });
  expect(await first).toBe("settled");

  const commit = () => pair.settle(held, { status: "commit", precise_amount: 100 });
  pair.ledger.locked.add(held);
  expect((await commit()).status).toBe(423);
  expect(balanceOf(pair.b)).toBe(0n);
  pair.ledger.locked.delete(held);
  expect((await commit()).status).toBe(200);
  expect(balanceOf(pair.b)).toBe(100n);

  const paid = await pair.pay();
  pair.ledger.locked.add(paid);
  const refused = await pair.refund(paid);
  expect([refused.status, codeOf(refused.body)]).toEqual([423, "GEN_RESOURCE_LOCKED"]);
  pair.ledger.locked.delete(paid);
  expect((await pair.refund(paid)).status).toBe(201);
  expect(balanceOf(pair.b)).toBe(100n);
});
