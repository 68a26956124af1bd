import { type Ledger, newId } from "../ledger/ledger.ts";
import type { Micros } from "../ledger/instant.ts";

const MONTH: Micros = 30 * 86_400_000_000;
const MINUTE: Micros = 60_000_000;

/** A monthly match of bank statements against the ledger, by one rule. */
export function seedReconciliations(ledger: Ledger, now: Micros): void {
  const first = now - 2.5 * MONTH;
  ledger.matchingRules.insert({
    rule_id: newId("rule"),
    name: "Bank statement by reference",
    description: "Reference equal, amount within a cent",
    created_at: first,
    updated_at: first,
    criteria: [
      { field: "reference", operator: "equals", value: "", pattern: "", allowable_drift: 0 },
      { field: "amount", operator: "equals", value: "", pattern: "", allowable_drift: 0.01 },
    ],
  });
  for (const [index, unmatched] of [0, 2, 1].entries()) {
    const started_at = first + index * MONTH;
    ledger.reconciliations.insert({
      reconciliation_id: newId("recon"),
      upload_id: newId("upload"),
      status: "completed",
      matched_transactions: 140 + 25 * index,
      unmatched_transactions: unmatched,
      is_dry_run: false,
      started_at,
      completed_at: started_at + 2 * MINUTE,
      created_at: started_at,
    });
    ledger.externalTransactions.insert({
      id: newId("ext"),
      amount: 412.5 + 100 * index,
      reference: `bank-${index + 1}`,
      currency: "USD",
      description: "Statement line",
      date: started_at - 60 * MINUTE,
      source: "bank",
      created_at: started_at,
    });
  }
}
