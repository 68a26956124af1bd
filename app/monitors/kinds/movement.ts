import { formatAmount } from "#app/money/format-amount.ts";

import type { Movement, MovementCondition } from "../definition/monitor.ts";
import { addAmounts, type Amount, amountHolds } from "./compare.ts";
import {
  type EvaluationContext,
  SELECTION,
  type SubjectResult,
  type TransactionFacts,
  type WindowEntry,
} from "./facts.ts";
import { allUnknown, resultOf, withUnseen } from "./results.ts";

const MINUTE_MS = 60_000;

export function evaluateMovement(
  monitor: Movement,
  { entries, members, problem }: TransactionFacts,
  { now, watching_since, tracked }: EvaluationContext,
): SubjectResult[] {
  if (problem !== undefined) return allUnknown(tracked, problem);
  const { condition } = monitor;
  const windowMs = condition.window_minutes * MINUTE_MS;
  const bySubject = new Map<string, WindowEntry[]>(members.map((member) => [member, []]));
  if (condition.per === "selection") bySubject.set(SELECTION, []);
  for (const entry of entries) {
    if (entry.at > now) continue;
    const list = bySubject.get(entry.subject);
    if (list) list.push(entry);
    else bySubject.set(entry.subject, [entry]);
  }
  // A window that has not been watched from its start lacks rows, which only "more than" can bear.
  const waits = growsFalse(condition) && now - watching_since < windowMs;
  const results = [...bySubject].flatMap(([subject, all]) => {
    if (!waits) return judge(monitor, subject, all.toSorted(byTime), now - windowMs);
    return tracked.has(subject)
      ? resultOf(subject, "unknown", { reason: WAITS })
      : resultOf(subject, "clear", { reason: WAITS });
  });
  return withUnseen(results, tracked, waits ? WAITS : undefined);
}

const WAITS = "Waits until one full window has been watched.";

/** Whether rows that are not known yet could make it false. */
function growsFalse({ operator }: MovementCondition): boolean {
  return operator !== ">" && operator !== ">=";
}

function judge(
  { select, condition }: Movement,
  subject: string,
  entries: WindowEntry[],
  from: number,
): SubjectResult {
  const { operator, limit } = condition;
  const target: Amount = { minor: limit.value, precision: limit.measure === "sum" ? limit.precision : 1n };
  const inWindow = entries.filter(({ at }) => at >= from);
  const currencies = new Set(inWindow.map(({ currency }) => currency));
  if (limit.measure === "sum" && currencies.size > 1) {
    return resultOf(subject, "unknown", { reason: "Rows in several currencies moved in the window." });
  }
  let total: Amount = { minor: 0n, precision: target.precision };
  let isTrue = amountHolds(total, operator, target);
  let crossing: string | undefined;
  for (const entry of inWindow) {
    const part = partOf(entry, condition);
    if (part === undefined) {
      return resultOf(subject, "unknown", {
        reason: `The amount of ${entry.transaction_id} could not be read.`,
      });
    }
    total = addAmounts(total, part);
    const holdsNow = amountHolds(total, operator, target);
    if (holdsNow && !isTrue) crossing = entry.transaction_id;
    isTrue = holdsNow;
  }
  const fallback = entries.at(-1)?.transaction_id ?? (subject === SELECTION ? select.balance_id : subject);
  return resultOf(subject, isTrue ? "holds" : "clear", {
    entity: crossing ?? fallback,
    value: formatAmount(total.minor, total.precision, { grouping: false }),
  });
}

/** What an entry adds; undefined when its amount could not be read. */
function partOf(
  { flow, amount, precision }: WindowEntry,
  { direction, limit }: MovementCondition,
): Amount | undefined {
  const sign = direction === "net" && flow === "out" ? -1n : 1n;
  if (limit.measure === "count") return { minor: sign, precision: 1n };
  if (amount === undefined || precision === undefined || precision < 1n) return undefined;
  return { minor: sign * amount, precision };
}

/** Ties by id, so that the row that crossed is the same one at each read. */
function byTime(a: WindowEntry, b: WindowEntry): number {
  return a.at - b.at || (a.transaction_id < b.transaction_id ? -1 : 1);
}
