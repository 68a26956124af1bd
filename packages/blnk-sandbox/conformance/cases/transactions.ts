import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeJson } from "../../json.ts";
import { integerOf, listOf, objectOf } from "../body.ts";
import type { Case } from "../case.ts";
import { assertRefused, assertText, newReference } from "../scene.ts";

const HUGE = 189_207_535_698_279_000_001n;
const WORLD = { source: "@World", allow_overdraft: true };

export const TRANSACTION_CASES: Case[] = [
  {
    number: 6,
    title: "a queued transaction is acknowledged as sent",
    run: async (scene) => {
      const { status, body } = await scene.pay({ amount: 100.68, ...WORLD });
      assert.equal(status, 201);
      assert.equal(body.status, "QUEUED");
      assert.equal(integerOf(body.precise_amount), 10_068n);
      assert.deepEqual([body.source, body.destination], ["@World", scene.b]);
    },
  },
  {
    number: 7,
    title: "a transaction needs all its parts",
    run: async (scene) => {
      // Cloud puts a reference where there is none, so an empty one stands for the missing.
      const lacking = [
        { reference: "" },
        { currency: undefined },
        { source: undefined },
        { destination: undefined },
        { precise_amount: undefined },
        { description: undefined },
      ];
      for (const given of lacking) {
        const reply = await scene.pay(given);
        assertRefused(reply, 400, "TXN_VALIDATION_ERROR");
        assert.ok("errors" in reply.body, JSON.stringify(given));
      }
    },
  },
  {
    number: 8,
    title: "a fractional precision is refused and leaves nothing",
    run: async (scene) => {
      const reference = newReference();
      const reply = await scene.pay({ precision: 10.5, reference });
      assertRefused(reply, 400, "TXN_VALIDATION_ERROR", "TXN_PRECISION_NOT_INTEGER");
      assert.equal(reply.body.errors, "precision: precision must be an integer value.");
      await scene.assertBalances(10_000n, 0n);
      assert.equal(await scene.row(reference), undefined);
    },
  },
  {
    number: 9,
    title: "amount and precise_amount exclude each other",
    run: async (scene) => assertRefused(await scene.pay({ amount: 1, precise_amount: 100 }), 400),
  },
  {
    number: 10,
    title: "an amount of more digits than a double holds is refused",
    run: async (scene) => {
      const body = writeJson(scene.transaction({ amount: "DIGITS" })).replace(
        '"DIGITS"',
        "0.12345678901234567",
      );
      assertRefused(await scene.target.send("POST", "/proxy/transactions", body), 400);
    },
  },
  {
    number: 11,
    title: "malformed JSON is refused",
    run: async ({ target }) => {
      const reply = await target.send("POST", "/proxy/transactions", '{"amount":');
      assertRefused(reply, 400, "GEN_MALFORMED_REQUEST");
      assert.equal(reply.body.error, "Invalid input");
    },
  },
  {
    number: 12,
    title: "a precise_amount is a bare integer",
    run: async (scene) => {
      for (const literal of ['"100"', "1e3"]) {
        const body = writeJson(scene.transaction({ precise_amount: "LITERAL" })).replace(
          '"LITERAL"',
          literal,
        );
        assertRefused(
          await scene.target.send("POST", "/proxy/transactions", body),
          400,
          "GEN_MALFORMED_REQUEST",
        );
      }
    },
  },
  {
    number: 13,
    title: "an amount beyond double precision keeps every digit",
    run: async (scene) => {
      const huge = { precise_amount: HUGE, allow_overdraft: true, skip_queue: true };
      assert.equal((await scene.pay(huge)).status, 201);
      await scene.assertBalances(10_000n - HUGE, HUGE);
      assert.equal((await scene.pay({ ...huge, source: scene.b, destination: scene.a })).status, 201);
    },
  },
  {
    number: 14,
    title: "a queued transaction ends as a row of its own",
    run: async (scene) => {
      const { body } = await scene.pay({ precise_amount: 2_500 });
      const outcome = await scene.stored(`${String(body.reference)}_q`);
      const queued = await scene.row(body.reference);
      assert.deepEqual([queued?.status, outcome.status], ["QUEUED", "APPLIED"]);
      assert.deepEqual(
        [queued?.transaction_id, outcome.parent_transaction],
        [body.transaction_id, body.transaction_id],
      );
      await scene.assertBalances(7_500n, 2_500n);
    },
  },
  {
    number: 15,
    title: "a synchronous transaction is one applied row",
    run: async (scene) => {
      const before = await Promise.all([scene.balance(scene.a), scene.balance(scene.b)]);
      const { status, body } = await scene.pay({ precise_amount: 2_500, skip_queue: true });
      assert.deepEqual([status, body.status], [201, "APPLIED"]);
      assert.equal(
        (await scene.rows(`reference_in=${String(body.reference)},${String(body.reference)}_q`)).length,
        1,
      );
      const after = await Promise.all([scene.balance(scene.a), scene.balance(scene.b)]);
      assert.deepEqual(
        after.map(({ version }) => version),
        before.map(({ version }) => version + 1),
      );
      await scene.assertBalances(7_500n, 2_500n);
    },
  },
  {
    number: 16,
    title: "a used reference is refused synchronously",
    run: async (scene) => {
      const paid = { precise_amount: 100, skip_queue: true, reference: newReference() };
      assert.equal((await scene.pay(paid)).status, 201);
      assertRefused(await scene.pay(paid), 409, "TXN_DUPLICATE_REFERENCE");
      await scene.assertBalances(9_900n, 100n);
    },
  },
  {
    number: 17,
    title: "a used reference is swallowed by the queue",
    run: async (scene) => {
      const paid = { precise_amount: 100, reference: newReference() };
      await scene.pay(paid);
      await scene.stored(`${paid.reference}_q`);
      const again = await scene.pay(paid);
      assert.deepEqual([again.status, again.body.status], [201, "QUEUED"]);
      await scene.passQueue();
      const phantom = await scene.rows(`transaction_id_eq=${String(again.body.transaction_id)}`);
      assert.equal(phantom.length, 0);
      await scene.assertBalances(9_900n, 100n);
    },
  },
  {
    number: 18,
    title: "money that is not there is refused synchronously",
    run: async (scene) => {
      const poor = {
        source: scene.b,
        destination: scene.a,
        precise_amount: 99_900,
        reference: newReference(),
      };
      assertRefused(await scene.pay({ ...poor, skip_queue: true }), 400, "TXN_INSUFFICIENT_FUNDS");
      assert.equal(await scene.row(poor.reference), undefined);
    },
  },
  {
    number: 19,
    title: "money that is not there is rejected by the queue",
    run: async (scene) => {
      const { status, body } = await scene.pay({
        source: scene.b,
        destination: scene.a,
        precise_amount: 99_900,
      });
      assert.equal(status, 201);
      const outcome = await scene.stored(`${String(body.reference)}_q`);
      assert.equal(outcome.status, "REJECTED");
      assertText(objectOf(outcome.meta_data).blnk_rejection_reason, /insufficient funds/);
      await scene.assertBalances(10_000n, 0n);
    },
  },
  {
    number: 20,
    title: "an overdraft goes to its limit and no further",
    run: async (scene) => {
      const over = { source: scene.b, destination: scene.a, overdraft_limit: 50, skip_queue: true };
      const beyond = await scene.pay({ ...over, precise_amount: 5_001 });
      assertRefused(beyond, 400, "TXN_VALIDATION_ERROR");
      assertText(beyond.body.error ?? beyond.body.errors, /exceeds overdraft limit/);
      assert.equal((await scene.pay({ ...over, precise_amount: 5_000 })).status, 201);
      await scene.assertBalances(15_000n, -5_000n);
    },
  },
  {
    number: 21,
    title: "an unknown balance is not found synchronously",
    run: async (scene) => {
      const reply = await scene.pay({ destination: `bln_${randomUUID()}`, skip_queue: true });
      assertRefused(reply, 404, "TXN_NOT_FOUND");
      assertText(reply.body.error, /Balance with ID/);
    },
  },
  {
    number: 22,
    title: "an unknown balance vanishes in the queue",
    run: async (scene) => {
      const { status, body } = await scene.pay({ destination: `bln_${randomUUID()}` });
      assert.equal(status, 201);
      await scene.passQueue();
      const reference = String(body.reference);
      assert.deepEqual(await scene.rows(`reference_in=${reference},${reference}_q`), []);
      assert.deepEqual(await scene.rows(`transaction_id_eq=${String(body.transaction_id)}`), []);
    },
  },
  {
    number: 23,
    title: "an unknown indicator becomes a balance of the general ledger",
    run: async (scene) => {
      const source = `@New-${randomUUID()}`;
      const paid = await scene.pay({ source, destination: scene.a, allow_overdraft: true, skip_queue: true });
      assert.equal(paid.status, 201);
      const { body } = await scene.target.get(`/data/balances?indicator_eq=${encodeURIComponent(source)}`);
      const [balance] = listOf(body.data);
      assert.deepEqual([balance?.ledger_id, balance?.currency], ["general_ledger_id", "USD"]);
      assert.equal(integerOf(balance?.balance), -10_000n);
    },
  },
  {
    number: 24,
    title: "a foreign currency is added without a question",
    run: async (scene) => {
      const euro = await scene.target.post("/proxy/balances", { ledger_id: scene.ledgerId, currency: "EUR" });
      const destination = String(euro.body.balance_id);
      const paid = await scene.pay({ destination, skip_queue: true });
      assert.equal(paid.status, 201);
      assert.equal((await scene.balance(destination)).balance, 10_000n);
      // Taken back, so that each currency adds up to zero again.
      await scene.refunded(paid.body.transaction_id);
    },
  },
];
