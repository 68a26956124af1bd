import { formatAmount } from "#app/money/format-amount.ts";
import { MAX_AMOUNT_LENGTH } from "#app/money/parse-amount.ts";

import type { Monitor, Mute, Window } from "./monitor.ts";
import type { MonitorJson } from "./monitor-schema.ts";
import { writeClock } from "./write-clock.ts";

/** The monitor in the fixed JSON, defaults written out; `readMonitor` gives the same monitor back. */
export function writeMonitor(monitor: Monitor): MonitorJson {
  const { schedule, alert } = monitor;
  const common = {
    name: monitor.name,
    enabled: monitor.enabled,
    severity: monitor.severity,
    ...(schedule && {
      schedule: {
        ...writeWindow(schedule),
        ...(schedule.at !== undefined && { at: writeClock(schedule.at) }),
      },
    }),
    mute: monitor.mute.map(writeMute),
    start: monitor.start,
    ...(Object.values(alert).some((text) => text !== undefined) && { alert: withoutUndefined(alert) }),
  };
  const { select } = monitor;
  switch (monitor.kind) {
    case "balance_threshold":
      return { ...common, kind: monitor.kind, select, condition: writeThreshold(monitor.condition) };
    case "transaction_match":
      return { ...common, kind: monitor.kind, select, condition: writeMatch(monitor.condition) };
    case "stuck_transaction":
      return { ...common, kind: monitor.kind, select, condition: withoutUndefined(monitor.condition) };
    case "rejections":
      return { ...common, kind: monitor.kind, select, condition: monitor.condition };
    case "movement":
      return { ...common, kind: monitor.kind, select, condition: writeMovement(monitor.condition) };
    case "silence":
      return { ...common, kind: monitor.kind, select, condition: monitor.condition };
    case "new_balance":
      return { ...common, kind: monitor.kind, select, condition: {} };
    case "ledger_imbalance":
      return { ...common, kind: monitor.kind, select, condition: {} };
    case "overheld":
    case "negative_balance":
      return { ...common, kind: monitor.kind, select, condition: {} };
    case "double_refund":
    case "applied_after_rejected":
      return { ...common, kind: monitor.kind, select, condition: {} };
  }
}

type ConditionOf<Kind extends Monitor["kind"]> = Extract<Monitor, { kind: Kind }>["condition"];
type WrittenCondition<Kind extends Monitor["kind"]> = Extract<MonitorJson, { kind: Kind }>["condition"];

function writeThreshold({
  limit,
  ...rest
}: ConditionOf<"balance_threshold">): WrittenCondition<"balance_threshold"> {
  if (limit.type === "fixed") {
    const { value, precision, rearm } = limit;
    return {
      ...rest,
      value: decimal(value, precision),
      precision: Number(precision),
      ...(rearm !== undefined && { rearm: decimal(rearm, precision) }),
    };
  }
  const { select, field, plus, precision } = limit;
  return {
    ...rest,
    compare: { select, field, plus: decimal(plus, precision ?? 1n) },
    ...(precision !== undefined && { precision: Number(precision) }),
  };
}

function writeMatch({ amount }: ConditionOf<"transaction_match">): WrittenCondition<"transaction_match"> {
  if (amount === undefined) return {};
  const { operator, value, precision } = amount;
  return { amount_operator: operator, value: decimal(value, precision), precision: Number(precision) };
}

function writeMovement({ limit, ...rest }: ConditionOf<"movement">): WrittenCondition<"movement"> {
  return limit.measure === "count"
    ? { ...rest, measure: limit.measure, value: limit.value.toString() }
    : {
        ...rest,
        measure: limit.measure,
        value: decimal(limit.value, limit.precision),
        precision: Number(limit.precision),
      };
}

function writeMute(mute: Mute) {
  return mute.type === "until" ? { until: mute.until } : writeWindow(mute);
}

function writeWindow({ days, hours, time_zone }: Window) {
  return {
    days: [...days],
    ...(hours && { from: writeClock(hours.from), to: writeClock(hours.to) }),
    time_zone,
  };
}

/**
 * Every amount here was once a decimal of a length that is read again: where its decimals do not fit, the zeros at its end
 * were not there. A precision such as 60 has to be reduced before it shows as a decimal again.
 */
function decimal(minor: bigint, precision: bigint): string {
  const text = formatAmount(minor, precision, { grouping: false });
  if (!text.includes("/")) return text.length > MAX_AMOUNT_LENGTH ? text.replace(/\.?0+$/, "") : text;
  const denominator = BigInt(text.slice(text.indexOf("/") + 1));
  const scale = precision / denominator;
  return formatAmount(minor / scale, denominator, { grouping: false });
}

type WithoutUndefined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(fields: T): WithoutUndefined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as WithoutUndefined<T>;
}
