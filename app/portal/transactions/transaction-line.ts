import type { Transaction } from "#app/platform/blnk/records.ts";

/** What a list shows of a transaction's row. */
export type TransactionLine = Pick<
  Transaction,
  | "transaction_id"
  | "description"
  | "reference"
  | "precise_amount"
  | "precision"
  | "currency"
  | "source"
  | "destination"
  | "status"
  | "created_at"
> & {
  /** Of a queued row, when the row that tells its outcome is in the same list. */
  outcome: Transaction["status"];
};

export function toTransactionLine(row: Transaction, among: readonly Transaction[]): TransactionLine {
  const {
    transaction_id,
    description,
    reference,
    precise_amount,
    precision,
    currency,
    source,
    destination,
    status,
  } = row;
  const isWaiting = status === "QUEUED" || status === "SCHEDULED";
  const outcome = isWaiting
    ? among.find(({ parent_transaction }) => parent_transaction === transaction_id)?.status
    : undefined;
  return {
    transaction_id,
    description,
    reference,
    precise_amount,
    precision,
    currency,
    source,
    destination,
    status,
    created_at: row.created_at,
    outcome,
  };
}
