import type { Silence } from "../definition/monitor.ts";
import { type EvaluationContext, SELECTION, type SubjectResult, type TransactionFacts } from "./facts.ts";
import { allUnknown, resultOf, withUnseen } from "./results.ts";
import { timeInside } from "./schedule/schedule.ts";

const MINUTE_MS = 60_000;

export function evaluateSilence(
  { select, condition, schedule }: Silence,
  { totals, problem }: TransactionFacts,
  { now, watching_since, tracked }: EvaluationContext,
): SubjectResult[] {
  if (problem !== undefined) return allUnknown(tracked, problem);
  const last = totals[0]?.newest;
  const waitMs = condition.minutes * MINUTE_MS;
  // Where the look-back found no row, there was none for that long before watching began.
  const quietSince = last?.at ?? watching_since - waitMs;
  const quietMs = timeInside(schedule, quietSince, now);
  const result = resultOf(SELECTION, quietMs >= waitMs ? "met" : "not_met", {
    entity: select.balance_id ?? last?.transaction_id,
    value: String(Math.floor(quietMs / MINUTE_MS)),
  });
  return withUnseen([result], tracked, undefined);
}
