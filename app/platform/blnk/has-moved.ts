import type { Filter } from "./filters.ts";
import type { Balance } from "./records.ts";

const AMOUNTS = [
  "credit_balance",
  "debit_balance",
  "inflight_credit_balance",
  "inflight_debit_balance",
] as const;

/** A stored balance starts at version 1, so only its amounts tell. One that Cloud did not send is not zero. */
export function hasMoved(balance: Pick<Balance, (typeof AMOUNTS)[number]>): boolean {
  return AMOUNTS.some((field) => balance[field] !== 0n);
}

/** Each finds some balances that have moved, and together all of them: Cloud's filters know no "or". */
export const MOVED: readonly Filter<"balances">[] = AMOUNTS.map((field) => ({
  field,
  operator: "gt",
  value: 0n,
}));
