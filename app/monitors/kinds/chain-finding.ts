import type { Transaction } from "#app/platform/blnk/records.ts";

/** What is wrong with a chain: the row that an alert flags, and an amount in major units. */
export type ChainFinding = { row: Transaction; value: string | undefined };

/** An applied row that is more than the outcome of its queued row: a commit, a refund, or what should not be there. */
export function followsUp({ status, parent_transaction, reference }: Transaction): boolean {
  if (status !== "APPLIED" || parent_transaction === undefined || parent_transaction.startsWith("bulk_"))
    return false;
  return reference === undefined || !reference.endsWith("_q") || reference.endsWith("_refund_q");
}
