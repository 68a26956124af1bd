import type { Transaction } from "./records.ts";

/**
 * What can still be committed or voided of a hold: zero once it was voided or expired, undefined when an amount is not
 * known.
 *
 * @param rows its own children and those of its queued row, as `settlementParents` names them; others are left out
 */
export function remainingOf(hold: Transaction, rows: readonly Transaction[]): bigint | undefined {
  if (rows.some((row) => endsHold(row, hold))) return 0n;
  let remaining = hold.precise_amount;
  for (const row of rows) {
    if (row.status !== "APPLIED" || !isChildOf(row, hold)) continue;
    if (remaining === undefined || row.precise_amount === undefined) return undefined;
    remaining -= row.precise_amount;
  }
  return remaining;
}

/**
 * What was settled of a hold beyond its amount. Core voids a queued hold at its expiry though all of it was committed, and
 * commits it after: either takes the money of another hold on the same balances.
 */
export function excessOf(hold: Transaction, rows: readonly Transaction[]): bigint {
  const settled = rows
    .filter((row) => endsHold(row, hold) || (row.status === "APPLIED" && isChildOf(row, hold)))
    .reduce((sum, { precise_amount }) => sum + (precise_amount ?? 0n), 0n);
  const excess = settled - (hold.precise_amount ?? settled);
  return excess > 0n ? excess : 0n;
}

/** The ids whose children settle a hold: its own, and its queued row's, which Core's expiry writes its VOID under. */
export function settlementParents({ transaction_id, parent_transaction }: Transaction): string[] {
  return parent_transaction?.startsWith("txn_") ? [transaction_id, parent_transaction] : [transaction_id];
}

/** Whether a row is a hold's commit or void, and not a refund: that is a child too, with its sides swapped. */
export function isChildOf(row: Transaction, hold: Transaction): boolean {
  return row.parent_transaction === hold.transaction_id && row.source === hold.source;
}

function endsHold(row: Transaction, hold: Transaction): boolean {
  return (
    row.status === "VOID" &&
    row.source === hold.source &&
    row.parent_transaction !== undefined &&
    settlementParents(hold).includes(row.parent_transaction)
  );
}
