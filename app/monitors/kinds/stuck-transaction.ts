import type { Transaction } from "#app/platform/blnk/records.ts";
import { remainingOf } from "#app/platform/blnk/remaining-of.ts";

import type { StuckCondition, StuckTransaction } from "../definition/monitor.ts";
import type { Chain, EvaluationContext, SubjectResult, TransactionFacts } from "./facts.ts";
import { resultOf, withUnseen } from "./results.ts";
import { selectsTransaction } from "./select/select-transactions.ts";

const MINUTE_MS = 60_000;

export function evaluateStuck(
  monitor: StuckTransaction,
  { chains, problem }: TransactionFacts,
  context: EvaluationContext,
): SubjectResult[] {
  return withUnseen(judgeChains(monitor, chains, context), context.tracked, problem);
}

/** Results of some of the chains, but for those that are well and were not stuck before. */
export function judgeChains(
  { select, condition }: StuckTransaction,
  chains: readonly Chain[],
  { now, tracked }: EvaluationContext,
): SubjectResult[] {
  return chains.flatMap((chain) => {
    // Not by the balances of fresh rows: of a hold that only waits there are none.
    const endpointBalances = (id: string) => chain.ends.find(({ balance_id }) => balance_id === id);
    const rows = chain.rows.filter((row) => selectsTransaction(select, row, endpointBalances));
    if (rows.length === 0) return [];
    const result = judge({ ...chain, rows }, chain.rows, condition, now);
    return result.outcome === "not_met" && !tracked.has(chain.chain_id) ? [] : [result];
  });
}

/** The selected rows of a chain are judged; all of them tell what became of each. */
function judge(
  { chain_id, rows }: Chain,
  all: readonly Transaction[],
  condition: StuckCondition,
  now: number,
): SubjectResult {
  for (const row of rows) {
    const wait = waitOf(row, all, condition);
    if (wait === undefined) continue;
    const entity = row.transaction_id;
    if ("reason" in wait) return resultOf(chain_id, "unknown", { entity, reason: wait.reason });
    const waited = now - wait.since;
    if (waited > wait.minutes * MINUTE_MS) {
      return resultOf(chain_id, "met", { entity, value: String(Math.floor(waited / MINUTE_MS)) });
    }
  }
  return resultOf(chain_id, "not_met", { entity: chain_id });
}

type Wait = { since: number; minutes: number } | { reason: string };

/** Since when a row waits and how long it may; undefined when it does not, or not of the kind that is asked for. */
function waitOf(
  row: Transaction,
  all: readonly Transaction[],
  { queued_minutes, hold_minutes }: StuckCondition,
): Wait | undefined {
  const { status, created_at, scheduled_for } = row;
  const children = all.filter(({ parent_transaction }) => parent_transaction === row.transaction_id);
  if (status === "QUEUED" || status === "SCHEDULED") {
    if (queued_minutes === undefined || children.length > 0) return undefined;
    return created_at === undefined
      ? { reason: "When it was queued could not be read." }
      : { since: Math.max(created_at, scheduled_for ?? 0), minutes: queued_minutes };
  }
  if (status !== "INFLIGHT" || hold_minutes === undefined) return undefined;
  const remaining = remainingOf(row, all);
  if (remaining !== undefined && remaining <= 0n) return undefined;
  return remaining === undefined || created_at === undefined
    ? { reason: "What remains of the hold, or since when, could not be read." }
    : { since: created_at, minutes: hold_minutes };
}
