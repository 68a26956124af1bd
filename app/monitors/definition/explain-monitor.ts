import { formatAmount } from "#app/money/format-amount.ts";

import type {
  ComparedLimit,
  Direction,
  FixedLimit,
  Monitor,
  MovementCondition,
  Operator,
  Schedule,
  Selection,
  StuckCondition,
  ThresholdCondition,
} from "./monitor.ts";
import { writeClock } from "./write-clock.ts";

/** What a monitor watches for, in one sentence: "Alert once when available on @treasury falls below USD 10,000.00." */
export function explainMonitor(monitor: Monitor): string {
  return `Alert once ${explainCondition(monitor)}${explainSchedule(monitor.schedule)}.`;
}

function explainCondition(monitor: Monitor): string {
  const { kind, select, condition } = monitor;
  switch (kind) {
    case "balance_threshold":
      return `when ${explainThreshold(select, condition)}`;
    case "transaction_match": {
      const { amount } = condition;
      const limit = amount ? ` whose amount ${RELATIONS[amount.operator]} ${money(select, amount)}` : "";
      return `for each transaction${explainSelection(select, { currency: amount === undefined })}${limit}`;
    }
    case "stuck_transaction":
      return `when a transaction${explainSelection(select)} ${explainWaits(condition)}`;
    case "rejections":
      return `when ${condition.count} or more transactions${explainSelection(select)} are rejected within ${minutes(condition.window_minutes)}`;
    case "movement":
      return `when ${explainMovement(select, condition)}`;
    case "silence":
      return `when no transaction${explainSelection(select)} has been applied for ${minutes(condition.minutes)}`;
    case "new_balance":
      return `for each new balance${explainSelection(select)}`;
    case "double_refund":
      return `for each transaction${explainSelection(select)} that is refunded more than once`;
    case "applied_after_rejected":
      return `for each transaction${explainSelection(select)} that was rejected and is applied all the same`;
    case "overheld":
      return `when holds take more from a balance${explainSelection(select)} than it has, and no overdraft allows it`;
    case "negative_balance":
      return `when a balance${explainSelection(select)} falls below zero, and no overdraft allows it`;
    case "ledger_imbalance":
      return `when the balances${explainSelection(select)}, or the inflight balances, of a currency miss zero by the same amount in three reads in a row`;
  }
}

/** For what is read again and again: a value that was on the other side before. */
const CHANGES: Record<Operator, string> = {
  "<": "falls below",
  "<=": "falls to or below",
  ">": "rises above",
  ">=": "rises to or above",
  "=": "becomes exactly",
  "!=": "becomes anything but",
};

/** For what never changes. */
const RELATIONS: Record<Operator, string> = {
  "<": "is below",
  "<=": "is at most",
  ">": "is above",
  ">=": "is at least",
  "=": "is exactly",
  "!=": "is not",
};

function explainThreshold(select: Selection, condition: ThresholdCondition): string {
  const { field, operator, per, limit, for_minutes } = condition;
  const where = { preposition: "on", currency: limit.type === "compared" };
  const what =
    per === "total"
      ? `the total ${words(field)}${explainSelection(select, { ...where, preposition: "of" })}`
      : `${words(field)}${explainSelection(select, where) || " on any balance"}`;
  const wait = for_minutes > 0 ? ` and stays so for ${minutes(for_minutes)}` : "";
  const line = limit.type === "fixed" ? money(select, limit) : explainTotal(limit);
  return `${what} ${CHANGES[operator]} ${line}${wait}${explainRearm(limit, operator)}`;
}

function explainTotal({ select, field, plus, precision }: ComparedLimit): string {
  const margin =
    precision === undefined || plus === 0n
      ? ""
      : ` ${plus < 0n ? "minus" : "plus"} ${formatAmount(plus < 0n ? -plus : plus, precision)}`;
  return `the total ${words(field)}${explainSelection(select)}${margin}`;
}

