import type { Balance } from "#app/platform/blnk/records.ts";
import { currencyPrecision } from "#app/money/currency-precision.ts";
import { formatAmount } from "#app/money/format-amount.ts";

import type { OverdrawnMonitor } from "../definition/monitor.ts";
import type { BalanceFold } from "./evaluate.ts";
import type { EvaluationContext, SubjectResult } from "./facts.ts";
import { resultOf, withUnseen } from "./results.ts";
import { selectsBalance } from "./select/select-balances.ts";

/** How far a balance is below what it should have, and what rises whenever an overdraft may have been used. */
export type Overdrawn = { shortfall: bigint; debited: string };

/**
 * What is left to spend (`overheld`) or what there is (`negative_balance`), when it is below zero. Many balances are meant
 * to be: `@World`, credit lines. Core asks of every debit beyond the funds that its sender allows an overdraft, and
 * keeps that in the row's metadata, so the rows tell: see `confirmOverdrawn`.
 */
export function foldOverdrawn(
  { kind, select }: OverdrawnMonitor,
  { tracked }: EvaluationContext,
): BalanceFold {
  const results = new Map<string, SubjectResult>();
  const overdrawn = new Map<string, Overdrawn>();

  function judge(balance: Balance): void {
    const { balance_id, balance: has, inflight_debit_balance: held, debit_balance, currency } = balance;
    if (has === undefined || held === undefined || debit_balance === undefined) {
      const reason = "Its amounts could not be read.";
      results.set(balance_id, resultOf(balance_id, "unknown", { entity: balance_id, reason }));
      return;
    }
    const left = kind === "overheld" ? has - held : has;
    const isShort = left < 0n && (kind === "negative_balance" || held > 0n);
    if (isShort) overdrawn.set(balance_id, { shortfall: -left, debited: `${debit_balance} ${held}` });
    else if (!tracked.has(balance_id)) return;
    const value = formatAmount(left, currencyPrecision(currency ?? ""), { grouping: false });
    results.set(balance_id, resultOf(balance_id, isShort ? "met" : "not_met", { entity: balance_id, value }));
  }

  return {
    overdrawn,
    add(page) {
      for (const balance of page) if (selectsBalance(select, balance)) judge(balance);
    },
    finish: ({ problem }) => withUnseen([...results.values()], tracked, problem),
  };
}
