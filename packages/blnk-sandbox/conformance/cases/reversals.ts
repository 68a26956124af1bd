import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { listOf, objectOf } from "../body.ts";
import type { Case } from "../case.ts";
import { type Scene, assertRefused, assertText, newReference, until } from "../scene.ts";

const AT_ONCE = { skip_queue: true };

export const REVERSAL_CASES: Case[] = [
  {
    number: 72,
    title: "a refund by the QUEUED id moves the money to and fro",
    before: "0.15.4",
    run: async (scene) => {
      const { body } = await scene.pay({ precise_amount: 2_500 });
      await scene.stored(`${String(body.reference)}_q`);
      for (const kept of [10_000n, 7_500n, 10_000n]) {
        await scene.refund(body.transaction_id, AT_ONCE);
        await scene.assertBalances(kept, 10_000n - kept);
      }
    },
  },
  {
    number: 73,
    title: "of two queued refunds in a row one has an effect",
    since: "0.15.2",
    run: async (scene) => {
      const id = await scene.paid();
      const first = await scene.refund(id);
      const second = await scene.refund(id);
      assert.equal(first.status, 201);
      // A phantom, unless the first was stored by then.
      assert.ok([201, 409].includes(second.status));
      await scene.stored(`${id}_refund_q`);
      await scene.passQueue();
      await scene.assertBalances(10_000n, 0n);
      assert.deepEqual(await scene.rows(`transaction_id_eq=${String(second.body.transaction_id)}`), []);
    },
  },
  {
    number: 74,
    title: "a refund of a split refunds the legs that were not",
    run: async (scene) => {
      const destinations = [
        { identifier: scene.b, distribution: "40%" },
        { identifier: `@rest-${randomUUID()}`, distribution: "left" },
      ];
      const split = await scene.paid({ destination: undefined, destinations });
      const [leg] = await scene.children(split);
      await scene.refunded(leg?.transaction_id);
      const rest = await scene.refund(split, AT_ONCE);
      if (scene.isSince("0.15.4")) assert.equal(rest.status, 201);
      else assertRefused(rest, 409, "GEN_CONFLICT");
      await scene.assertBalances(10_000n, 0n);
    },
  },
  {
    number: 75,
    title: "each committed part of a hold is refunded once",
    run: async (scene) => {
      const id = await scene.hold({ precise_amount: 5_000 });
      for (const precise_amount of [2_000, 1_000]) {
        const { body } = await scene.settle(id, { status: "commit", precise_amount, ...AT_ONCE });
        await scene.refunded(body.transaction_id);
      }
      const voided = await scene.settle(id, { status: "void", ...AT_ONCE });
      assertRefused(await scene.refund(voided.body.transaction_id, AT_ONCE), 404, "TXN_NOT_FOUND");
      await scene.assertBalances(10_000n, 0n);
    },
  },
  {
    number: 76,
    title: "an atomic split that fails is taken back by the queue",
    run: async (scene) => {
      const poor = await scene.openBalance();
      const sources = [
        { identifier: scene.a, distribution: "50%" },
        { identifier: poor, distribution: "left" },
      ];
      // Queued, a leg that is applied after another was rejected stays: which comes first is chance.
      const reply = await scene.pay({ source: undefined, sources, atomic: true, ...AT_ONCE });
      assertRefused(reply, 400, "TXN_INSUFFICIENT_FUNDS");
      const isBack = async () => (await scene.balance(scene.a)).balance === 10_000n || undefined;
      await until(isBack, "the money back");
      await scene.assertBalances(10_000n, 0n);
    },
  },
  {
    number: 77,
    title: "an atomic bulk of holds that fails is voided before it is refused",
    run: async (scene) => {
      const transactions = [6_000, 6_000].map((precise_amount) => scene.transaction({ precise_amount }));
      const bulk = { transactions, inflight: true, atomic: true, ...AT_ONCE };
      const reply = await scene.target.post("/proxy/transactions/bulk", bulk);
      assertRefused(reply, 400, "TXN_INSUFFICIENT_FUNDS");
      await scene.assertBalances(10_000n, 0n);
    },
  },
  {
    number: 78,
    title: "a queued bulk is atomic by its items' word, not by its own",
    run: async (scene) => {
      for (const [atomic, left] of [
        [false, 4_000n],
        [true, 4_000n],
      ] as const) {
        const transactions = [6_000, 6_000].map((precise_amount) =>
          scene.transaction({ precise_amount, ...(atomic && { atomic }) }),
        );
        await scene.target.post("/proxy/transactions/bulk", { transactions, atomic: true });
        for (const { reference } of transactions) await scene.stored(`${String(reference)}_q`);
        await sleep(SETTLING_MS);
        await scene.assertBalances(left, 10_000n - left);
      }
    },
  },
  {
    number: 79,
    title: "two settles of one hold at once are a 200 and a 423",
    run: async (scene) => {
      const id = await scene.hold();
      const commit = () => scene.settle(id, { status: "commit", precise_amount: 100, ...AT_ONCE });
      const replies = await Promise.all([commit(), commit()]);
      const statuses = replies.map(({ status }) => status).sort((left, right) => left - right);
      // Whoever comes when the first is done commits another part.
      const locked = replies.find(({ status }) => status !== 200);
      assert.equal(statuses[0], 200);
      if (locked !== undefined) assertRefused(locked, 423, "GEN_RESOURCE_LOCKED");
      assert.equal((await scene.balance(scene.b)).balance, locked === undefined ? 200n : 100n);
    },
  },
  {
    number: 80,
    title: "what settles in the queue names the hold and the action",
    since: "0.15.2",
    run: async (scene) => {
      const id = await scene.hold();
      await scene.settle(id, { status: "commit", precise_amount: 500 });
      const commit = await childOf(scene, id, 1);
      assertText(commit?.reference, new RegExp(`^${id}_commit_act_[-0-9a-f]{36}$`));
      await scene.settle(id, { status: "void" });
      const voided = await childOf(scene, id, 2, "VOID");
      assertText(voided?.reference, new RegExp(`^${id}_void_act_[-0-9a-f]{36}$`));
      assertRefused(
        await scene.settle(commit?.transaction_id, { status: "commit" }),
        400,
        "TXN_NOT_INFLIGHT",
      );
    },
  },
  {
    number: 81,
    title: "a rejected hold is committed by its QUEUED id among many, out of another hold",
    run: async (scene) => {
      await scene.hold({ precise_amount: 8_000 });
      const { body } = await scene.pay({ precise_amount: 5_000, inflight: true });
      const outcome = await scene.stored(`${String(body.reference)}_q`);
      assert.equal(outcome.status, "REJECTED");
      const alone = await scene.settle(body.transaction_id, { status: "commit", ...AT_ONCE });
      assertRefused(alone, 400, "TXN_NOT_INFLIGHT");
      const path = "/proxy/transactions/inflight/bulk/commit";
      const many = { transactions: [{ transaction_id: body.transaction_id }], ...AT_ONCE };
      const reply = await scene.target.post(path, many);
      if (reply.status === 404) return "this Cloud does not pass bulk commits on";
      assert.equal(reply.status, 200);
      assert.equal(objectOf(listOf(reply.body.results)[0]).status, "succeeded");
      const statuses = (await scene.children(body.transaction_id)).map(({ status }) => String(status));
      assert.deepEqual(statuses.toSorted(), ["APPLIED", "REJECTED"]);
      return await scene.assertBalances(5_000n, 5_000n, { a: -3_000n, b: 3_000n });
    },
  },
  {
    number: 82,
    title: "a refund of what is held behind leaves more held than there is",
    run: async (scene) => {
      const source = `@payer-${randomUUID()}`;
      const funded = await scene.paid({ source, destination: scene.b, allow_overdraft: true });
      await scene.hold({ source: scene.b, destination: scene.a });
      await scene.refunded(funded);
      await scene.assertBalances(10_000n, 0n, { a: 2_500n, b: -2_500n });
    },
  },
  {
    number: 83,
    title: "an overdraft limit takes a balance below zero and leaves no word of it",
    run: async (scene) => {
      const id = await scene.paid({ precise_amount: 12_000, overdraft_limit: 50 });
      await scene.assertBalances(-2_000n, 12_000n);
      const [row] = await scene.rows(`transaction_id_eq=${id}`);
      assert.deepEqual(objectOf(row?.meta_data ?? {}), {});
    },
  },
  {
    number: 84,
    title: "an indicator and its own id are one balance only to the posting",
    run: async (scene) => {
      const indicator = `@self-${randomUUID()}`;
      const { destination: id } =
        (await scene.row((await scene.pay({ destination: indicator, ...AT_ONCE })).body.reference)) ?? {};
      const self = { source: indicator, destination: id, allow_overdraft: true, reference: newReference() };
      assertRefused(await scene.pay({ ...self, ...AT_ONCE }), 409, "GEN_CONFLICT");
      assert.equal(await scene.row(self.reference), undefined);
    },
  },
];

// The queue refunds what was rejected a little after the rejection.
const SETTLING_MS = 1_500;

async function childOf(scene: Scene, id: string, count: number, status = "APPLIED") {
  const rows = await until(async () => {
    const found = await scene.children(id);
    return found.length === count ? found : undefined;
  }, `${count} children`);
  return rows.find((row) => row.status === status);
}
