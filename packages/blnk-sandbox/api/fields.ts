import type { Micros } from "../ledger/instant.ts";
import type { Balance, Identity, LedgerRow, Reconciliation, Transaction } from "../ledger/rows.ts";

/** A number as a fraction, so that major units of any precision compare exactly. */
export type Fraction = { minor: bigint; per: bigint };

/** One filterable column. `null` is SQL's NULL: only the null tests see it. */
export type Field<R> =
  | { kind: "text"; read(row: R): string | null }
  | { kind: "number"; read(row: R): Fraction }
  | { kind: "time"; read(row: R): Micros | null }
  | { kind: "either"; read(row: R): [string, string] };

export type Fields<R> = Record<string, Field<R>>;

const text = <R>(read: (row: R) => string | null): Field<R> => ({ kind: "text", read });
const time = <R>(read: (row: R) => Micros | null): Field<R> => ({ kind: "time", read });
const units = <R>(read: (row: R) => bigint): Field<R> => ({
  kind: "number",
  read: (row) => ({ minor: read(row), per: 1n }),
});

export const LEDGER_FIELDS: Fields<LedgerRow> = {
  ledger_id: text((row) => row.ledger_id),
  name: text((row) => row.name),
  created_at: time((row) => row.created_at),
};

export const BALANCE_FIELDS: Fields<Balance> = {
  balance_id: text((row) => row.balance_id),
  ledger_id: text((row) => row.ledger_id),
  identity_id: text((row) => row.identity_id || null),
  indicator: text((row) => row.indicator ?? null),
  currency: text((row) => row.currency),
  balance: units((row) => row.credit - row.debit),
  credit_balance: units((row) => row.credit),
  debit_balance: units((row) => row.debit),
  inflight_balance: units((row) => row.inflight_credit - row.inflight_debit),
  inflight_credit_balance: units((row) => row.inflight_credit),
  inflight_debit_balance: units((row) => row.inflight_debit),
  created_at: time((row) => row.created_at),
};

export const TRANSACTION_FIELDS: Fields<Transaction> = {
  transaction_id: text((row) => row.transaction_id),
  parent_transaction: text((row) => row.parent_transaction),
  // Major units, unlike the fields of a balance.
  amount: { kind: "number", read: (row) => ({ minor: row.precise_amount, per: row.precision }) },
  currency: text((row) => row.currency),
  source: text((row) => row.source),
  destination: text((row) => row.destination),
  balance_id: { kind: "either", read: (row) => [row.source, row.destination] },
  reference: text((row) => row.reference),
  status: text((row) => row.status),
  description: text((row) => row.description),
  created_at: time((row) => row.created_at),
  effective_date: time((row) => row.effective_date),
  precision: units((row) => row.precision),
};

const IDENTITY_TEXTS = [
  "identity_id",
  "first_name",
  "last_name",
  "other_names",
  "gender",
  "email_address",
  "phone_number",
  "nationality",
  "street",
  "country",
  "state",
  "organization_name",
  "category",
  "identity_type",
  "post_code",
  "city",
] as const;

export const IDENTITY_FIELDS: Fields<Identity> = {
  ...Object.fromEntries(IDENTITY_TEXTS.map((name) => [name, text<Identity>((row) => row[name])])),
  dob: time((row) => row.dob ?? null),
  created_at: time((row) => row.created_at),
};

export const RECONCILIATION_FIELDS: Fields<Reconciliation> = {
  reconciliation_id: text((row) => row.reconciliation_id),
  upload_id: text((row) => row.upload_id),
  status: text((row) => row.status),
  matched_transactions: units((row) => BigInt(row.matched_transactions)),
  unmatched_transactions: units((row) => BigInt(row.unmatched_transactions)),
  started_at: time((row) => row.started_at),
  completed_at: time((row) => row.completed_at),
};
