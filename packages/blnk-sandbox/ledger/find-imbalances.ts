import type { Ledger } from "./ledger.ts";

/** What double entry promises and does not hold now, in words; empty when the books are right. */
export function findImbalances(ledger: Ledger): string[] {
  const sums = new Map<string, { posted: bigint; inflight: bigint }>();
  const problems: string[] = [];
  for (const balance of ledger.balances.all()) {
    const sum = sums.get(balance.currency) ?? { posted: 0n, inflight: 0n };
    sum.posted += balance.credit - balance.debit;
    sum.inflight += balance.inflight_credit - balance.inflight_debit;
    sums.set(balance.currency, sum);
    if (balance.inflight_credit < 0n || balance.inflight_debit < 0n) {
      problems.push(`${balance.balance_id} has a negative inflight amount`);
    }
  }
  for (const [currency, { posted, inflight }] of sums) {
    if (posted !== 0n) problems.push(`${currency} balances add up to ${posted}`);
    if (inflight !== 0n) problems.push(`${currency} inflight balances add up to ${inflight}`);
  }
  return problems;
}
