import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type Body, integerOf } from "../body.ts";
import type { Case } from "../case.ts";
import { type Scene, assertRefused, assertText, until } from "../scene.ts";

const AT_ONCE = { skip_queue: true };
const REFUNDED = ["GEN_CONFLICT", "TXN_ALREADY_REFUNDED"];

export const HOLD_AND_REFUND_CASES: Case[] = [
  {
    number: 25,
    title: "a queued hold moves inflight amounts only",
    run: async (scene) => {
      const { body } = await queuedHold(scene);
      assert.deepEqual([body.status, body.inflight], ["QUEUED", true]);
      const hold = await scene.stored(`${String(body.reference)}_q`);
      assert.equal(hold.status, "INFLIGHT");
      await scene.assertBalances(20_000n, 0n, { a: -10_050n, b: 10_050n });
    },
  },
  {
    number: 26,
    title: "a hold is committed by the id of its queued row",
    run: async (scene) => {
      const { body } = await queuedHold(scene);
      const hold = await scene.stored(`${String(body.reference)}_q`);
      const commit = await scene.settle(body.transaction_id, { status: "commit", ...AT_ONCE });
      assert.deepEqual([commit.status, commit.body.status], [200, "APPLIED"]);
      assert.equal(integerOf(commit.body.precise_amount), 10_050n);
      await scene.assertBalances(9_950n, 10_050n);
      const [row] = await scene.rows(`transaction_id_eq=${String(hold.transaction_id)}`);
      assert.equal(row?.status, "INFLIGHT");
    },
  },
  {
    number: 27,
    title: "a hold that is voided leaves nothing",
    run: async (scene) => {
      const { body } = await queuedHold(scene);
      await scene.stored(`${String(body.reference)}_q`);
      const voided = await scene.settle(body.transaction_id, { status: "void", ...AT_ONCE });
      assert.deepEqual([voided.status, voided.body.status], [200, "VOID"]);
      await scene.assertBalances(20_000n, 0n);
    },
  },
  {
    number: 28,
    title: "a queued commit is pending until it is applied",
    since: "0.15.2",
    run: async (scene) => {
      const id = await scene.hold({ precise_amount: 10_000 });
      const first = await scene.settle(id, { status: "commit" });
      assert.deepEqual([first.status, first.body.queued, first.body.status], [200, true, "INFLIGHT"]);
      assertRefused(
        await scene.settle(id, { status: "commit" }),
        409,
        "GEN_CONFLICT",
        "TXN_ALREADY_COMMITTED",
      );
      await until(
        async () => ((await scene.balance(scene.b)).balance === 10_000n ? true : undefined),
        "the commit",
      );
    },
  },
  {
    number: 29,
    title: "a hold is committed in part and the rest voided",
    run: async (scene) => {
      const id = await scene.hold({ precise_amount: 10_000 });
      const part = await scene.settle(id, { status: "commit", precise_amount: 4_000, ...AT_ONCE });
      assert.deepEqual(
        [part.status, part.body.status, Number(part.body.precise_amount)],
        [200, "APPLIED", 4_000],
      );
      const rest = await scene.settle(id, { status: "void", ...AT_ONCE });
      assert.deepEqual(
        [rest.status, rest.body.status, Number(rest.body.precise_amount)],
        [200, "VOID", 6_000],
      );
      await scene.assertBalances(6_000n, 4_000n);
    },
  },
  {
    number: 30,
    title: "no more is committed than remains",
    run: async (scene) => {
      const id = await scene.hold({ precise_amount: 10_000 });
      await scene.settle(id, { status: "commit", precise_amount: 4_001, ...AT_ONCE });
      const over = await scene.settle(id, { status: "commit", precise_amount: 6_000, ...AT_ONCE });
      assertRefused(over, 400, "TXN_COMMIT_AMOUNT_EXCEEDED");
      await scene.assertBalances(5_999n, 4_001n, { a: -5_999n, b: 5_999n });
    },
  },
  {
    number: 31,
    title: "a settled hold stays settled",
    run: async (scene) => {
      const committed = await scene.hold({ precise_amount: 1_000 });
      await scene.settle(committed, { status: "commit", ...AT_ONCE });
      for (const status of ["commit", "void"]) {
        assertRefused(await scene.settle(committed, { status, ...AT_ONCE }), 409, "TXN_ALREADY_COMMITTED");
      }
      const voided = await scene.hold({ precise_amount: 1_000 });
      await scene.settle(voided, { status: "void", ...AT_ONCE });
      assertRefused(await scene.settle(voided, { status: "commit", ...AT_ONCE }), 409, "TXN_ALREADY_VOIDED");
    },
  },
  {
    number: 32,
    title: "an explicit amount to settle is positive",
    since: "0.15.2",
    run: async (scene) => {
      const id = await scene.hold({ precise_amount: 1_000 });
      for (const status of ["commit", "void"]) {
        for (const precise_amount of [0, -100]) {
          const reply = await scene.settle(id, { status, precise_amount, ...AT_ONCE });
          assertRefused(reply, 400, "TXN_INVALID_AMOUNT");
          assertText(reply.body.error, /precise_amount must be positive/);
        }
      }
    },
  },
  {
    number: 33,
    title: "a hold is committed or voided, nothing else",
    run: async (scene) => {
      const id = await scene.hold({ precise_amount: 1_000 });
      assertRefused(await scene.settle(id, { status: "explode" }), 400, "TXN_INVALID_STATUS_ACTION");
    },
  },
  {
    number: 34,
    title: "what is held cannot be spent",
    run: async (scene) => {
      await scene.hold({ precise_amount: 8_000 });
      assertRefused(await scene.pay({ precise_amount: 3_000, ...AT_ONCE }), 400, "TXN_INSUFFICIENT_FUNDS");
    },
  },
  {
    number: 35,
    title: "a refund is queued under the original",
    since: "0.15.2",
    run: async (scene) => {
      const id = await scene.paid();
      const { status, body } = await scene.refund(id);
      assert.deepEqual([status, body.status], [201, "QUEUED"]);
      assert.deepEqual([body.parent_transaction, body.reference], [id, `${id}_refund`]);
      assert.equal((await scene.stored(`${id}_refund_q`)).status, "APPLIED");
      await scene.assertBalances(10_000n, 0n);
    },
  },
  {
    number: 36,
    title: "a synchronous refund restores both balances",
    run: async (scene) => {
      assert.equal((await scene.refunded(await scene.paid())).status, "APPLIED");
      await scene.assertBalances(10_000n, 0n);
    },
  },
  {
    number: 37,
    title: "a refund of malformed JSON is refused",
    run: async (scene) => {
      const path = `/proxy/refund-transaction/${await scene.paid()}`;
      const reply = await scene.target.send("POST", path, '{"skip_queue": not-json');
      assertRefused(reply, 400, "GEN_MALFORMED_REQUEST");
    },
  },
  {
    number: 38,
    title: "a stored refund is not made again",
    since: "0.15.2",
    run: async (scene) => {
      const id = await scene.paid();
      await scene.refund(id);
      await scene.stored(`${id}_refund_q`);
      assertRefused(await scene.refund(id), 409, REFUNDED[+scene.isSince("0.15.4")]!);
      await scene.assertBalances(10_000n, 0n);
    },
  },
  {
    number: 39,
    title: "a second synchronous refund is refused, and moved the money forward again before 0.15.4",
    run: async (scene) => {
      const isFixed = scene.isSince("0.15.4");
      const id = await scene.paid();
      await scene.refunded(id);
      for (let time = 0; time < 3; time += 1) {
        assertRefused(await scene.refund(id, AT_ONCE), 409, REFUNDED[+isFixed]!);
        await scene.assertBalances(isFixed ? 10_000n : 7_500n, isFixed ? 0n : 2_500n);
      }
    },
  },
  {
    number: 40,
    title: "nothing to refund is not found",
    run: async (scene) => {
      assertRefused(await scene.refund(await scene.hold({ precise_amount: 1_000 })), 404, "TXN_NOT_FOUND");
      assertRefused(await scene.refund(`txn_${randomUUID()}`), 404, "TXN_NOT_FOUND");
    },
  },
];

/** 100.50 held from A, which then has 200.00. */
async function queuedHold(scene: Scene): Promise<{ status: number; body: Body }> {
  await scene.pay({ source: "@World", destination: scene.a, allow_overdraft: true, ...AT_ONCE });
  return await scene.pay({ amount: 100.5, inflight: true });
}