function explainRearm(limit: FixedLimit | ComparedLimit, operator: Operator): string {
  if (limit.type === "compared" || limit.rearm === undefined) return "";
  const side = operator === "<" || operator === "<=" ? "more" : "less";
  return `; again only after it has been back at ${formatAmount(limit.rearm, limit.precision)} or ${side}`;
}

function explainWaits({ queued_minutes, hold_minutes }: StuckCondition): string {
  const waits: string[] = [];
  if (queued_minutes !== undefined) {
    waits.push(`has been queued for more than ${minutes(queued_minutes)} without an outcome`);
  }
  if (hold_minutes !== undefined) {
    waits.push(`has been held for more than ${minutes(hold_minutes)} with a remainder`);
  }
  return waits.join(", or ");
}

const FLOWS: Record<Direction, string> = {
  in: "in",
  out: "out",
  both: "in or out",
  net: "in, less what moves out",
};

function explainMovement(select: Selection, condition: MovementCondition): string {
  const { direction, operator, limit, window_minutes, per } = condition;
  const sum = limit.measure === "sum";
  const what = sum ? "the sum" : "the number of transactions";
  const whose = per === "selection" ? "" : ` at any one ${per}`;
  const value = sum ? money(select, limit) : limit.value.toString();
  const selected = explainSelection(select, { currency: !sum });
  return `${what} that moves ${FLOWS[direction]}${whose}${selected} within ${minutes(window_minutes)} ${CHANGES[operator]} ${value}`;
}

type SelectionWords = { preposition?: string; /** Off where an amount says it. */ currency?: boolean };

/** " of ledger ldg_1 with status APPLIED", or nothing when everything is selected. */
function explainSelection(
  select: Selection,
  { preposition = "of", currency = true }: SelectionWords = {},
): string {
  const { indicator, balance_id, is_refund, backdated_days, meta_data = {} } = select;
  const parts: [given: unknown, words: string][] = [
    [indicator, `${preposition} ${indicator}`],
    [balance_id, `${preposition} ${balance_id}`],
    [select.ledger_id, `${preposition} ledger ${select.ledger_id}`],
    [select.identity_id, `${preposition} identity ${select.identity_id}`],
    [currency ? select.currency : undefined, `in ${select.currency}`],
    [select.status, `with status ${select.status}`],
    [select.source, `from ${select.source}`],
    [select.destination, `to ${select.destination}`],
    [select.description_contains, `whose description contains “${select.description_contains}”`],
    [select.reference_contains, `whose reference contains “${select.reference_contains}”`],
    [is_refund, is_refund ? "that is a refund" : "that is no refund"],
    [backdated_days, `backdated by ${count(backdated_days ?? 0, "day")} or more`],
    ...Object.entries(meta_data).map(([path, value]): [string, string] => [path, `with ${path} “${value}”`]),
  ];
  return parts.map(([given, words]) => (given === undefined ? "" : ` ${words}`)).join("");
}

function explainSchedule(schedule: Schedule | undefined): string {
  if (schedule === undefined) return "";
  const { days, hours, at, time_zone } = schedule;
  const when = days.length === 7 ? "every day" : `on ${days.join(", ")}`;
  const span = hours ? ` from ${writeClock(hours.from)} to ${writeClock(hours.to)}` : "";
  const check = at === undefined ? "" : ` at ${writeClock(at)}`;
  return `, looking ${when}${span}${check} (${time_zone})`;
}

function money({ currency }: Selection, { value, precision }: { value: bigint; precision: bigint }): string {
  return formatAmount(value, precision, currency === undefined ? {} : { currency });
}

function words(field: string): string {
  return field.replaceAll("_", " ");
}

function minutes(number: number): string {
  if (number > 0 && number % 1_440 === 0) return count(number / 1_440, "day");
  return number > 0 && number % 60 === 0 ? count(number / 60, "hour") : count(number, "minute");
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}
