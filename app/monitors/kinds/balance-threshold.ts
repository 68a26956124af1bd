import { hasMoved } from "#app/platform/blnk/has-moved.ts";
import type { Balance } from "#app/platform/blnk/records.ts";
import { currencyPrecision } from "#app/money/currency-precision.ts";
import { formatAmount } from "#app/money/format-amount.ts";

import type { BalanceThreshold, FixedLimit, ThresholdCondition } from "../definition/monitor.ts";
import { createCurrencies, fieldOf, foldTotal } from "./balance-total.ts";
import { satisfies } from "./compare.ts";
import type { BalanceFold } from "./evaluate.ts";
import {
  type EvaluationContext,
  type Outcome,
  SELECTION,
  SHOWN_SUBJECTS,
  type SubjectResult,
} from "./facts.ts";
import { allUnknown, resultOf, withUnseen } from "./results.ts";
import { selectsBalance } from "./select/select-balances.ts";

/** One more than are shown: it tells a selection that is too large for that. */
const QUIET_RESULTS = SHOWN_SUBJECTS + 1;

export function foldThreshold(monitor: BalanceThreshold, context: EvaluationContext): BalanceFold {
  return monitor.condition.per === "total" ? foldTotals(monitor, context) : foldEach(monitor, context);
}

function foldTotals({ select, condition }: BalanceThreshold, { tracked }: EvaluationContext): BalanceFold {
  const total = foldTotal(select, condition.field);
  const limit = foldLimit(condition);
  return {
    add(page) {
      for (const balance of page) {
        total.add(balance);
        limit.add(balance);
      }
    },
    finish({ problem }) {
      if (problem !== undefined) return allUnknown(tracked, problem);
      const sum = total.finish();
      if (typeof sum === "string") return allUnknown(tracked, sum);
      const line = limit.finish(sum.currency);
      if (typeof line === "string") return allUnknown(tracked, line);
      const outcome = outcomeOf(sum.sum, condition.operator, line);
      const result = judgement(SELECTION, sum.largest, sum.sum, outcome, line);
      return withUnseen([result], tracked, undefined);
    },
  };
}

function foldEach({ select, condition }: BalanceThreshold, { tracked }: EvaluationContext): BalanceFold {
  const limit = foldLimit(condition);
  const currencies = createCurrencies();
  const fixed = condition.limit.type === "fixed" ? fixedLine(condition.limit) : undefined;
  // Compared with a total, nothing can be judged before the end.
  const readings = new Map<string, bigint>();
  const results = new Map<string, SubjectResult>();
  let quiet = 0;

  function read(balance: Balance): void {
    const { balance_id } = balance;
    currencies.add(balance);
    // A balance that was picked by its id is meant, moved or not.
    if (select.balance_id === undefined && !hasMoved(balance)) return;
    const value = fieldOf(balance, condition.field);
    if (value === undefined) {
      const reason = `Its ${condition.field} could not be read.`;
      results.set(balance_id, resultOf(balance_id, "unknown", { entity: balance_id, reason }));
    } else if (fixed === undefined) readings.set(balance_id, value);
    else weigh(balance_id, value, fixed);
  }

  /** Most balances of a large selection end here: nothing is made of those that need not be kept. */
  function weigh(id: string, value: bigint, line: Line): void {
    const outcome = outcomeOf(value, condition.operator, line);
    if (outcome === "not_met" && !tracked.has(id)) {
      if (quiet === QUIET_RESULTS) return;
      quiet += 1;
    }
    results.set(id, judgement(id, id, value, outcome, line));
  }

  return {
    add(page) {
      for (const balance of page) {
        limit.add(balance);
        if (selectsBalance(select, balance)) read(balance);
      }
    },
    finish({ problem, currencies: known }) {
      if (problem !== undefined && condition.limit.type === "compared") return allUnknown(tracked, problem);
      const currency = problem === undefined ? currencies.finish("The selection", known) : { currency: "" };
      if ("reason" in currency)
        return currency.empty
          ? nothingSelected(tracked, currency.reason)
          : allUnknown(tracked, currency.reason);
      const line = limit.finish(currency.currency);
      if (typeof line === "string") return allUnknown(tracked, line);
      for (const [id, value] of readings) weigh(id, value, line);
      return withUnseen([...results.values()], tracked, problem);
    },
  };
}

/** The subjects that there were have left it, and of the selection as a whole there is nothing to tell. */
function nothingSelected(tracked: ReadonlySet<string>, reason: string): SubjectResult[] {
  return withUnseen([resultOf(SELECTION, "unknown", { reason })], tracked, undefined);
}

/** What a value is held against. `compared_to` is set where that is another selection's total. */
type Line = { value: bigint; rearm: bigint | undefined; precision: bigint; compared: boolean };

function fixedLine({ value, rearm, precision }: FixedLimit): Line {
  return { value, rearm, precision, compared: false };
}

function foldLimit({ limit }: ThresholdCondition): {
  add: (balance: Balance) => void;
  /** For values in a currency: the line, or why there is none. */
  finish: (currency: string) => Line | string;
} {
  if (limit.type === "fixed") return { add: () => undefined, finish: () => fixedLine(limit) };
  const total = foldTotal(limit.select, limit.field, "The selection compared with");
  return {
    add: total.add,
    finish(currency) {
      const sum = total.finish();
      if (typeof sum === "string") return sum;
      if (sum.currency !== currency) {
        return `${currency} cannot be compared with ${sum.currency}.`;
      }
      const precision = limit.precision ?? currencyPrecision(currency);
      return { value: sum.sum + limit.plus, rearm: undefined, precision, compared: true };
    },
  };
}

function judgement(
  subject: string,
  entity: string,
  value: bigint,
  outcome: Outcome,
  { value: limit, precision, compared }: Line,
): SubjectResult {
  const decimal = (minor: bigint) => formatAmount(minor, precision, { grouping: false });
  return resultOf(subject, outcome, {
    entity,
    value: decimal(value),
    ...(compared && { compared_to: decimal(limit) }),
  });
}

function outcomeOf(
  value: bigint,
  operator: ThresholdCondition["operator"],
  { value: limit, rearm }: Line,
): Outcome {
  if (satisfies(value, operator, limit)) return "met";
  if (rearm === undefined) return "not_met";
  const isBack = operator === "<" || operator === "<=" ? value >= rearm : value <= rearm;
  return isBack ? "not_met" : "between";
}
