import { type Ledger, newId } from "./ledger.ts";
import type { TransactionRequest } from "./transaction-request.ts";
import { settleInBackground, settleRow } from "./update-inflight.ts";

/**
 * Settles a hold at the moments that its request names. Core hands both tasks the id that the caller was told. The
 * commit looks for the holds under it. The expiry takes it for the hold: of a queued one it voids the QUEUED row, whatever
 * became of the hold by then, and of a split, which is never stored, nothing. Before 0.15 the commit did the same.
 */
export function scheduleSettlement(ledger: Ledger, request: TransactionRequest, id: string): void {
  const { inflight_commit_date, inflight_expiry_date } = request;
  if (inflight_commit_date !== undefined) {
    const actionId = newId("act");
    const commit = () => {
      if (ledger.isSince("0.15.2")) settleInBackground(ledger, id, { action: "commit" }, actionId);
      else settleRow(ledger, id, { action: "commit" });
    };
    ledger.queue.addTask(commit, { notBefore: inflight_commit_date });
  }
  const isSplit = request.sources.length > 0 || request.destinations.length > 0;
  if (inflight_expiry_date !== undefined && !isSplit) {
    ledger.queue.addTask(() => void settleRow(ledger, id, { action: "void" }), {
      notBefore: inflight_expiry_date,
    });
  }
}
