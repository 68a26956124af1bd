import { answerJson, cloudFor, routes } from "#tests/support/cloud-server.ts";
import { describe, expect, test } from "vitest";

describe("metadata", () => {
  test("only the own key is written, on top of what it held", async () => {
    const { client, requests } = await cloudFor(
      routes({
        "GET /data/balances/bln_1": () => ({
          balance_id: "bln_1",
          meta_data: { tidemark: { a: 1 }, other: { b: 2 } },
        }),
        "POST /proxy/bln_1/metadata": () => ({ meta_data: {} }),
      }),
    );
    const own = await client.metadata.update("bln_1", "tidemark", (present) => ({ ...present, c: 3n }));
    expect(own).toEqual({ a: 1, c: 3n });
    expect(requests[1]?.body).toBe('{"meta_data":{"tidemark":{"a":1,"c":3}}}');
  });

  test.each([
    ["txn_1", "/data/transactions/txn_1", "transaction_id"],
    ["ldg_1", "/data/ledgers/ldg_1", "ledger_id"],
    ["idt_1", "/data/identities/idt_1", "identity_id"],
  ])("of %s is read where its kind is", async (id, path, idField) => {
    const { client, requests } = await cloudFor(
      routes({ [`GET ${path}`]: () => ({ [idField]: id }), [`POST /proxy/${id}/metadata`]: () => ({}) }),
    );
    await client.metadata.update(id, "tidemark", () => ({ x: true }));
    expect(requests).toHaveLength(2);
  });

  test("is not written where it cannot be read, nor to what has none", async () => {
    const { client, requests } = await cloudFor((_request, response) => answerJson(response, {}, 404));
    const write = (id: string, key = "tidemark") => client.metadata.update(id, key, () => ({}));
    await expect(write("bln_1")).rejects.toMatchObject({ code: "not_found" });
    await expect(write("general_ledger_id")).rejects.toMatchObject({ code: "invalid" });
    await expect(write("bln_1", "a-b")).rejects.toMatchObject({ code: "invalid" });
    expect(requests.map(({ method }) => method)).toEqual(["GET"]);
  });
});

describe("records", () => {
  test("a ledger, a balance and an identity are created, once each", async () => {
    const { client, requests } = await cloudFor(
      routes({
        "POST /proxy/ledgers": () => ({ ledger_id: "ldg_1", name: "n" }),
        "POST /proxy/balances": () => ({ balance_id: "bln_1", balance: 0 }),
        "POST /proxy/identities": () => ({ identity_id: "idt_1" }),
        "PUT /proxy/identities/idt_1": () => ({ message: "ok" }),
        "PUT /proxy/balances/bln_1/identity": () => ({ message: "ok" }),
      }),
    );
    expect(await client.ledgers.create({ name: "n" })).toMatchObject({ ledger_id: "ldg_1" });
    expect(await client.balances.create({ ledger_id: "ldg_1", currency: "USD" })).toMatchObject({
      balance: 0n,
    });
    await client.identities.create({ first_name: "A", dob: Date.UTC(1990, 0, 1) });
    await client.identities.update("idt_1", { city: "Lagos" });
    await client.balances.setIdentity("bln_1", "idt_1");
    expect(requests.map(({ body }) => body)).toEqual([
      '{"name":"n"}',
      '{"ledger_id":"ldg_1","currency":"USD"}',
      '{"first_name":"A","dob":"1990-01-01T00:00:00.000Z"}',
      '{"city":"Lagos"}',
      '{"identity_id":"idt_1"}',
    ]);
  });

  test("a balance at a moment is asked from its source", async () => {
    const { client, requests } = await cloudFor(
      routes({
        "GET /proxy/balances/bln_1/at": () => ({
          balance: { balance_id: "bln_1", balance: 5, credit_balance: 9, debit_balance: 4, currency: "USD" },
          timestamp: "2026-11-02T00:00:00Z",
          from_source: true,
        }),
      }),
    );
    expect(await client.balances.at("bln_1", Date.UTC(2026, 10, 2))).toMatchObject({
      balance: 5n,
      timestamp: Date.UTC(2026, 10, 2),
    });
    expect(Object.fromEntries(requests[0]!.query)).toMatchObject({
      timestamp: "2026-11-02T00:00:00.000Z",
      from_source: "true",
    });
  });

  test("lineage is read, with lists that may be null", async () => {
    const { client } = await cloudFor(
      routes({
        "GET /proxy/balances/bln_1/lineage": () => ({
          balance_id: "bln_1",
          total_with_lineage: "12",
          providers: [
            { provider: "stripe", amount: 12, available: 10, spent: 2, shadow_balance_id: "bln_s" },
          ],
        }),
        "GET /proxy/transactions/txn_1/lineage": () => ({
          transaction_id: "txn_1",
          shadow_transactions: null,
        }),
      }),
    );
    expect(await client.balances.lineage("bln_1")).toMatchObject({
      total_with_lineage: 12n,
      providers: [{ amount: 12n, spent: 2n }],
    });
    expect(await client.transactions.lineage("txn_1")).toEqual({
      transaction_id: "txn_1",
      fund_allocation: null,
      shadow_transactions: [],
    });
  });
});
