import type { Ledger } from "blnk-sandbox/ledger/ledger.ts";
import { settleRow } from "blnk-sandbox/ledger/update-inflight.ts";

/** Expires a hold now, as its `inflight_expiry_date` would: one that was queued by its queued row's id. */
export function expireHold(ledger: Ledger, holdId: string): void {
  const { parent_transaction } = ledger.transactions.get(holdId)!;
  const queued = ledger.transactions.get(parent_transaction);
  settleRow(ledger, queued?.transaction_id ?? holdId, { action: "void" });
}
