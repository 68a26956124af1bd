import { formatAmount } from "#app/money/format-amount.ts";

import type { Movement, MovementCondition } from "../definition/monitor.ts";
import { type EvaluationContext, SELECTION, type SubjectResult, type TransactionFacts } from "./facts.ts";
import { allUnknown, resultOf, withUnseen } from "./results.ts";
import { emptyTotal, isMet, movedIn, type WindowTotal } from "./window-totals.ts";

const MINUTE_MS = 60_000;

export function evaluateMovement(
  monitor: Movement,
  { totals, members, problem }: TransactionFacts,
  { now, watching_since, tracked }: EvaluationContext,
): SubjectResult[] {
  if (problem !== undefined) return allUnknown(tracked, problem);
  const { condition } = monitor;
  const windowMs = condition.window_minutes * MINUTE_MS;
  const bySubject = new Map(members.map((member) => [member, emptyTotal(member)]));
  if (condition.per === "selection") bySubject.set(SELECTION, emptyTotal(SELECTION));
  for (const total of totals) bySubject.set(total.subject, total);
  // A window that has not been watched from its start lacks rows, which only "more than" can bear.
  const waits = growsFalse(condition) && now - watching_since < windowMs;
  const results = [...bySubject].flatMap(([subject, total]) => {
    if (!waits) return judge(monitor, total);
    return tracked.has(subject)
      ? resultOf(subject, "unknown", { reason: WAITS })
      : resultOf(subject, "not_met", { reason: WAITS });
  });
  return withUnseen(results, tracked, waits ? WAITS : undefined);
}

const WAITS = "Waits until one full window has been watched.";

/** Whether rows that are not known yet could make it false. */
function growsFalse({ operator }: MovementCondition): boolean {
  return operator !== ">" && operator !== ">=";
}

function judge(monitor: Movement, total: WindowTotal): SubjectResult {
  const { subject, newest, crossing } = total;
  const moved = movedIn(monitor, total);
  if (typeof moved === "string") return resultOf(subject, "unknown", { reason: moved });
  const isTrue = isMet(monitor, total);
  const fallback = newest?.transaction_id ?? (subject === SELECTION ? monitor.select.balance_id : subject);
  return resultOf(subject, isTrue ? "met" : "not_met", {
    entity: (isTrue ? crossing : undefined) ?? fallback,
    value: formatAmount(moved.minor, moved.precision, { grouping: false }),
  });
}
