import type { Balance } from "#app/platform/blnk/records.ts";

import {
  type BalanceMonitor,
  type ChainMonitor,
  isBalanceKind,
  type Monitor,
  type TransactionMonitor,
  type WindowMonitor,
} from "../definition/monitor.ts";
import { foldThreshold } from "./balance-threshold.ts";
import type { BalanceReads, EvaluationContext, SubjectResult, TransactionFacts } from "./facts.ts";
import { foldImbalance } from "./ledger-imbalance.ts";
import { evaluateMovement } from "./movement.ts";
import { foldNewBalances } from "./new-balance.ts";
import { foldOverdrawn, type Overdrawn } from "./overdrawn.ts";
import { evaluateRejections } from "./rejections.ts";
import { needsEndpointBalancesOf, needsSideBalances } from "./select/select-transactions.ts";
import { evaluateSilence } from "./silence.ts";
import { evaluateStuck } from "./stuck-transaction.ts";
import { evaluateMatches } from "./transaction-match.ts";

/** Folds balances into results, page by page, so that no scan is ever held whole. */
export type BalanceFold = {
  /** Any balances, of this selection or not; none may come twice where a total is formed. */
  add: (page: readonly Balance[]) => void;
  /**
   * The results: all that do not plainly hold false, all tracked ones, and a hundred or so of the others. A tracked
   * subject that did not come is `gone`, or `unknown` when there was a problem.
   */
  finish: (reads: BalanceReads) => SubjectResult[];
  /** `overheld` and `negative_balance`: the balances that hold true unless an overdraft allows it. */
  overdrawn?: ReadonlyMap<string, Overdrawn>;
};

export function foldBalances(monitor: BalanceMonitor, context: EvaluationContext): BalanceFold {
  switch (monitor.kind) {
    case "balance_threshold":
      return foldThreshold(monitor, context);
    case "new_balance":
      return foldNewBalances(monitor, context);
    case "ledger_imbalance":
      return foldImbalance(monitor, context);
    case "overheld":
    case "negative_balance":
      return foldOverdrawn(monitor, context);
  }
}

export function evaluateTransactions(
  monitor: Exclude<TransactionMonitor, ChainMonitor>,
  facts: TransactionFacts,
  context: EvaluationContext,
): SubjectResult[] {
  switch (monitor.kind) {
    case "transaction_match":
      return evaluateMatches(monitor, facts, context);
    case "stuck_transaction":
      return evaluateStuck(monitor, facts, context);
    case "rejections":
      return evaluateRejections(monitor, facts, context);
    case "movement":
      return evaluateMovement(monitor, facts, context);
    case "silence":
      return evaluateSilence(monitor, facts, context);
  }
}

/** Entries before this time can be deleted, except the newest of each subject. */
export function keptFrom({ kind, condition }: WindowMonitor, now: number): number {
  // Silence asks for the newest alone.
  return kind === "silence" ? now : now - condition.window_minutes * 60_000;
}

/** Whether `endpointBalances` are asked for: the balances of rows have to be known. */
export function needsEndpointBalances({ kind, select, condition }: Monitor): boolean {
  if (isBalanceKind(kind)) return false;
  return (
    needsEndpointBalancesOf(select) ||
    needsSideBalances(select) ||
    (kind === "movement" && condition.per === "identity")
  );
}

/** Whether the subjects of a `movement` must be known although nothing moves: fewer than N is true of them too. */
export function needsMembers({ kind, condition }: Monitor): boolean {
  if (kind !== "movement" || condition.per === "selection") return false;
  return condition.operator !== ">" && condition.operator !== ">=";
}
