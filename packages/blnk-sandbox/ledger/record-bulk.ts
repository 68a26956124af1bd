import { CoreError } from "./core-error.ts";
import { type Ledger, newId } from "./ledger.ts";
import { recordTransaction } from "./record-transaction.ts";
import { rollBack } from "./roll-back.ts";
import type { TransactionRequest } from "./transaction-request.ts";

export type Bulk = {
  transactions: TransactionRequest[];
  inflight: boolean;
  atomic: boolean;
  run_async: boolean;
  skip_queue: boolean;
};

/** A bulk that stopped at a failing item. Earlier items stay, unless the bulk was atomic. */
export class BulkError extends Error {
  readonly batchId: string;
  override readonly cause: CoreError;

  constructor(batchId: string, cause: CoreError) {
    super(cause.message);
    this.batchId = batchId;
    this.cause = cause;
  }
}

const ASYNC_BATCHES = 100;

/** Records the items in order and answers the batch's id, with `run_async` before any item is looked at. */
export function recordBulk(ledger: Ledger, bulk: Bulk): string {
  const batchId = newId("bulk");
  if (!bulk.run_async) {
    recordItems(ledger, bulk, batchId);
    return batchId;
  }
  if (ledger.asyncBatches >= ASYNC_BATCHES) {
    throw new CoreError("GEN_RATE_LIMITED", "too many concurrent async bulk batches");
  }
  ledger.asyncBatches += 1;
  ledger.queue.addInsert(() => {
    ledger.asyncBatches -= 1;
    try {
      recordItems(ledger, bulk, batchId);
    } catch (error) {
      if (!(error instanceof BulkError)) throw error; // Core only tells a webhook
    }
  });
  return batchId;
}

function recordItems(ledger: Ledger, bulk: Bulk, batchId: string): void {
  for (const [index, item] of bulk.transactions.entries()) {
    const request = { ...item, inflight: bulk.inflight, skip_queue: bulk.skip_queue };
    try {
      recordTransaction(ledger, request, { parent: batchId, batch: batchId, sequence: index + 1 });
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      if (bulk.atomic) rollBack(ledger, batchId, bulk.inflight);
      throw new BulkError(batchId, error);
    }
  }
}
