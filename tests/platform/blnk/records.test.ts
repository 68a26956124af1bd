import { readAlert, readBalance, readIdentity, readTransaction } from "#app/platform/blnk/records.ts";
import { type JsonValue, parseJson } from "#app/platform/blnk/transport/lossless-json.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

describe("a balance", () => {
  test("has its amounts exactly, as numbers or as text", () => {
    const balance = readBalance(
      parseJson(
        '{"balance_id":"bln_1","currency":"USD","balance":9007199254740993,"credit_balance":"9007199254740993",' +
          '"debit_balance":"0.00","inflight_balance":1e21,"inflight_credit_balance":12.0,"version":3,' +
          '"created_at":"2026-11-02T10:00:00.123456Z","indicator":"@World","identity_id":"","meta_data":null}',
      ),
    );
    expect(balance).toMatchObject({
      balance: 9007199254740993n,
      credit_balance: 9007199254740993n,
      debit_balance: 0n,
      inflight_balance: 10n ** 21n,
      inflight_credit_balance: 12n,
      version: 3n,
      created_at: Date.UTC(2026, 10, 2, 10, 0, 0, 123),
      indicator: "@World",
      identity_id: undefined,
      meta_data: {},
    });
  });

  test("has no amount where none can be read: never zero", () => {
    const balance = readBalance({
      balance_id: "bln_1",
      balance: 12.5,
      credit_balance: { $gt: 0 },
      debit_balance: "12,00",
      inflight_balance: null,
      inflight_credit_balance: true,
    });
    for (const amount of [
      balance.balance,
      balance.credit_balance,
      balance.debit_balance,
      balance.inflight_balance,
      balance.inflight_credit_balance,
      balance.inflight_debit_balance,
    ]) {
      expect(amount).toBeUndefined();
    }
  });
});

describe("a transaction", () => {
  test("has its flag from the metadata and no zero times", () => {
    expect(
      readTransaction({
        transaction_id: "txn_1",
        parent_transaction: "",
        precise_amount: 10050,
        precision: 100,
        status: "INFLIGHT",
        scheduled_for: "0001-01-01T00:00:00Z",
        created_at: "2026-11-02T11:00:00+01:00",
        meta_data: { inflight: true, blnk_rejection_reason: "no funds" },
      }),
    ).toMatchObject({
      parent_transaction: undefined,
      precise_amount: 10050n,
      precision: 100n,
      scheduled_for: undefined,
      created_at: Date.UTC(2026, 10, 2, 10),
      inflight: true,
      rejection_reason: "no funds",
    });
  });

  test("without a precise amount has the amount that its decimal stands for, or none", () => {
    expect(amount({ amount: 19.99 })).toBe(1999n);
    expect(amount({ amount: 1, amount_string: "90071992547409.93" })).toBe(9007199254740993n);
    expect(amount({ amount: 1.005 })).toBeUndefined();
    expect(amount({ amount: 5, precision: 0 })).toBeUndefined();
    expect(amount({})).toBeUndefined();
  });

  test("has no amount from a number that a double may have rounded", () => {
    const read = (fields: string) =>
      readTransaction(parseJson(`{"transaction_id":"txn_1",${fields}}`)).precise_amount;
    // 19 digits, which no double wrote.
    expect(read('"amount":1234567890123.456789,"precision":1000000')).toBe(1234567890123456789n);
    expect(JSON.parse("1234567890123.456789")).toBe(1234567890123.4568);
    // What Core's double makes of 90071992547409.93.
    expect(read('"amount":90071992547409.94,"precision":100')).toBeUndefined();
    expect(read('"amount":-9007199254740993000,"precision":100')).toBeUndefined();
    expect(read('"amount":9999999999999.99,"precision":100')).toBe(999_999_999_999_999n);
    expect(read('"amount":-9999999999999.99,"precision":100')).toBe(-999_999_999_999_999n);
  });

  test("with a status of later days keeps it", () => {
    expect(readTransaction({ transaction_id: "txn_1", status: "FROZEN" }).status).toBe("FROZEN");
  });
});

test("an alert keeps its ids and drops what is none", () => {
  expect(
    readAlert({
      anomaly_id: "ano_1",
      affected_balances: ["bln_1", null, {}, ""],
      affected_transactions: null,
    }),
  ).toMatchObject({ affected_balances: ["bln_1"], affected_transactions: [], affected_identities: [] });
});

test("whatever a field holds, a record with an id is read, and its fields have their types", () => {
  const anything = fc.json().map(parseJson);
  const fields = [
    "balance",
    "created_at",
    "currency",
    "meta_data",
    "status",
    "precise_amount",
    "precision",
    "dob",
  ];
  fc.assert(
    fc.property(fc.record(Object.fromEntries(fields.map((field) => [field, anything]))), (row) => {
      const balance = readBalance({ ...row, balance_id: "bln_1" });
      expect(["bigint", "undefined"]).toContain(typeof balance.balance);
      expect(["number", "undefined"]).toContain(typeof balance.created_at);
      expect(["string", "undefined"]).toContain(typeof balance.currency);
      const transaction = readTransaction({ ...row, transaction_id: "txn_1" });
      expect(["bigint", "undefined"]).toContain(typeof transaction.precise_amount);
      expect(["string", "undefined"]).toContain(typeof transaction.status);
      expect(["number", "undefined"]).toContain(typeof readIdentity({ ...row, identity_id: "idt_1" }).dob);
    }),
    { seed: 20261104, numRuns: 2_000 },
  );
});

function amount(row: { [key: string]: JsonValue }): bigint | undefined {
  return readTransaction({ transaction_id: "txn_1", precision: 100, ...row }).precise_amount;
}
