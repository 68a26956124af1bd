import { describe, expect, test } from "vitest";
import { type Body, objectOf } from "#scripts/conformance/body.ts";
import { openSandbox, payment } from "./sandbox-client.ts";

const MINUTE_MS = 60_000;

type World = Awaited<ReturnType<typeof openWorld>>;

/** A has 100.00 USD; B is empty. Nothing in the queue happens before it is drained. */
async function openWorld() {
  const world = await openSandbox();
  const open = async () => {
    const reply = await world.target.post("/proxy/balances", {
      ledger_id: "general_ledger_id",
      currency: "USD",
    });
    return world.ledger.balances.get(String(reply.body.balance_id))!;
  };
  const [a, b] = [await open(), await open()];
  world.ledger.queue.pause();
  const post = (given: Body) =>
    world.target.post("/proxy/transactions", payment({ allow_overdraft: false, ...given }));
  await post({ source: "@World", destination: a.balance_id, precise_amount: 10_000, allow_overdraft: true });
  return {
    ...world,
    a,
    b,
    hold: async (given: Body = {}) => {
      const sides = { source: a.balance_id, destination: b.balance_id };
      const { body } = await post({ ...sides, precise_amount: 1_000, inflight: true, ...given });
      if (given.skip_queue === false) world.ledger.queue.drain();
      return String(body.transaction_id);
    },
    settle: (id: string, body: Body) =>
      world.target.put(`/proxy/transactions/inflight/${id}`, { skip_queue: true, ...body }),
    rows: (parent: string) => world.ledger.transactions.find("parent_transaction", parent),
    pass: (ms: number) => {
      world.ledger.clock.advance(ms);
      world.ledger.queue.drain();
    },
  };
}

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * MINUTE_MS).toISOString();
const expiring = { skip_queue: false, inflight_expiry_date: inMinutes(10) };
const heldOf = ({ a, b }: World) => [a.inflight_debit, b.inflight_credit];
const holdUnder = (world: World, queued: string) =>
  world.rows(queued).find(({ status }) => status === "INFLIGHT")!.transaction_id;

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
    await using world = await openWorld();
    const queued = await world.hold(expiring);
    const held = holdUnder(world, queued);
    world.pass(9 * MINUTE_MS);
    expect(heldOf(world)).toEqual([1_000n, 1_000n]);
    world.pass(2 * MINUTE_MS);
    expect(heldOf(world)).toEqual([0n, 0n]);
    const voided = world.rows(queued).find(({ status }) => status === "VOID");
    expect(voided).toMatchObject({ precise_amount: 1_000n, source: world.a.balance_id });
    expect(world.rows(held)).toEqual([]);
  });

  test.each(["commit", "void"])(
    "takes another hold's money when it is settled by a %s of its row",
    async (status) => {
      await using world = await openWorld();
      const held = holdUnder(world, await world.hold(expiring));
      const innocent = await world.hold({ precise_amount: 1_500 });
      world.pass(11 * MINUTE_MS);
      expect((await world.settle(held, { status })).status).toBe(200);
      expect(heldOf(world)).toEqual([500n, 500n]);
      const refused = await world.settle(innocent, { status: "commit" });
      expect(objectOf(refused.body.error_detail).code).toBe("GEN_BAD_REQUEST");
    },
  );

  test("cannot be settled when nothing else is held between the two", async () => {
    await using world = await openWorld();
    const held = holdUnder(world, await world.hold(expiring));
    world.pass(11 * MINUTE_MS);
    const { status, body } = await world.settle(held, { status: "commit" });
    expect(status).toBe(400);
    expect(String(body.error)).toMatch(/insufficient inflight debit balance: have 0, need 1000/);
  });

  test("is voided after its commit all the same, out of another hold, even one made days later", async () => {
    await using world = await openWorld();
    const queued = await world.hold(expiring);
    await world.settle(holdUnder(world, queued), { status: "commit" });
    world.pass(11 * MINUTE_MS);
    expect(heldOf(world)).toEqual([0n, 0n]);
    expect(world.rows(queued).map(({ status }) => status)).toEqual(["INFLIGHT"]);
    world.pass(24 * 60 * MINUTE_MS);
    await world.hold({ precise_amount: 1_500 });
    world.pass(7 * 24 * 60 * MINUTE_MS);
    expect(heldOf(world)).toEqual([500n, 500n]);
    expect(world.rows(queued).map(({ status }) => status)).toContain("VOID");
  });

  test("stays held when a part was committed", async () => {
    await using world = await openWorld();
    const held = holdUnder(world, await world.hold(expiring));
    await world.settle(held, { status: "commit", precise_amount: 300 });
    world.pass(11 * MINUTE_MS);
    expect(heldOf(world)).toEqual([700n, 700n]);
  });

  test("though it was rejected takes another hold's money", async () => {
    await using world = await openWorld();
    await world.hold({ precise_amount: 9_000 });
    const queued = await world.hold({ ...expiring, precise_amount: 2_000 });
    expect(world.rows(queued).map(({ status }) => status)).toEqual(["REJECTED"]);
    world.pass(11 * MINUTE_MS);
    expect(heldOf(world)).toEqual([7_000n, 7_000n]);
  });
});

test("a synchronous hold expires as a child of its own", async () => {
  await using world = await openWorld();
  const held = await world.hold({ inflight_expiry_date: inMinutes(10) });
  world.pass(11 * MINUTE_MS);
  expect(world.rows(held).map(({ status }) => status)).toEqual(["VOID"]);
  expect((await world.settle(held, { status: "commit" })).status).toBe(409);
});

test.each([true, false])("a split's holds never expire (skip_queue %s)", async (skip_queue) => {
  await using world = await openWorld();
  const destinations = [
    { identifier: world.b.balance_id, distribution: "40%" },
    { identifier: "@rest", distribution: "left" },
  ];
  await world.hold({ ...expiring, skip_queue, destination: undefined, destinations });
  world.ledger.queue.drain();
  world.pass(60 * MINUTE_MS);
  expect(world.a.inflight_debit).toBe(1_000n);
});

test.each([true, false])(
  "a hold commits itself at its date under its own row (skip_queue %s)",
  async (skip_queue) => {
    await using world = await openWorld();
    const id = await world.hold({ skip_queue, inflight_commit_date: inMinutes(10) });
    world.pass(11 * MINUTE_MS);
    const held = skip_queue ? id : holdUnder(world, id);
    const [commit] = world.rows(held);
    expect(commit).toMatchObject({ status: "APPLIED", precise_amount: 1_000n });
    expect(commit!.reference).toMatch(new RegExp(`^${held}_commit_act_`));
  },
);
