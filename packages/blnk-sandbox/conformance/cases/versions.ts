import assert from "node:assert/strict";
import { type Body, listOf, objectOf } from "../body.ts";
import type { Case } from "../case.ts";
import { type Scene, assertRefused, newReference } from "../scene.ts";

const AT_ONCE = { skip_queue: true };
const DRY = { dry_run: true, ...AT_ONCE };
const HUGE = 10n ** 38n;

export const VERSION_CASES: Case[] = [
  {
    number: 92,
    title: "a dry run of a payment, a bulk, a refund, a commit or a void moves nothing",
    since: "0.15.3",
    run: async (scene) => {
      const { paid, held, before } = await prepare(scene);
      const replies = [
        await scene.pay({ precise_amount: 100, ...DRY }),
        await bulk(scene, { precise_amount: 100 }),
        await scene.refund(paid, DRY),
        await scene.settle(held, { status: "commit", ...DRY }),
        await scene.settle(held, { status: "void", ...DRY }),
      ];
      for (const { status, body } of replies) {
        assert.deepEqual([status, body.dry_run, body.would_apply], [200, true, true]);
      }
      const [source] = listOf(replies[0]?.body.balances);
      assert.deepEqual([source?.current_balance, source?.resulting_balance], ["7500", "7400"]);
      assert.deepEqual(await state(scene), before);
    },
  },
  {
    number: 93,
    title: "a dry run of what would be refused is a 200, but for what does not exist",
    since: "0.15.3",
    run: async (scene) => {
      const { paid, before } = await prepare(scene);
      const refused: [Promise<{ status: number; body: Body }>, string][] = [
        [scene.pay({ precise_amount: 99_999, ...DRY }), "TXN_INSUFFICIENT_FUNDS"],
        [scene.settle(paid, { status: "commit", ...DRY }), "TXN_NOT_INFLIGHT"],
      ];
      for (const [reply, code] of refused) {
        const { status, body } = await reply;
        assert.deepEqual([status, body.would_apply, body.status], [200, false, undefined]);
        assert.equal(objectOf(body.rejection).code, code);
      }
      assertRefused(await scene.pay({ destination: "bln_none", ...DRY }), 404, "TXN_NOT_FOUND");
      assertRefused(await scene.settle("txn_none", { status: "void", ...DRY }), 404, "TXN_NOT_FOUND");
      assertRefused(await scene.refund("txn_none", DRY), 404, "TXN_NOT_FOUND");
      assert.deepEqual(await state(scene), before);
    },
  },
  {
    number: 94,
    title: "a Core that does not know dry_run moves the money",
    before: "0.15.3",
    run: async (scene) => {
      assert.equal((await scene.pay({ precise_amount: 100, ...DRY })).status, 201);
      await scene.assertBalances(9_900n, 100n);
    },
  },
  {
    number: 95,
    title: "a probe of 10^38 tells which of the two it is and moves nothing",
    run: async (scene) => {
      const reference = newReference();
      const { status, body } = await scene.pay({ precise_amount: HUGE, reference, ...DRY });
      if (scene.isSince("0.15.3")) assert.deepEqual([status, body.would_apply], [200, false]);
      else assertRefused({ status, body }, 400, "TXN_INSUFFICIENT_FUNDS");
      assert.equal(await scene.row(reference), undefined);
      await scene.assertBalances(10_000n, 0n);
    },
  },
  {
    number: 96,
    title: "a refund takes a description and metadata since 0.15.3, and has none of them before",
    run: async (scene) => {
      const isNewer = scene.isSince("0.15.3");
      const id = await scene.paid({ meta_data: { own: 1 } });
      const sent = { description: "Sent twice", meta_data: { why: "twice" } };
      const refund = await scene.refunded(id, sent);
      const [row] = await scene.rows(`transaction_id_eq=${String(refund.transaction_id)}`);
      assert.equal(row?.description, isNewer ? "Sent twice" : "Conformance");
      const { own, why } = objectOf(row?.meta_data);
      assert.deepEqual([own, why], [1, isNewer ? "twice" : undefined]);
    },
  },
  {
    number: 97,
    title: "a commit and a void say inflight before 0.15.3 only",
    run: async (scene) => {
      const id = await scene.hold();
      const part = { status: "commit", precise_amount: 500, ...AT_ONCE };
      for (const body of [part, { status: "void", ...AT_ONCE }]) {
        const reply = await scene.settle(id, body);
        assert.equal(reply.body.inflight, !scene.isSince("0.15.3"));
      }
    },
  },
  {
    number: 98,
    title: "a payment to itself, or of less than nothing, is refused",
    run: async (scene) => {
      const self = await scene.pay({ destination: scene.a, ...AT_ONCE });
      if (scene.isSince("0.15.3")) assertRefused(self, 400, "TXN_VALIDATION_ERROR");
      else assertRefused(self, 409, "GEN_CONFLICT");
      const negative = await scene.pay({ precise_amount: -5, ...AT_ONCE });
      if (scene.isSince("0.15.2")) {
        assertRefused(negative, 400, "TXN_VALIDATION_ERROR");
        assert.ok(!("details" in objectOf(negative.body.error_detail)));
      } else {
        assert.equal(negative.status, 201);
      }
      await scene.assertBalances(10_000n, 0n);
    },
  },
  {
    number: 99,
    title: "sources and destinations at once are refused",
    run: async (scene) => {
      const share = (identifier: string) => [{ identifier, distribution: "100%" }];
      const reply = await scene.pay({
        source: undefined,
        destination: undefined,
        sources: share(scene.a),
        destinations: share(scene.b),
        ...AT_ONCE,
      });
      if (scene.isSince("0.15.4")) assertRefused(reply, 400, "TXN_VALIDATION_ERROR");
      else assertRefused(reply, 404, "TXN_NOT_FOUND");
      await scene.assertBalances(10_000n, 0n);
    },
  },
];

async function prepare(scene: Scene) {
  const paid = await scene.paid();
  const held = await scene.hold({ source: scene.b, destination: scene.a, precise_amount: 1_000 });
  return { paid, held, before: await state(scene) };
}

async function state(scene: Scene) {
  const [a, b, rows] = await Promise.all([
    scene.balance(scene.a),
    scene.balance(scene.b),
    scene.rows(`balance_id_eq=${scene.a}`),
  ]);
  return [a.version, b.version, rows.length];
}

function bulk(scene: Scene, item: Body) {
  const transactions = [scene.transaction(item)];
  return scene.target.post("/proxy/transactions/bulk", { transactions, ...DRY });
}
