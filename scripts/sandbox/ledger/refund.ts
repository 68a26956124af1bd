import { CoreError } from "./core-error.ts";
import { type Ledger, isReferenceUsed } from "./ledger.ts";
import { postTransaction } from "./post-transaction.ts";
import type { MetaData, Transaction } from "./rows.ts";
import { newRequest } from "./transaction-request.ts";

type RefundOptions = {
  skip_queue: boolean;
  description?: string | undefined;
  meta_data?: MetaData | undefined;
};

/**
 * Refunds every settled row that Core finds under an id, the newest first, and answers the first new row. After a
 * synchronous refund R of X, a second call for X also finds R, sends its money forward again, and only then fails.
 */
export function refund(ledger: Ledger, id: string, options: RefundOptions): Transaction {
  const rows = findRefundable(ledger, id);
  if (rows.length === 0) throw new CoreError("TXN_NOT_FOUND", "no transaction to refund");
  const refunds = rows.map((row) => refundRow(ledger, row, options));
  return refunds[0]!;
}

/** One row the other way round, in full and without a look at funds. A voided hold comes back as a reverse hold. */
export function refundRow(ledger: Ledger, row: Transaction, options: RefundOptions): Transaction {
  const reference = `${row.transaction_id}_refund`;
  if (isReferenceUsed(ledger, reference)) {
    throw new CoreError("GEN_CONFLICT", `transaction ${row.transaction_id} has already been refunded`);
  }
  const { inflight: _, blnk_rejection_reason: __, QUEUED_PARENT_TRANSACTION: ___, ...own } = row.meta_data;
  const request = newRequest({
    precise_amount: row.precise_amount,
    precision: row.precision,
    currency: row.currency,
    reference,
    description: options.description ?? row.description,
    source: row.destination,
    destination: row.source,
    allow_overdraft: true,
    inflight: row.status === "VOID",
    skip_queue: options.skip_queue,
    meta_data: { ...own, ...options.meta_data },
  });
  return postTransaction(ledger, request, { parent: row.transaction_id });
}

function findRefundable(ledger: Ledger, id: string): Transaction[] {
  const named = ledger.transactions.get(id);
  const children = ledger.transactions.find("parent_transaction", id).flatMap((child) =>
    // A split or bulk has no row of its own; queued, its legs are one step further down.
    named === undefined && child.status === "QUEUED"
      ? ledger.transactions.find("parent_transaction", child.transaction_id)
      : [child],
  );
  const rows = children.filter((child) => child.status === "APPLIED" || child.status === "VOID");
  if (named?.status === "APPLIED") rows.push(named);
  return rows.sort((left, right) => right.created_at - left.created_at);
}
