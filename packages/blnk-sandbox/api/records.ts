import { formatQuotient } from "../ledger/decimal.ts";
import { type Micros, ZERO_TIME, formatInstant } from "../ledger/instant.ts";
import type {
  Balance,
  ExternalTransaction,
  Identity,
  LedgerRow,
  MatchingRule,
  Reconciliation,
  Transaction,
} from "../ledger/rows.ts";
import type { Switches } from "../switches.ts";

export type Json = Record<string, unknown>;

export function ledgerRecord(row: LedgerRow): Json {
  return { ...row, created_at: formatInstant(row.created_at) };
}

export function balanceRecord(row: Balance): Json {
  return {
    balance_id: row.balance_id,
    ledger_id: row.ledger_id,
    identity_id: row.identity_id,
    ...(row.indicator !== undefined && { indicator: row.indicator }),
    currency: row.currency,
    balance: row.credit - row.debit,
    credit_balance: row.credit,
    debit_balance: row.debit,
    inflight_balance: row.inflight_credit - row.inflight_debit,
    inflight_credit_balance: row.inflight_credit,
    inflight_debit_balance: row.inflight_debit,
    version: row.version,
    created_at: formatInstant(row.created_at),
    inflight_expires_at: ZERO_TIME,
    meta_data: row.meta_data,
    track_fund_lineage: row.track_fund_lineage,
    ...(row.allocation_strategy !== undefined && { allocation_strategy: row.allocation_strategy }),
  };
}

/** A row as Core's model prints it: `inflight` is lifted out of the metadata, what is not a column is false or zero. */
export function transactionRecord(row: Transaction): Json {
  const { inflight, ...meta_data } = row.meta_data;
  return {
    transaction_id: row.transaction_id,
    parent_transaction: row.parent_transaction,
    source: row.source,
    destination: row.destination,
    reference: row.reference,
    amount: majorUnits(row),
    precise_amount: row.precise_amount,
    precision: row.precision,
    currency: row.currency,
    description: row.description,
    status: row.status,
    hash: row.hash,
    allow_overdraft: false,
    overdraft_limit: 0,
    inflight: inflight === true,
    skip_queue: false,
    atomic: false,
    created_at: formatInstant(row.created_at),
    effective_date: formatInstant(row.effective_date),
    scheduled_for: instantOrZero(row.scheduled_for),
    inflight_expiry_date: ZERO_TIME,
    inflight_commit_date: ZERO_TIME,
    meta_data,
  };
}

/** A row as the Data API selects it: the columns, with `inflight` still in the metadata [A]. */
export function transactionColumns(row: Transaction, switches: Switches): Json {
  const record = transactionRecord(row);
  for (const flag of ["allow_overdraft", "overdraft_limit", "skip_queue", "atomic"]) delete record[flag];
  delete record.inflight_expiry_date;
  delete record.inflight_commit_date;
  if (switches.data_inflight === "top_level") return record;
  delete record.inflight;
  return { ...record, meta_data: row.meta_data };
}

export function identityRecord(row: Identity): Json {
  return { ...row, dob: instantOrZero(row.dob), created_at: formatInstant(row.created_at) };
}

export function reconciliationRecord(reconciliation: Reconciliation): Json {
  const { created_at: _, ...row } = reconciliation;
  return {
    ...row,
    started_at: formatInstant(row.started_at),
    completed_at: row.completed_at === null ? null : formatInstant(row.completed_at),
  };
}

export function matchingRuleRecord(row: MatchingRule): Json {
  return { ...row, created_at: formatInstant(row.created_at), updated_at: formatInstant(row.updated_at) };
}

export function externalTransactionRecord(transaction: ExternalTransaction): Json {
  const { created_at: _, ...row } = transaction;
  return { ...row, date: formatInstant(row.date) };
}

/** Spells a record's big integers as the switch says: Cloud reads NUMERIC columns itself, and how is not documented. */
export function spellNumbers(record: Json, spelling: Switches["data_numbers"]): Json {
  if (spelling === "integer") return record;
  const entries = Object.entries(record).map(([name, value]) => {
    if (typeof value !== "bigint" || name === "precision") return [name, value];
    return [name, spelling === "string" ? String(value) : Number(value)];
  });
  return Object.fromEntries(entries);
}

function majorUnits({
  precise_amount,
  precision,
}: Pick<Transaction, "precise_amount" | "precision">): number {
  const exact = formatQuotient(precise_amount, precision);
  return exact === undefined ? Number(precise_amount) / Number(precision) : Number(exact);
}

export function instantOrZero(at: Micros | undefined): string {
  return at === undefined ? ZERO_TIME : formatInstant(at);
}
