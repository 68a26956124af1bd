import assert from "node:assert/strict";
import { integerOf } from "../body.ts";
import type { Case } from "../case.ts";
import { type Scene, assertRefused, until } from "../scene.ts";

// Every hold of a case is made before its moment comes; Core is up to 5 s late for it.
const AHEAD_MS = 2_500;
const AT_ONCE = { skip_queue: true };

export const EXPIRY_CASES: Case[] = [
  {
    number: 65,
    title: "a queued hold expires by a VOID under its QUEUED row",
    run: async (scene) => {
      const { queuedId, holdId } = await queuedHold(scene, expiring());
      const voided = await until(async () => (await childrenOf(scene, queuedId, "VOID"))[0], "the expiry");
      assert.equal(integerOf(voided.precise_amount), 1_000n);
      assert.deepEqual(await scene.children(holdId), []);
      await scene.assertBalances(10_000n, 0n);
    },
  },
  {
    number: 66,
    title: "an expired queued hold is settled all the same, out of another hold",
    run: async (scene) => {
      const { queuedId, holdId } = await queuedHold(scene, expiring());
      await until(async () => (await childrenOf(scene, queuedId, "VOID"))[0], "the expiry");
      if (scene.isSince("0.15.2")) {
        const alone = await scene.settle(holdId, { status: "commit", ...AT_ONCE });
        assertRefused(alone, 400, "GEN_BAD_REQUEST");
      }
      await scene.hold({ precise_amount: 1_500 });
      const { status, body } = await scene.settle(holdId, { status: "commit", ...AT_ONCE });
      assert.deepEqual([status, body.status], [200, "APPLIED"]);
      await scene.assertBalances(9_000n, 1_000n, { a: -500n, b: 500n });
    },
  },
  {
    number: 67,
    title: "a queued hold that was committed expires out of another hold",
    run: async (scene) => {
      const { queuedId, holdId } = await queuedHold(scene, expiring());
      assert.equal((await scene.settle(holdId, { status: "commit", ...AT_ONCE })).status, 200);
      await scene.hold({ precise_amount: 1_500 });
      await until(async () => (await childrenOf(scene, queuedId, "VOID"))[0], "the expiry");
      await scene.assertBalances(9_000n, 1_000n, { a: -500n, b: 500n });
    },
  },
  {
    number: 68,
    title: "alone it does not, nor does one that was committed in part, nor a split",
    run: async (scene) => {
      const destinations = [
        { identifier: scene.b, distribution: "40%" },
        { identifier: `@rest-${scene.ledgerId}`, distribution: "left" },
      ];
      const sent = expiring();
      const split = { ...sent, destination: undefined, destinations, precise_amount: 100 };
      const other = await scene.openBalance();
      const whole = await queuedHold(scene, { ...sent, destination: other });
      await scene.settle(whole.holdId, { status: "commit", ...AT_ONCE });
      const part = await queuedHold(scene, sent);
      await scene.settle(part.holdId, { status: "commit", precise_amount: 300, ...AT_ONCE });
      await scene.hold(split);
      await scene.pay({ ...split, inflight: true });
      const witness = await scene.hold({ ...sent, destination: "@witness", precise_amount: 1 });
      await until(async () => (await childrenOf(scene, witness, "VOID"))[0], "the expiry of another hold");
      await scene.passQueue();
      for (const { queuedId } of [whole, part])
        assert.equal((await childrenOf(scene, queuedId, "VOID")).length, scene.isSince("0.15.2") ? 0 : 1);
      assert.equal((await scene.balance(scene.a)).inflight, -900n);
    },
  },
  {
    number: 69,
    title: "a synchronous hold expires under itself",
    run: async (scene) => {
      const id = await scene.hold(expiring());
      await until(async () => (await childrenOf(scene, id, "VOID"))[0], "the expiry");
      assertRefused(await scene.settle(id, { status: "commit", ...AT_ONCE }), 409, "TXN_ALREADY_VOIDED");
      await scene.assertBalances(10_000n, 0n);
    },
  },
  {
    number: 70,
    title: "a hold commits itself at its date under its own row, or before 0.15 under the QUEUED one",
    run: async (scene) => {
      const committing = { inflight_commit_date: soon(), precise_amount: 1_000 };
      const atOnce = await scene.hold(committing);
      const { queuedId, holdId } = await queuedHold(scene, committing);
      const isNewer = scene.isSince("0.15.2");
      for (const id of [atOnce, isNewer ? holdId : queuedId]) {
        const commit = await until(async () => (await childrenOf(scene, id, "APPLIED"))[0], "the commit");
        assert.match(String(commit.reference), isNewer ? new RegExp(`^${id}_commit_act_`) : /^ref_/);
      }
      await scene.assertBalances(8_000n, 2_000n);
    },
  },
  {
    number: 71,
    title: "what settles a hold by its QUEUED id is a child of the hold",
    run: async (scene) => {
      const { queuedId, holdId } = await queuedHold(scene);
      const part = { status: "commit", precise_amount: 400, ...AT_ONCE };
      const commit = await scene.settle(queuedId, part);
      const voided = await scene.settle(queuedId, { status: "void", ...AT_ONCE });
      assert.deepEqual([commit.body.parent_transaction, voided.body.parent_transaction], [holdId, holdId]);
      for (const { body } of [commit, voided]) assert.match(String(body.reference), /^ref_/);
      await scene.assertBalances(9_600n, 400n);
    },
  },
  {
    number: 100,
    title: "a commit of what is not held any more is a row without money",
    before: "0.15.2",
    run: async (scene) => {
      const { queuedId, holdId } = await queuedHold(scene, expiring());
      await until(async () => (await childrenOf(scene, queuedId, "VOID"))[0], "the expiry");
      const { status, body } = await scene.settle(holdId, { status: "commit" });
      assert.deepEqual([status, body.status], [200, "APPLIED"]);
      assert.equal((await childrenOf(scene, holdId, "APPLIED")).length, 1);
      await scene.assertBalances(10_000n, 0n);
    },
  },
];

function soon(): string {
  return new Date(Date.now() + AHEAD_MS).toISOString();
}

function expiring() {
  return { inflight_expiry_date: soon(), precise_amount: 1_000 };
}

async function queuedHold(scene: Scene, given: object = {}): Promise<{ queuedId: string; holdId: string }> {
  const { body } = await scene.pay({ precise_amount: 1_000, inflight: true, ...given });
  const row = await scene.stored(`${String(body.reference)}_q`);
  return { queuedId: String(body.transaction_id), holdId: String(row.transaction_id) };
}

async function childrenOf(scene: Scene, id: string, status: string) {
  return (await scene.children(id)).filter((row) => row.status === status);
}
