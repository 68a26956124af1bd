import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type Body, integerOf, listOf, objectOf } from "../body.ts";
import type { Case } from "../case.ts";
import { type Scene, newReference, until } from "../scene.ts";

const AT_ONCE = { skip_queue: true };

export const LINEAGE_AND_METADATA_CASES: Case[] = [
  {
    number: 85,
    title: "a payment from a provider has a shadow row between lineage balances",
    run: async (scene) => {
      const { body } = await fund(scene, await openTracked(scene));
      const shadow = await scene.stored(`${String(body.reference)}_shadow_stripe`);
      assert.deepEqual([shadow.status, shadow.parent_transaction || ""], ["APPLIED", ""]);
      const { _shadow_for: original } = objectOf(shadow.meta_data);
      assert.equal(original, body.transaction_id);
      const sides = await Promise.all([
        scene.balance(String(shadow.source)),
        scene.balance(String(shadow.destination)),
      ]);
      for (const { record } of sides) {
        assert.match(String(record.indicator), /^@.+_lineage$/);
        assert.equal(record.ledger_id, "general_ledger_id");
      }
    },
  },
  {
    number: 86,
    title: "what is spent releases the provider's money and says whose it was",
    run: async (scene) => {
      const tracked = await openTracked(scene);
      await funded(scene, tracked);
      const reference = newReference();
      const id = await scene.paid({ source: tracked, precise_amount: 1_500, reference });
      const release = await scene.stored(releaseOf(scene, reference));
      assert.equal(integerOf(release.precise_amount), 1_500n);
      const shares = await until(async () => {
        const [row] = await scene.rows(`transaction_id_eq=${id}`);
        return objectOf(row?.meta_data).BLNK_FUND_ALLOCATION;
      }, "the allocation");
      assert.deepEqual(
        listOf(shares).map(({ provider, amount }) => [provider, integerOf(amount)]),
        [["stripe", 1_500n]],
      );
      const lineage = await scene.target.get(`/proxy/balances/${tracked}/lineage`);
      assert.equal(integerOf(lineage.body.total_with_lineage), 8_500n);
    },
  },
  {
    number: 87,
    title: "a part of a hold commits all of its shadow, and a queued hold has none",
    run: async (scene) => {
      const tracked = await openTracked(scene);
      await funded(scene, tracked);
      const queued = await scene.pay({ source: tracked, precise_amount: 500, inflight: true });
      await scene.stored(`${String(queued.body.reference)}_q`);
      const reference = newReference();
      const id = await scene.hold({ source: tracked, precise_amount: 1_000, reference });
      const shadow = await scene.stored(releaseOf(scene, reference));
      assert.equal(shadow.status, "INFLIGHT");
      await scene.settle(id, { status: "commit", precise_amount: 400, ...AT_ONCE });
      await scene.settle(id, { status: "void", ...AT_ONCE });
      const settled = await scene.children(shadow.transaction_id);
      assert.deepEqual(
        settled.map(({ status, precise_amount }) => [status, integerOf(precise_amount)]),
        [["APPLIED", 1_000n]],
      );
      assert.equal(await scene.row(releaseOf(scene, `${String(queued.body.reference)}_q`)), undefined);
    },
  },
  {
    number: 88,
    title: "queued rows carry Core's own metadata",
    run: async (scene) => {
      const items = [scene.transaction({ precise_amount: 100, atomic: true, allow_overdraft: true })];
      const bulk = await scene.target.post("/proxy/transactions/bulk", {
        transactions: items,
        inflight: true,
      });
      const outcome = await scene.stored(`${String(items[0]?.reference)}_q`);
      const queued = await scene.row(items[0]?.reference);
      for (const row of [queued, outcome]) {
        assert.deepEqual(objectOf(row?.meta_data), {
          sequence: 1,
          inflight: true,
          atomic: true,
          allow_overdraft: true,
          queue_lane: "normal",
          queue_pair_key: `${scene.a}|${scene.b}|USD`,
          QUEUED_PARENT_TRANSACTION: bulk.body.batch_id,
        });
      }
    },
  },
  {
    number: 89,
    title: "a refund has its row's metadata",
    run: async (scene) => {
      const id = await scene.paid({ meta_data: { app: { note: "first" } } });
      const refund = await scene.refunded(id);
      const [row] = await scene.rows(`transaction_id_eq=${String(refund.transaction_id)}`);
      assert.deepEqual(objectOf(row?.meta_data), { app: { note: "first" }, allow_overdraft: true });
    },
  },
  {
    number: 90,
    title: "metadata of a row is written to its direct children too",
    run: async (scene) => {
      const id = await scene.hold();
      const { body } = await scene.settle(id, { status: "commit", ...AT_ONCE });
      const refund = await scene.refunded(body.transaction_id);
      await scene.target.post(`/proxy/${id}/metadata`, { meta_data: { app: "mine" } });
      const appOf = async (sought: unknown) => {
        const [row] = await scene.rows(`transaction_id_eq=${String(sought)}`);
        return objectOf(row?.meta_data).app;
      };
      assert.equal(await appOf(id), "mine");
      assert.equal(await appOf(body.transaction_id), "mine");
      assert.equal(await appOf(refund.transaction_id), undefined);
    },
  },
  {
    number: 91,
    title: "a new balance says version 0 and is stored at 1",
    run: async (scene) => {
      const sent = { ledger_id: scene.ledgerId, currency: "USD" };
      const { body } = await scene.target.post("/proxy/balances", sent);
      assert.equal(body.version, 0);
      assert.equal((await scene.balance(String(body.balance_id))).version, 1);
    },
  },
];

/** A balance that tracks the funds of an identity of its own. */
async function openTracked(scene: Scene): Promise<string> {
  const identity = await scene.target.post("/proxy/identities", {
    identity_type: "organization",
    organization_name: `Lineage ${randomUUID()}`,
  });
  const identity_id = identity.body.identity_id;
  return await scene.openBalance({ identity_id, track_fund_lineage: true });
}

function fund(scene: Scene, destination: string): Promise<{ body: Body }> {
  const meta_data = { BLNK_LINEAGE_PROVIDER: "stripe" };
  return scene.pay({ source: "@World", destination, allow_overdraft: true, meta_data, ...AT_ONCE });
}

async function funded(scene: Scene, destination: string): Promise<void> {
  const { body } = await fund(scene, destination);
  await scene.stored(`${String(body.reference)}_shadow_stripe`);
}

function releaseOf(scene: Scene, reference: string): string {
  return `${reference}_release_stripe${scene.isSince("0.15.2") ? "" : "_0"}`;
}
