import type { Rejections } from "../definition/monitor.ts";
import { type EvaluationContext, SELECTION, type SubjectResult, type TransactionFacts } from "./facts.ts";
import { newestOf } from "./newest-of.ts";
import { allUnknown, resultOf, withUnseen } from "./results.ts";

const MINUTE_MS = 60_000;

export function evaluateRejections(
  { condition }: Rejections,
  { entries, problem }: TransactionFacts,
  { now, tracked }: EvaluationContext,
): SubjectResult[] {
  if (problem !== undefined) return allUnknown(tracked, problem);
  const from = now - condition.window_minutes * MINUTE_MS;
  const rejected = entries.filter(({ at }) => at >= from && at <= now);
  const result = resultOf(SELECTION, rejected.length >= condition.count ? "holds" : "clear", {
    entity: newestOf(entries, now)?.transaction_id,
    value: String(rejected.length),
  });
  return withUnseen([result], tracked, undefined);
}
