import type { Balance } from "./records.ts";

/** What can be spent: holds are kept back, and what is on its way in does not count yet. */
export function availableOf({
  balance,
  inflight_debit_balance,
}: Pick<Balance, "balance" | "inflight_debit_balance">): bigint | undefined {
  if (balance === undefined || inflight_debit_balance === undefined) return undefined;
  return balance - inflight_debit_balance;
}
