import type { Micros } from "./instant.ts";

export type MetaData = Record<string, unknown>;

export type LedgerRow = { ledger_id: string; name: string; created_at: Micros; meta_data: MetaData | null };

export type AllocationStrategy = "FIFO" | "LIFO" | "PROPORTIONAL";

/** Amounts are minor units. The contract derives `balance` and `inflight_balance` from the four that are kept. */
export type Balance = {
  balance_id: string;
  ledger_id: string;
  identity_id: string;
  currency: string;
  indicator: string | undefined;
  credit: bigint;
  debit: bigint;
  inflight_credit: bigint;
  inflight_debit: bigint;
  version: number;
  created_at: Micros;
  meta_data: MetaData | null;
  track_fund_lineage: boolean;
  allocation_strategy: AllocationStrategy | undefined;
};

export type Status = "QUEUED" | "SCHEDULED" | "APPLIED" | "INFLIGHT" | "VOID" | "REJECTED";

/** The columns that Core persists, no more: what a request said beyond them is gone once it was answered. */
export type Transaction = {
  readonly transaction_id: string;
  readonly parent_transaction: string;
  readonly source: string;
  readonly destination: string;
  readonly reference: string;
  readonly precise_amount: bigint;
  readonly precision: bigint;
  readonly currency: string;
  readonly description: string;
  readonly status: Status;
  readonly created_at: Micros;
  readonly effective_date: Micros;
  readonly scheduled_for: Micros | undefined;
  readonly hash: string;
  meta_data: MetaData;
};

export type Identity = {
  identity_id: string;
  identity_type: string;
  organization_name: string;
  category: string;
  first_name: string;
  last_name: string;
  other_names: string;
  gender: string;
  email_address: string;
  phone_number: string;
  nationality: string;
  street: string;
  country: string;
  state: string;
  post_code: string;
  city: string;
  dob: Micros | undefined;
  created_at: Micros;
  meta_data: MetaData | null;
};

export type Reconciliation = {
  reconciliation_id: string;
  upload_id: string;
  status: string;
  matched_transactions: number;
  unmatched_transactions: number;
  is_dry_run: boolean;
  started_at: Micros;
  completed_at: Micros | null;
  created_at: Micros;
};

export type MatchingRule = {
  rule_id: string;
  name: string;
  description: string;
  created_at: Micros;
  updated_at: Micros;
  criteria: { field: string; operator: string; value: string; pattern: string; allowable_drift: number }[];
};

export type ExternalTransaction = {
  id: string;
  amount: number;
  reference: string;
  currency: string;
  description: string;
  date: Micros;
  source: string;
  created_at: Micros;
};
