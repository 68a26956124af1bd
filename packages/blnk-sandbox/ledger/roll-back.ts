import { CoreError } from "./core-error.ts";
import type { Ledger } from "./ledger.ts";
import { processEach } from "./process-each.ts";
import { findRefundable, refundRow } from "./refund.ts";
import { findLegs, settleRow } from "./update-inflight.ts";

/** Takes back what an atomic bulk or split has posted: holds are voided at once, payments refunded by the queue. */
export function rollBack(ledger: Ledger, batchId: string, isInflight: boolean): void {
  try {
    if (isInflight) {
      processEach(findLegs(ledger, batchId), (leg) =>
        settleRow(ledger, leg.transaction_id, { action: "void" }),
      );
    } else {
      processEach(findRefundable(ledger, batchId), (row) => refundRow(ledger, row, { skip_queue: false }));
    }
  } catch (error) {
    if (!(error instanceof CoreError)) throw error; // Core only logs it
  }
}
