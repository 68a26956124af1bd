import { randomUUID } from "node:crypto";
import { CoreError } from "./core-error.ts";
import { type Ledger } from "./ledger.ts";
import { postTransaction } from "./post-transaction.ts";
import { processEach } from "./process-each.ts";
import type { MetaData, Transaction } from "./rows.ts";
import { newRequest } from "./transaction-request.ts";

export type RefundOptions = {
  skip_queue: boolean;
  description?: string | undefined;
  meta_data?: MetaData | undefined;
};

/** Refunds every settled row that Core finds under an id, the newest first, and answers the first new row. */
export function refund(ledger: Ledger, id: string, options: RefundOptions): Transaction {
  const rows = selectForRefund(ledger, id);
  if (rows.length === 0) throw new CoreError("TXN_NOT_FOUND", "no transaction to refund");
  try {
    return processEach(rows, (row) => refundRow(ledger, row, options))[0]!;
  } catch (error) {
    if (!ledger.isSince("0.15.4") || rows.length === 1 || !(error instanceof CoreError)) throw error;
    throw new CoreError("GEN_CONFLICT", error.message);
  }
}

/**
 * Up to 0.15.3 Core also finds the refund R of a row X under X: a second call for X sends R's money forward again and
 * only then refuses. 0.15.4 leaves refunds and refunded rows out.
 */
export function selectForRefund(ledger: Ledger, id: string): Transaction[] {
  const rows = findRefundable(ledger, id);
  if (!ledger.isSince("0.15.4")) return rows;
  const originals = rows.filter((row) => row.transaction_id === id || !isRefund(ledger, row));
  const open = originals.filter((row) => !isRefunded(ledger, row));
  if (originals.length > 0 && open.length === 0) throw alreadyRefunded(ledger, originals[0]!);
  return open;
}

/** One row the other way round, in full and without a look at funds. A voided hold comes back as a reverse hold. */
export function refundRow(ledger: Ledger, row: Transaction, options: RefundOptions): Transaction {
  return postTransaction(ledger, refundRequest(ledger, row, options), { parent: row.transaction_id });
}

/** The request that refunds a row; it inherits all of the row's metadata. Throws when the row was refunded. */
export function refundRequest(ledger: Ledger, row: Transaction, options: RefundOptions) {
  if (isRefunded(ledger, row)) throw alreadyRefunded(ledger, row);
  return newRequest({
    precise_amount: row.precise_amount,
    precision: row.precision,
    currency: row.currency,
    reference: ledger.isSince("0.15.2") ? `${row.transaction_id}_refund` : `ref_${randomUUID()}`,
    description: options.description ?? row.description,
    source: row.destination,
    destination: row.source,
    allow_overdraft: true,
    inflight: row.status === "VOID",
    skip_queue: options.skip_queue,
    meta_data: { ...row.meta_data, ...options.meta_data },
  });
}

export function findRefundable(ledger: Ledger, id: string): Transaction[] {
  const named = ledger.transactions.get(id);
  const children = ledger.transactions.find("parent_transaction", id);
  const linked = ledger.transactions.find("queued_parent", id);
  const rows = new Set([
    ...(named ? [named] : []).filter(({ status }) => status === "APPLIED"),
    ...children.filter(({ status }) => status === "APPLIED" || status === "VOID"),
    ...linked.filter(({ status }) => status === "APPLIED"),
  ]);
  return [...rows].sort((left, right) => right.created_at - left.created_at);
}

/** A child that goes the other way; Core does not ask what became of it. */
function isRefunded(ledger: Ledger, { transaction_id, source, destination }: Transaction): boolean {
  const children = ledger.transactions.find("parent_transaction", transaction_id);
  return children.some((child) => child.source === destination && child.destination === source);
}

function isRefund(ledger: Ledger, row: Transaction): boolean {
  const parent = ledger.transactions.get(row.parent_transaction);
  const original = parent?.status === "QUEUED" ? ledger.transactions.get(parent.parent_transaction) : parent;
  return original !== undefined && original.source === row.destination && original.destination === row.source;
}

function alreadyRefunded(ledger: Ledger, { transaction_id }: Transaction): CoreError {
  const code = ledger.isSince("0.15.4") ? "TXN_ALREADY_REFUNDED" : "GEN_CONFLICT";
  return new CoreError(code, `transaction ${transaction_id} has already been refunded`);
}
