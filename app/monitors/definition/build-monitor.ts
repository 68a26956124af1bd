import type { z } from "zod";

import { parseAmount } from "#app/money/parse-amount.ts";

import {
  type ComparedLimit,
  DAYS,
  type FixedLimit,
  type Monitor,
  type MovementCondition,
  type Mute,
  type Operator,
  type Schedule,
  type Selection,
  type Window,
} from "./monitor.ts";
import type { MonitorJson } from "./monitor-schema.ts";

type JsonOf<Kind extends MonitorJson["kind"]> = Extract<MonitorJson, { kind: Kind }>;
type AnySelection = JsonOf<"transaction_match">["select"];
type Refuse = (path: string, message: string) => void;

/** Turns a monitor's JSON into the monitor, with amounts in minor units; what contradicts itself is refused. */
export function buildMonitor(json: MonitorJson, context: z.core.$RefinementCtx): Monitor {
  const refuse: Refuse = (path, message) =>
    context.addIssue({ code: "custom", path: path.split("."), message });
  const common = {
    name: json.name,
    enabled: json.enabled ?? true,
    severity: json.severity ?? "warning",
    select: selectionOf(json.select),
    schedule: json.schedule && scheduleOf(json.schedule, refuse),
    mute: (json.mute ?? []).map((mute, index) => muteOf(mute, `mute.${index}`, refuse)),
    start: json.start ?? "alert",
    alert: {
      title: json.alert?.title,
      description: json.alert?.description,
      resolve_status: json.alert?.resolve_status,
    },
  } as const;
  switch (json.kind) {
    case "balance_threshold":
      return { ...common, kind: json.kind, condition: thresholdOf(json, refuse) };
    case "transaction_match":
      return { ...common, kind: json.kind, condition: { amount: matchedAmount(json.condition, refuse) } };
    case "stuck_transaction": {
      const { queued_minutes, hold_minutes } = json.condition;
      if (queued_minutes === undefined && hold_minutes === undefined) {
        refuse("condition", "needs queued_minutes, hold_minutes or both");
      }
      return { ...common, kind: json.kind, condition: { queued_minutes, hold_minutes } };
    }
    case "rejections":
      refuseOtherStatus(json.select.status, "REJECTED", refuse);
      return { ...common, kind: json.kind, condition: json.condition };
    case "movement":
      refuseOtherStatus(json.select.status, "APPLIED", refuse);
      return { ...common, kind: json.kind, condition: movementOf(json, refuse) };
    case "silence":
      refuseOtherStatus(json.select.status, "APPLIED", refuse);
      return { ...common, kind: json.kind, condition: json.condition };
    case "new_balance":
    case "ledger_imbalance":
    case "overheld":
    case "negative_balance":
    case "double_refund":
    case "applied_after_rejected":
      return { ...common, kind: json.kind, condition: {} };
  }
}

function selectionOf({ meta_data, status, ...rest }: AnySelection): Selection {
  const selection: Selection = {};
  // The schema's optional fields may be there as undefined.
  for (const [key, value] of Object.entries(rest))
    if (value !== undefined) Object.assign(selection, { [key]: value });
  if (status !== undefined) selection.status = status.toUpperCase();
  if (meta_data !== undefined) {
    selection.meta_data = Object.fromEntries(
      Object.entries(meta_data).map(([path, value]) => [
        path,
        typeof value === "bigint" ? String(value) : value,
      ]),
    );
  }
  return selection;
}

function thresholdOf({ condition }: JsonOf<"balance_threshold">, refuse: Refuse) {
  const { field, operator, per = "balance", for_minutes = 0, compare } = condition;
  if (compare === undefined)
    return { field, operator, per, for_minutes, limit: fixedLimit(condition, refuse) };
  if (condition.value !== undefined) refuse("condition.value", "and compare exclude each other");
  if (condition.rearm !== undefined) refuse("condition.rearm", "goes with a value, not with compare");
  return { field, operator, per, for_minutes, limit: comparedLimit(compare, condition.precision, refuse) };
}

function fixedLimit(condition: JsonOf<"balance_threshold">["condition"], refuse: Refuse): FixedLimit {
  if (condition.value === undefined) refuse("condition.value", "is missing: give a value or compare");
  const precision = precisionOf(condition.precision, refuse);
  const value = amountOf(condition.value ?? "0", precision, "condition.value", refuse);
  if (condition.rearm === undefined) return { type: "fixed", value, precision, rearm: undefined };
  const rearm = amountOf(condition.rearm, precision, "condition.rearm", refuse);
  if (!isQuiet(rearm, condition.operator, value)) {
    refuse("condition.rearm", "must lie on the quiet side of the value, and goes with < <= > >= only");
  }
  return { type: "fixed", value, precision, rearm };
}

function isQuiet(rearm: bigint, operator: Operator, value: bigint): boolean {
  switch (operator) {
    case "<":
      return rearm >= value;
    case "<=":
      return rearm > value;
    case ">":
      return rearm <= value;
    case ">=":
      return rearm < value;
    case "=":
    case "!=":
      return false;
  }
}

