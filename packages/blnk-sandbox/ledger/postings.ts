import { CoreError } from "./core-error.ts";
import { parseDecimal, roundHalfAway, times } from "./decimal.ts";
import type { Balance } from "./rows.ts";

/** One amount between two balances. Each function below changes both sides or, when it throws, neither. */
export type Posting = { source: Balance; destination: Balance; amount: bigint };

type FundsRule = { allow_overdraft: boolean; overdraft_limit: number; precision: bigint };

export function apply({ source, destination, amount }: Posting): void {
  source.debit += amount;
  destination.credit += amount;
  countVersion(source, destination);
}

export function hold({ source, destination, amount }: Posting): void {
  source.inflight_debit += amount;
  destination.inflight_credit += amount;
  countVersion(source, destination);
}

export function commitHold(posting: Posting): void {
  releaseHold(posting);
  const { source, destination, amount } = posting;
  source.debit += amount;
  destination.credit += amount;
}

export function releaseHold(posting: Posting): void {
  requireHeld(posting);
  const { source, destination, amount } = posting;
  source.inflight_debit -= amount;
  destination.inflight_credit -= amount;
  countVersion(source, destination);
}

/** As Core settled before 0.15: a side on which too little is held is left as it is, and nobody is told. */
export function settleWhatIsHeld({ source, destination, amount }: Posting, isCommit: boolean): void {
  if (source.inflight_debit >= amount) {
    source.inflight_debit -= amount;
    if (isCommit) source.debit += amount;
  }
  if (destination.inflight_credit >= amount) {
    destination.inflight_credit -= amount;
    if (isCommit) destination.credit += amount;
  }
  countVersion(source, destination);
}

/** Throws unless the source may be debited by an amount. */
export function requireFunds(source: Balance, amount: bigint, rule: FundsRule): void {
  if (amount <= 0n)
    throw new CoreError("TXN_VALIDATION_ERROR", "transaction precise amount must be positive");
  if (rule.allow_overdraft && rule.overdraft_limit === 0) return;
  const available = availableFunds(source);
  if (available >= amount) return;
  if (rule.overdraft_limit > 0) {
    const limit = roundHalfAway(times(parseDecimal(String(rule.overdraft_limit))!, rule.precision));
    if (available - amount >= -limit) return;
    throw new CoreError("TXN_VALIDATION_ERROR", "transaction exceeds overdraft limit");
  }
  throw new CoreError("TXN_INSUFFICIENT_FUNDS", "insufficient funds in source balance");
}

/** What may be spent: nothing that is held, and nothing that is only on its way in. */
export function availableFunds({ credit, debit, inflight_debit }: Balance): bigint {
  return credit - debit - inflight_debit;
}

function requireHeld({ source, destination, amount }: Posting): void {
  const sides = [
    ["debit", source.inflight_debit],
    ["credit", destination.inflight_credit],
  ] as const;
  for (const [side, held] of sides) {
    if (held >= amount) continue;
    throw new CoreError(
      "GEN_BAD_REQUEST",
      `insufficient inflight ${side} balance: have ${held}, need ${amount}`,
    );
  }
}

function countVersion(source: Balance, destination: Balance): void {
  source.version += 1;
  destination.version += 1;
}
