import type { Transaction } from "#app/platform/blnk/records.ts";
import { formatAmount } from "#app/money/format-amount.ts";

import type { ChainFinding } from "./chain-finding.ts";

/**
 * A rejected transaction of which money moved all the same: Core commits a rejected hold by the id of its QUEUED row, and
 * takes the amount from whatever else is held between the two balances.
 */
export function findAppliedAfterRejected(rows: readonly Transaction[]): ChainFinding | undefined {
  const byId = new Map(rows.map((row) => [row.transaction_id, row]));
  const rejected = rows.filter(({ status }) => status === "REJECTED");
  const row = rows.find(
    (applied) =>
      applied.status === "APPLIED" &&
      rejected.some((each) => isSameMovement(applied, each) && comesFrom(applied, each, byId)),
  );
  if (!row) return undefined;
  const { precise_amount, precision } = row;
  const readable = precise_amount !== undefined && precision !== undefined && precision >= 1n;
  return { row, value: readable ? formatAmount(precise_amount, precision, { grouping: false }) : undefined };
}

/** What a refund gives back is another movement. */
function isSameMovement(a: Transaction, b: Transaction): boolean {
  return a.source === b.source && a.destination === b.destination;
}

/** Below the rejected row, or below the queued row that it is the outcome of. */
function comesFrom(row: Transaction, rejected: Transaction, byId: ReadonlyMap<string, Transaction>): boolean {
  const origins = new Set([rejected.transaction_id, rejected.parent_transaction]);
  for (let current: Transaction | undefined = row; current;) {
    const parent: string | undefined = current.parent_transaction;
    if (parent === undefined) return false;
    if (origins.has(parent)) return true;
    current = byId.get(parent);
  }
  return false;
}
