import type { Balance, Transaction } from "#app/platform/blnk/records.ts";
import type { Monitor } from "#app/monitors/definition/monitor.ts";
import { readMonitor } from "#app/monitors/definition/read-monitors.ts";
import type {
  EvaluationContext,
  SeenTransaction,
  SubjectResult,
  TransactionFacts,
} from "#app/monitors/kinds/facts.ts";

export const MINUTE = 60_000;
/** A Monday noon. */
export const NOW = Date.UTC(2026, 10, 23, 12);

export function monitorOf<Kind extends Monitor["kind"]>(
  kind: Kind,
  select: object,
  condition: object,
  more: object = {},
): Extract<Monitor, { kind: Kind }> {
  const { monitor, problems } = readMonitor({ name: "A monitor", kind, select, condition, ...more });
  if (!monitor) throw new Error(JSON.stringify(problems));
  return monitor as Extract<Monitor, { kind: Kind }>;
}

/** A balance that has moved, with 0.00 unless told otherwise. */
export function balanceOf(balance_id: string, fields: Partial<Balance> = {}): Balance {
  return {
    balance_id,
    ledger_id: "ldg_1",
    identity_id: undefined,
    indicator: undefined,
    currency: "USD",
    balance: 0n,
    credit_balance: 700n,
    debit_balance: 700n,
    inflight_balance: 0n,
    inflight_credit_balance: 0n,
    inflight_debit_balance: 0n,
    version: 2n,
    created_at: NOW - 60 * MINUTE,
    track_fund_lineage: false,
    meta_data: {},
    ...fields,
  };
}

/** As Core stores a balance that was only opened: at version 1. */
export const UNTOUCHED = { credit_balance: 0n, debit_balance: 0n, version: 1n };

/** An applied row of USD 1.00 that is its own chain and was seen as it was created. */
export function rowOf(transaction_id: string, fields: Partial<SeenTransaction> = {}): SeenTransaction {
  const row: Transaction = {
    transaction_id,
    parent_transaction: undefined,
    precise_amount: 100n,
    precision: 100n,
    currency: "USD",
    source: "bln_a",
    destination: "bln_b",
    reference: `ref-${transaction_id}`,
    description: "Groceries",
    status: "APPLIED",
    created_at: NOW,
    effective_date: undefined,
    scheduled_for: undefined,
    inflight: false,
    allow_overdraft: false,
    rejection_reason: undefined,
    shadow_for: undefined,
    meta_data: {},
  };
  const created = fields.created_at ?? NOW;
  return { ...row, chain_id: transaction_id, first_seen_at: created, ...fields };
}

export function contextOf(more: Partial<EvaluationContext> = {}): EvaluationContext {
  return { now: NOW, watching_since: NOW - 1_000 * MINUTE, tracked: new Set(), ...more };
}

export function factsOf(more: Partial<TransactionFacts> = {}): TransactionFacts {
  return { rows: [], chains: [], totals: [], members: [], endpointBalances: () => undefined, ...more };
}

/** `bln_a met 12.00`, in order of the subjects. */
export function summaryOf(results: readonly SubjectResult[]): string[] {
  return results
    .map(({ subject, outcome, value }) =>
      [subject, outcome, value].filter((part) => part !== undefined).join(" "),
    )
    .toSorted();
}
