import type { Rejections } from "../definition/monitor.ts";
import { type EvaluationContext, SELECTION, type SubjectResult, type TransactionFacts } from "./facts.ts";
import { allUnknown, resultOf, withUnseen } from "./results.ts";
import { countRows, emptyTotal } from "./window-totals.ts";

export function evaluateRejections(
  { condition }: Rejections,
  { totals, problem }: TransactionFacts,
  { tracked }: EvaluationContext,
): SubjectResult[] {
  if (problem !== undefined) return allUnknown(tracked, problem);
  const [total = emptyTotal(SELECTION)] = totals;
  const rejected = countRows(total);
  const result = resultOf(SELECTION, rejected >= condition.count ? "met" : "not_met", {
    entity: total.newest?.transaction_id,
    value: String(rejected),
  });
  return withUnseen([result], tracked, undefined);
}
