import { describe, expect, test } from "vitest";
import { objectOf } from "../conformance/body.ts";
import { heldOf, holdUnder, openPair } from "./open-pair.ts";
import { openSandbox } from "./sandbox-client.ts";

const MINUTE_MS = 60_000;

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * MINUTE_MS).toISOString();
const expiring = { skip_queue: false, inflight_expiry_date: inMinutes(10) };
test("a new balance says version 0, and 1 wherever it is read", async () => {
  await using world = await openSandbox();
  const sent = { ledger_id: "general_ledger_id", currency: "USD" };
  const { body } = await world.target.post("/proxy/balances", sent);
  expect(body.version).toBe(0);
  const read = await world.target.get(`/data/balances/${String(body.balance_id)}`);
  expect(read.body.version).toBe(1);
});

describe("a queued hold that expires", () => {
  test("is voided under its QUEUED row, and its own row has no child", async () => {
    await using pair = await openPair();
    const queued = await pair.hold(expiring);
    const held = holdUnder(pair, queued);
    pair.pass(9 * MINUTE_MS);
    expect(heldOf(pair)).toEqual([1_000n, 1_000n]);
    pair.pass(2 * MINUTE_MS);
    expect(heldOf(pair)).toEqual([0n, 0n]);
    const voided = pair.children(queued).find(({ status }) => status === "VOID");
    expect(voided).toMatchObject({ precise_amount: 1_000n, source: pair.a.balance_id });
    expect(pair.children(held)).toEqual([]);
  });

  test.each(["commit", "void"])(
    "takes another hold's money when it is settled by a %s of its row",
    async (status) => {
      await using pair = await openPair();
      const held = holdUnder(pair, await pair.hold(expiring));
      const innocent = await pair.hold({ precise_amount: 1_500 });
      pair.pass(11 * MINUTE_MS);
      expect((await pair.settle(held, { status })).status).toBe(200);
      expect(heldOf(pair)).toEqual([500n, 500n]);
      const refused = await pair.settle(innocent, { status: "commit" });
      expect(objectOf(refused.body.error_detail).code).toBe("GEN_BAD_REQUEST");
    },
  );

  test("cannot be settled when nothing else is held between the two", async () => {
    await using pair = await openPair();
    const held = holdUnder(pair, await pair.hold(expiring));
    pair.pass(11 * MINUTE_MS);
    const { status, body } = await pair.settle(held, { status: "commit" });
    expect(status).toBe(400);
    expect(String(body.error)).toMatch(/insufficient inflight debit balance: have 0, need 1000/);
  });

  test("is voided after its commit all the same, out of another hold, even one made days later", async () => {
    await using pair = await openPair();
    const queued = await pair.hold(expiring);
    await pair.settle(holdUnder(pair, queued), { status: "commit" });
    pair.pass(11 * MINUTE_MS);
    expect(heldOf(pair)).toEqual([0n, 0n]);
    expect(pair.children(queued).map(({ status }) => status)).toEqual(["INFLIGHT"]);
    pair.pass(24 * 60 * MINUTE_MS);
    await pair.hold({ precise_amount: 1_500 });
    pair.pass(7 * 24 * 60 * MINUTE_MS);
    expect(heldOf(pair)).toEqual([500n, 500n]);
    expect(pair.children(queued).map(({ status }) => status)).toContain("VOID");
  });

  test("stays held when a part was committed", async () => {
    await using pair = await openPair();
    const held = holdUnder(pair, await pair.hold(expiring));
    await pair.settle(held, { status: "commit", precise_amount: 300 });
    pair.pass(11 * MINUTE_MS);
    expect(heldOf(pair)).toEqual([700n, 700n]);
  });

  test("though it was rejected takes another hold's money", async () => {
    await using pair = await openPair();
    await pair.hold({ precise_amount: 9_000 });
    const queued = await pair.hold({ ...expiring, precise_amount: 2_000 });
    expect(pair.children(queued).map(({ status }) => status)).toEqual(["REJECTED"]);
    pair.pass(11 * MINUTE_MS);
    expect(heldOf(pair)).toEqual([7_000n, 7_000n]);
  });
});

test("a synchronous hold expires as a child of its own", async () => {
  await using pair = await openPair();
  const held = await pair.hold({ inflight_expiry_date: inMinutes(10) });
  pair.pass(11 * MINUTE_MS);
  expect(pair.children(held).map(({ status }) => status)).toEqual(["VOID"]);
  expect((await pair.settle(held, { status: "commit" })).status).toBe(409);
});

test.each([true, false])("a split's holds never expire (skip_queue %s)", async (skip_queue) => {
  await using pair = await openPair();
  const destinations = [
    { identifier: pair.b.balance_id, distribution: "40%" },
    { identifier: "@rest", distribution: "left" },
  ];
  await pair.hold({ ...expiring, skip_queue, destination: undefined, destinations });
  pair.ledger.queue.drain();
  pair.pass(60 * MINUTE_MS);
  expect(pair.a.inflight_debit).toBe(1_000n);
});

test.each([true, false])(
  "a hold commits itself at its date under its own row (skip_queue %s)",
  async (skip_queue) => {
    await using pair = await openPair();
    const id = await pair.hold({ skip_queue, inflight_commit_date: inMinutes(10) });
    pair.pass(11 * MINUTE_MS);
    const held = skip_queue ? id : holdUnder(pair, id);
    const [commit] = pair.children(held);
    expect(commit).toMatchObject({ status: "APPLIED", precise_amount: 1_000n });
    expect(commit!.reference).toMatch(new RegExp(`^${held}_commit_act_`));
  },
);
