import { formatAmount } from "#app/money/format-amount.ts";

import type { MatchCondition, TransactionMatch } from "../definition/monitor.ts";
import { amountSatisfies } from "./compare.ts";
import { countedAt } from "./counted-at.ts";
import type { EvaluationContext, SeenTransaction, SubjectResult, TransactionFacts } from "./facts.ts";
import { resultOf, withProblem } from "./results.ts";
import { selectsTransaction } from "./select/select-transactions.ts";

/** One event per chain, at the first of its rows that matches. */
export function evaluateMatches(
  { select, condition }: TransactionMatch,
  { rows, endpointBalances, problem }: TransactionFacts,
  { watching_since, tracked }: EvaluationContext,
): SubjectResult[] {
  const events = new Map<string, SubjectResult>();
  let unreadable: string | undefined;
  for (const row of rows.toSorted(byTime)) {
    if (countedAt(row) < watching_since || tracked.has(row.chain_id) || events.has(row.chain_id)) continue;
    if (!selectsTransaction(select, row, endpointBalances)) continue;
    const matches = hasAmount(condition, row);
    if (matches === undefined) unreadable ??= `The amount of ${row.transaction_id} could not be read.`;
    else if (matches) events.set(row.chain_id, eventOf(row));
  }
  return withProblem([...events.values()], tracked, problem ?? unreadable);
}

/** The chains that `evaluateMatches` has to know of whether they were counted before. */
export function matchedChains(
  { select, condition }: TransactionMatch,
  { rows, endpointBalances }: Pick<TransactionFacts, "rows" | "endpointBalances">,
): string[] {
  const matched = rows.filter(
    (row) => hasAmount(condition, row) !== false && selectsTransaction(select, row, endpointBalances),
  );
  return [...new Set(matched.map(({ chain_id }) => chain_id))];
}

/** Undefined: the row does not say. */
export function hasAmount(
  { amount }: MatchCondition,
  { precise_amount, precision }: Pick<SeenTransaction, "precise_amount" | "precision">,
): boolean | undefined {
  if (amount === undefined) return true;
  if (precise_amount === undefined || precision === undefined || precision < 1n) return undefined;
  return amountSatisfies({ minor: precise_amount, precision }, amount.operator, {
    minor: amount.value,
    precision: amount.precision,
  });
}

function eventOf({ chain_id, transaction_id, precise_amount, precision }: SeenTransaction): SubjectResult {
  const readable = precise_amount !== undefined && precision !== undefined && precision >= 1n;
  return resultOf(chain_id, "happened", {
    entity: transaction_id,
    ...(readable && { value: formatAmount(precise_amount, precision, { grouping: false }) }),
  });
}

/** An outcome has its queued row's time, so that what was seen first goes first. */
function byTime(a: SeenTransaction, b: SeenTransaction): number {
  return countedAt(a) - countedAt(b) || a.first_seen_at - b.first_seen_at || stage(a) - stage(b);
}

function stage({ transaction_id, chain_id }: SeenTransaction): number {
  return transaction_id === chain_id ? 0 : 1;
}
