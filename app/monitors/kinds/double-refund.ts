import type { Transaction } from "#app/platform/blnk/records.ts";
import { formatAmount } from "#app/money/format-amount.ts";

import type { ChainFinding } from "./chain-finding.ts";
import { isRefund } from "./select/select-transactions.ts";

/** A refund, or what a hold that is a refund becomes when it is committed. */
export function mayRefundTwice(row: Transaction, parent: Transaction | undefined): boolean {
  return isRefund(row) || (parent !== undefined && isRefund(parent));
}

/**
 * A transaction with two effective refunds below it, or one that gave back more than was ever taken. Up to Core 0.15.3
 * the second is a refund of the first, which moves the money forward again though the caller is told that it was
 * refused: the value is what remains refunded in the end.
 */
export function findDoubleRefund(rows: readonly Transaction[]): ChainFinding | undefined {
  const byId = new Map(rows.map((row) => [row.transaction_id, row]));
  const root = rows.find(({ parent_transaction }) => !byId.has(parent_transaction ?? ""));
  const below = new Map<Transaction, Transaction[]>();
  let net = 0n;
  for (const row of rows) {
    if (row.status !== "APPLIED" || row.source === row.destination) continue;
    const goesBack = root !== undefined && row.source === root.destination && row.destination === root.source;
    net += (row.precise_amount ?? 0n) * (goesBack ? 1n : -1n);
    const original = originalOf(row, byId);
    if (original) below.set(original, [...(below.get(original) ?? []), row]);
  }
  for (const [original, refunds] of below) {
    if (refunds.length > 1) return { row: lastOf(refunds), value: remainsRefunded(original, refunds) };
  }
  if (net <= 0n || !root) return undefined;
  const back = rows.filter(({ status, source }) => status === "APPLIED" && source === root.destination);
  return { row: lastOf(back), value: amountOf(back[0]!, net) };
}

/** The first transaction that a refund, or the refund of a refund, goes back to; undefined for what is no refund. */
function originalOf(row: Transaction, byId: ReadonlyMap<string, Transaction>): Transaction | undefined {
  let original: Transaction | undefined;
  let current = row;
  for (let above = parentOf(row, byId); above; above = parentOf(above, byId)) {
    if (above.status !== "APPLIED") continue;
    if (above.source !== current.destination || above.destination !== current.source) break;
    original = above;
    current = above;
  }
  return original;
}

function parentOf(
  { parent_transaction }: Transaction,
  byId: ReadonlyMap<string, Transaction>,
): Transaction | undefined {
  return byId.get(parent_transaction ?? "");
}

/** A refund of a refund moved the money forward again. */
function remainsRefunded(original: Transaction, refunds: readonly Transaction[]): string | undefined {
  const net = refunds.reduce(
    (sum, { source, precise_amount = 0n }) =>
      source === original.destination ? sum + precise_amount : sum - precise_amount,
    0n,
  );
  return amountOf(original, net);
}

function amountOf({ precision }: Transaction, minor: bigint): string | undefined {
  return precision === undefined || precision < 1n
    ? undefined
    : formatAmount(minor, precision, { grouping: false });
}

/** The newest; of one moment, the one that nothing else came of. */
function lastOf(rows: readonly Transaction[]): Transaction {
  const parents = new Set(rows.map(({ parent_transaction }) => parent_transaction));
  const isLast = ({ transaction_id }: Transaction) => (parents.has(transaction_id) ? 0 : 1);
  return rows.toSorted((a, b) => (a.created_at ?? 0) - (b.created_at ?? 0) || isLast(a) - isLast(b)).at(-1)!;
}
