import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { integerOf, listOf, objectOf } from "../body.ts";
import type { Case } from "../case.ts";
import { assertRefused, assertText, newReference } from "../scene.ts";

export const RECORD_CASES: Case[] = [
  {
    number: 1,
    title: "a ledger needs a name",
    run: async ({ target }) => {
      const reply = await target.post("/proxy/ledgers", {});
      assertRefused(reply, 400, "GEN_VALIDATION_ERROR");
      assertText(reply.body.errors, /name: cannot be blank/);
    },
  },
  {
    number: 2,
    title: "two ledgers may have one name",
    run: async ({ target }) => {
      const name = `Twins ${randomUUID()}`;
      const first = await target.post("/proxy/ledgers", { name });
      const second = await target.post("/proxy/ledgers", { name });
      assert.deepEqual([first.status, second.status], [201, 201]);
      assert.notEqual(first.body.ledger_id, second.body.ledger_id);
    },
  },
  {
    number: 3,
    title: "a balance needs a ledger and a currency",
    run: async ({ target, ledgerId }) => {
      for (const body of [{ currency: "USD" }, { ledger_id: ledgerId }]) {
        const reply = await target.post("/proxy/balances", body);
        assertRefused(reply, 400, "GEN_VALIDATION_ERROR");
        assert.ok("errors" in reply.body);
      }
    },
  },
  {
    number: 4,
    title: "a balance of an unknown ledger is refused",
    run: async ({ target }) => {
      const reply = await target.post("/proxy/balances", {
        ledger_id: `ldg_${randomUUID()}`,
        currency: "USD",
      });
      assertRefused(reply, 400, "GEN_BAD_REQUEST");
      assertText(reply.body.error, /Invalid ledger ID/);
    },
  },
  {
    number: 5,
    title: "an indicator lives in the general ledger, once per currency",
    since: "0.15.3",
    run: async ({ target, ledgerId }) => {
      const indicator = `@cash-${randomUUID()}`;
      const open = (ledger_id: string) =>
        target.post("/proxy/balances", { ledger_id, currency: "USD", indicator });
      assertRefused(await open(ledgerId), 400, "GEN_VALIDATION_ERROR");
      assert.equal((await open("general_ledger_id")).status, 201);
      assertRefused(await open("general_ledger_id"), 409, "GEN_CONFLICT");
    },
  },
  {
    number: 49,
    title: "a balance at a time refuses no time and no balance",
    run: async ({ target, a }) => {
      const bad = await target.get(`/proxy/balances/${a}/at?timestamp=not-a-time`);
      assertRefused(bad, 400, "BAL_INVALID_TIMESTAMP");
      const unknown = await target.get(
        `/proxy/balances/bln_${randomUUID()}/at?timestamp=2026-01-01T00:00:00Z`,
      );
      assertRefused(unknown, 404, "BAL_NOT_FOUND");
    },
  },
  {
    number: 50,
    title: "a balance at a time counts a row from its effective date",
    run: async (scene) => {
      const effective_date = "2025-03-01T00:00:00Z";
      const funding = { source: "@World", destination: scene.b, allow_overdraft: true, skip_queue: true };
      assert.equal((await scene.pay({ ...funding, effective_date })).status, 201);
      const at = async (timestamp: string) => {
        const { body } = await scene.target.get(
          `/proxy/balances/${scene.b}/at?timestamp=${timestamp}&from_source=true`,
        );
        return integerOf(objectOf(body.balance).balance);
      };
      assert.equal(await at("2025-02-28T00:00:00Z"), 0n);
      assert.equal(await at("2025-03-02T00:00:00Z"), 10_000n);
    },
  },
  {
    number: 51,
    title: "metadata of nothing is refused",
    run: async ({ target }) => {
      const sent = { meta_data: { a: 1 } };
      const unknown = await target.post(`/proxy/txn_${randomUUID()}/metadata`, sent);
      assertRefused(unknown, 404, "META_ENTITY_NOT_FOUND");
      assertRefused(await target.post("/proxy/foo_1/metadata", sent), 400, "META_INVALID_ENTITY_ID");
      assertRefused(
        await target.post(`/proxy/txn_${randomUUID()}/metadata`, {}),
        400,
        "GEN_MALFORMED_REQUEST",
      );
    },
  },
  {
    number: 52,
    title: "metadata merges at the top level only",
    run: async (scene) => {
      const write = (id: unknown, meta_data: object) =>
        scene.target.post(`/proxy/${String(id)}/metadata`, { meta_data });
      await write(scene.a, { myApp: { a: 1 }, k: 1 });
      const merged = await write(scene.a, { myApp: { b: 2 } });
      assert.ok([200, 201].includes(merged.status));
      assert.deepEqual(merged.body.meta_data, { myApp: { b: 2 }, k: 1 });
      const paid = await scene.pay({ skip_queue: true, meta_data: { k: 1 } });
      const echoed = await write(paid.body.transaction_id, { myApp: { b: 2 } });
      assert.deepEqual(echoed.body.meta_data, { myApp: { b: 2 } });
    },
  },
  {
    number: 53,
    title: "a balance is linked to a known identity only",
    run: async ({ target, a }) => {
      const unknown = await target.put(`/proxy/balances/${a}/identity`, {
        identity_id: `idt_${randomUUID()}`,
      });
      assertRefused(unknown, 404, "BAL_NOT_FOUND");
      assertRefused(await target.put(`/proxy/balances/${a}/identity`, {}), 400);
    },
  },
  {
    number: 54,
    title: "an identity needs a whole date of birth and an id of its own",
    run: async ({ target }) => {
      assertRefused(await target.post("/proxy/identities", { dob: "1990-01-01" }), 400);
      const identity_id = `idt_${randomUUID()}`;
      assert.equal((await target.post("/proxy/identities", { identity_id })).status, 201);
      assertRefused(await target.post("/proxy/identities", { identity_id }), 400, "IDT_VALIDATION_ERROR");
    },
  },
  {
    number: 55,
    title: "a list honours filters, page and total",
    run: async (scene) => {
      for (let paid = 0; paid < 5; paid += 1) await scene.pay({ precise_amount: 100, skip_queue: true });
      const query =
        `status_eq=APPLIED&balance_id_eq=${scene.b}` +
        "&created_at_between=2020-01-01%7C2999-01-01&pageSize=2&page=2";
      const { status, body } = await scene.target.get(`/data/transactions?${query}`);
      assert.equal(status, 200);
      assert.equal(body.total, 5);
      assert.ok(listOf(body.data).length <= 2);
    },
  },
  {
    number: 56,
    title: "balance_id finds rows of either side",
    run: async (scene) => {
      await scene.pay({ precise_amount: 100, skip_queue: true });
      await scene.pay({ precise_amount: 50, skip_queue: true, source: scene.b, destination: scene.a });
      const rows = await scene.rows(`balance_id_eq=${scene.b}`);
      assert.equal(rows.length, 2);
      assert.ok(rows.every((row) => row.source === scene.b || row.destination === scene.b));
    },
  },
  {
    number: 57,
    title: "ledgers are filtered at /ledger, singular",
    run: async ({ target, ledgerId }) => {
      const filters = [{ field: "ledger_id", operator: "eq", value: ledgerId }];
      const { status, body } = await target.post("/ledger/filter", { filters });
      assert.equal(status, 200);
      assert.equal(body.total, 1);
      assertRefused(await target.post("/ledgers/filter", { filters }), 404);
    },
  },
  {
    number: 58,
    title: "a filter of the wrong shape is refused",
    run: async ({ target }) => {
      const filter = (one: object) => target.post("/transactions/filter", { filters: [one] });
      const between = await filter({
        field: "created_at",
        operator: "between",
        values: ["2026-01-01T00:00:00Z"],
      });
      assertRefused(between, 400);
      assertRefused(await filter({ field: `none_${newReference()}`, operator: "eq", value: 1 }), 400);
      assertRefused(await filter({ field: "currency", operator: "resembles", value: "USD" }), 400);
    },
  },
];
