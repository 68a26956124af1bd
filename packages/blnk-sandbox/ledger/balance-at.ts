import type { Micros } from "./instant.ts";
import type { Ledger } from "./ledger.ts";
import type { Balance } from "./rows.ts";

/** What a balance was at a moment, from APPLIED rows by their effective date. Holds are not part of it. */
export function balanceAt(ledger: Ledger, balance: Balance, at: Micros): { credit: bigint; debit: bigint } {
  const sums = { credit: 0n, debit: 0n };
  for (const row of ledger.transactions.find("balance_id", balance.balance_id)) {
    if (row.status !== "APPLIED" || row.effective_date > at) continue;
    if (row.source === balance.balance_id) sums.debit += row.precise_amount;
    if (row.destination === balance.balance_id) sums.credit += row.precise_amount;
  }
  return sums;
}
