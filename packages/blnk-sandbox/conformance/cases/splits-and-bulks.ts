import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { objectOf } from "../body.ts";
import type { Case } from "../case.ts";
import { assertRefused, assertText, newReference, until } from "../scene.ts";

const WORLD = { source: "@World", allow_overdraft: true };

export const SPLIT_AND_BULK_CASES: Case[] = [
  {
    number: 41,
    title: "a split posts a leg for each share",
    run: async (scene) => {
      const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()].map((id) => `@leg-${id}`);
      const { status, body } = await scene.pay({
        ...WORLD,
        precise_amount: 3_000_000,
        skip_queue: true,
        destination: undefined,
        destinations: [
          { identifier: one, distribution: "20%" },
          { identifier: two, precise_distribution: "1000000" },
          { identifier: three, distribution: "left" },
        ],
      });
      assert.equal(status, 201);
      const legs = await scene.rows(`parent_transaction_eq=${String(body.transaction_id)}`);
      const amounts = legs.map((leg) => Number(leg.precise_amount)).sort((left, right) => left - right);
      assert.deepEqual(amounts, [600_000, 1_000_000, 1_400_000]);
      const references = legs
        .map((leg) => String(leg.reference))
        .toSorted((left, right) => left.localeCompare(right));
      assert.deepEqual(
        references,
        [1, 2, 3].map((number) => `${String(body.reference)}-${number}`),
      );
      assert.deepEqual(await scene.rows(`transaction_id_eq=${String(body.transaction_id)}`), []);
    },
  },
  {
    number: 42,
    title: "shares of more than everything are refused, queued too",
    run: async (scene) => {
      const destinations = [
        { identifier: scene.b, distribution: "60%" },
        { identifier: "@rest", distribution: "60%" },
      ];
      for (const skip_queue of [true, false]) {
        const reply = await scene.pay({ destination: undefined, destinations, skip_queue });
        assertRefused(reply, 400, "TXN_VALIDATION_ERROR");
      }
    },
  },
  {
    number: 43,
    title: "the largest share takes what nobody was given",
    run: async (scene) => {
      const { status } = await scene.pay({
        precise_amount: 10_000,
        destination: undefined,
        destinations: [
          { identifier: scene.b, distribution: "20%" },
          { identifier: `@rest-${randomUUID()}`, distribution: "30%" },
        ],
        skip_queue: true,
      });
      assert.equal(status, 201);
      await scene.assertBalances(0n, 2_000n);
    },
  },
  {
    number: 44,
    title: "a share of nothing cannot post",
    since: "0.15.2",
    run: async (scene) => {
      const reply = await scene.pay({
        precise_amount: 1,
        destination: undefined,
        destinations: [
          { identifier: scene.b, distribution: "50%" },
          { identifier: `@half-${randomUUID()}`, distribution: "50%" },
        ],
        skip_queue: true,
      });
      assertRefused(reply, 400);
      assertText(reply.body.error ?? reply.body.errors, /precise amount must be positive/);
    },
  },
  {
    number: 45,
    title: "a bulk is refused when empty, too long or with a bad item",
    since: "0.15.2",
    run: async (scene) => {
      const bulk = (transactions: unknown[]) =>
        scene.target.post("/proxy/transactions/bulk", { transactions });
      assertRefused(await bulk([]), 400, "TXN_BULK_EMPTY");
      assertRefused(await bulk(Array.from({ length: 10_001 }, () => ({}))), 400, "TXN_BULK_LIMIT_EXCEEDED");
      const bad = await bulk([scene.transaction({ currency: "" })]);
      assertRefused(bad, 400);
      assertText(bad.body.errors, /^transactions\[0\]: /);
      const detail = bad.body.error_detail;
      if (detail !== undefined) assert.deepEqual(objectOf(detail).details, { index: 0 });
    },
  },
  {
    number: 46,
    title: "an atomic bulk takes back what it had posted",
    run: async (scene) => {
      const used = newReference();
      await scene.pay({ precise_amount: 100, skip_queue: true, reference: used });
      const first = scene.transaction({ precise_amount: 200 });
      const reply = await scene.target.post("/proxy/transactions/bulk", {
        transactions: [first, scene.transaction({ precise_amount: 300, reference: used })],
        atomic: true,
        skip_queue: true,
      });
      assertRefused(reply, 409, "TXN_DUPLICATE_REFERENCE");
      assertText(reply.body.batch_id, /^bulk_/);
      const row = await scene.row(first.reference);
      assert.equal(row?.status, "APPLIED");
      // The refusal comes first: the queue takes the money back a little later.
      const isBack = async () => (await scene.balance(scene.a)).balance === 9_900n || undefined;
      await until(isBack, "the money back");
      await scene.assertBalances(9_900n, 100n);
    },
  },
  {
    number: 47,
    title: "a queued bulk is answered as applied before it is",
    run: async (scene) => {
      const transactions = [
        scene.transaction({ precise_amount: 100 }),
        scene.transaction({ precise_amount: 200 }),
      ];
      const { status, body } = await scene.target.post("/proxy/transactions/bulk", { transactions });
      assert.ok([200, 201].includes(status));
      assert.deepEqual([body.status, body.transaction_count], ["applied", 2]);
      for (const { reference } of transactions) await scene.stored(`${String(reference)}_q`);
      await scene.assertBalances(9_700n, 300n);
    },
  },
  {
    number: 48,
    title: "an asynchronous bulk is answered as processing",
    run: async (scene) => {
      const sent = { transactions: [scene.transaction({ precise_amount: 100 })], run_async: true };
      const { status, body } = await scene.target.post("/proxy/transactions/bulk", sent);
      assert.deepEqual([status, body.status], [202, "processing"]);
      await until(
        async () => ((await scene.balance(scene.b)).balance === 100n ? true : undefined),
        "the bulk",
      );
    },
  },
];
