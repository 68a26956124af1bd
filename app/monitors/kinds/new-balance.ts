import type { NewBalance } from "../definition/monitor.ts";
import type { BalanceFold } from "./evaluate.ts";
import type { EvaluationContext, SubjectResult } from "./facts.ts";
import { resultOf, withProblem } from "./results.ts";
import { selectsBalance } from "./select/select-balances.ts";

export function foldNewBalances({ select }: NewBalance, context: EvaluationContext): BalanceFold {
  const { watching_since, tracked } = context;
  const events = new Map<string, SubjectResult>();
  return {
    add(page) {
      for (const balance of page) {
        const { balance_id, created_at } = balance;
        if (created_at === undefined || created_at < watching_since || tracked.has(balance_id)) continue;
        if (selectsBalance(select, balance)) {
          events.set(balance_id, resultOf(balance_id, "happened", { entity: balance_id }));
        }
      }
    },
    finish: ({ problem }) => withProblem([...events.values()], tracked, problem),
  };
}