type Compare = NonNullable<JsonOf<"balance_threshold">["condition"]["compare"]>;

function comparedLimit(
  compare: Compare,
  precision: number | bigint | undefined,
  refuse: Refuse,
): ComparedLimit {
  const { select, field, plus = "0" } = compare;
  const compared = { type: "compared", select: selectionOf(select), field } as const;
  if (precision === undefined && parseAmount(plus, 1n) === 0n)
    return { ...compared, plus: 0n, precision: undefined };
  const units = precisionOf(precision, refuse);
  return { ...compared, plus: amountOf(plus, units, "condition.compare.plus", refuse), precision: units };
}

function matchedAmount(
  { amount_operator: operator, value, precision }: JsonOf<"transaction_match">["condition"],
  refuse: Refuse,
) {
  if (operator === undefined && value === undefined) {
    if (precision !== undefined) refuse("condition.precision", "goes with amount_operator and value");
    return undefined;
  }
  if (operator === undefined || value === undefined) {
    refuse(`condition.${operator === undefined ? "amount_operator" : "value"}`, "is missing");
    return undefined;
  }
  const units = precisionOf(precision, refuse);
  return { operator, value: amountOf(value, units, "condition.value", refuse), precision: units };
}

function movementOf({ select, condition }: JsonOf<"movement">, refuse: Refuse): MovementCondition {
  const { measure, direction, operator, window_minutes, per = "selection" } = condition;
  const { balance_id, indicator, ledger_id, identity_id } = select;
  if (direction === "net" && per === "selection" && !(balance_id ?? indicator ?? ledger_id ?? identity_id)) {
    refuse(
      "condition.direction",
      "net needs balances that it flows into and out of: select some, or use per",
    );
  }
  const precision = measure === "count" ? 1n : precisionOf(condition.precision, refuse);
  const value = amountOf(condition.value, precision, "condition.value", refuse);
  const limit = measure === "count" ? { measure, value } : { measure, value, precision };
  return { direction, operator, limit, window_minutes, per };
}

function refuseOtherStatus(status: string | undefined, counted: string, refuse: Refuse): void {
  if (status !== undefined && status.toUpperCase() !== counted) {
    refuse("select.status", `can only be ${counted}, which is all that this kind counts`);
  }
}

const MAX_PRECISION = 10n ** 18n;

function precisionOf(precision: number | bigint | undefined, refuse: Refuse): bigint {
  const path = "condition.precision";
  if (precision === undefined)
    refuse(path, "is missing: say how many minor units make one major unit, such as 100");
  else if (typeof precision === "number" && !Number.isInteger(precision))
    refuse(path, "must be a whole number");
  else {
    const units = BigInt(precision);
    if (units < 1n || units > MAX_PRECISION) refuse(path, "must be at least 1 and at most 10^18");
    // So that the export can write it as a plain JSON number.
    else if (BigInt(Number(units)) !== units) refuse(path, "has more digits than a JSON number holds");
    else return units;
  }
  return 1n;
}

const AMOUNT_WORDS = {
  empty: "must be a decimal such as 10.50",
  not_a_number: "must be a decimal such as 10.50",
  too_long: "must be at most 60 characters",
  not_whole: "times precision must be a whole number",
};

function amountOf(text: string, precision: bigint, path: string, refuse: Refuse): bigint {
  const amount = parseAmount(text, precision);
  if (typeof amount === "bigint") return amount;
  refuse(path, AMOUNT_WORDS[amount]);
  return 0n;
}

type WindowJson = Omit<NonNullable<MonitorJson["schedule"]>, "at">;

function scheduleOf(json: NonNullable<MonitorJson["schedule"]>, refuse: Refuse): Schedule {
  return { ...windowOf(json, "schedule", refuse), at: json.at === undefined ? undefined : minuteOf(json.at) };
}

function muteOf(json: NonNullable<MonitorJson["mute"]>[number], path: string, refuse: Refuse): Mute {
  const { until, ...window } = json;
  if (until !== undefined) {
    if (Object.values(window).some((value) => value !== undefined))
      refuse(path, "is either until a time or a window");
    return { type: "until", until: typeof until === "number" ? until : Date.parse(until) };
  }
  if (window.days === undefined && window.from === undefined)
    refuse(path, "needs until, days, or from and to");
  return { type: "window", ...windowOf(window, path, refuse) };
}

function windowOf({ days, from, to, time_zone }: WindowJson, path: string, refuse: Refuse): Window {
  const window = { days: DAYS.filter((day) => days?.includes(day) ?? true), time_zone: time_zone ?? "UTC" };
  if (from === undefined && to === undefined) return { ...window, hours: undefined };
  if (from === undefined || to === undefined)
    refuse(`${path}.${from === undefined ? "from" : "to"}`, "is missing");
  else if (from === to) refuse(`${path}.to`, "must differ from from; leave both out for the whole day");
  return { ...window, hours: { from: minuteOf(from ?? "00:00"), to: minuteOf(to ?? "00:00") } };
}

/** "09:30" as minutes from midnight. */
function minuteOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}
