import { randomUUID } from "node:crypto";

import { type Ledger, newId } from "#scripts/sandbox/ledger/ledger.ts";
import { releaseHold } from "#scripts/sandbox/ledger/postings.ts";

/** What Core does when a hold that went through the queue expires: its VOID is a child of the queued row. */
export function expireHold(ledger: Ledger, holdId: string): void {
  const held = ledger.transactions.get(holdId)!;
  const source = ledger.balances.get(held.source)!;
  const destination = ledger.balances.get(held.destination)!;
  releaseHold({ source, destination, amount: held.precise_amount });
  ledger.balances.touch();
  const now = ledger.clock.now();
  const queued = ledger.transactions.get(held.parent_transaction);
  ledger.transactions.insert({
    ...held,
    transaction_id: newId("txn"),
    parent_transaction: queued?.status === "QUEUED" ? queued.transaction_id : holdId,
    reference: `ref_${randomUUID()}`,
    status: "VOID",
    created_at: now,
    effective_date: now,
    meta_data: { ...held.meta_data },
  });
}
