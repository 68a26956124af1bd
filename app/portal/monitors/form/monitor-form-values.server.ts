import type { Monitor } from "#app/monitors/definition/monitor.ts";
import { MAX_MUTES, type MonitorJson } from "#app/monitors/definition/monitor-schema.ts";
import { writeMonitor } from "#app/monitors/definition/write-monitor.ts";

import type { FormKind } from "./form-kind.ts";

/** Text by field, nested as the fields' names are. */
export type FormValues = { [name: string]: FormValue };
type FormValue = string | FormValue[] | FormValues;

/** A monitor as its form shows it. */
export function monitorFormValues(monitor: Monitor): FormValues {
  const { id: _, state: __, incidents: ___, mute = [], select, condition, ...json } = writeMonitor(monitor);
  return {
    ...fieldsOf(json),
    select: selectionValues(select),
    condition: conditionValues(condition),
    // The empty row takes another window, while there may be another.
    mute: [
      ...mute.filter(({ until }) => until === undefined).map(fieldsOf),
      ...(mute.length < MAX_MUTES ? [{}] : []),
    ],
  };
}

const NEW_MINOR_UNITS = "100";

const NEW_CONDITIONS: Record<FormKind, FormValues> = {
  balance_threshold: { field: "available", operator: "<", per: "balance", precision: NEW_MINOR_UNITS },
  comparison: {
    field: "balance",
    operator: ">",
    per: "total",
    compare: { field: "balance" },
  },
  transaction_match: {},
  stuck_transaction: { queued_minutes: "30" },
  rejections: { count: "5", window_minutes: "60" },
  movement: {
    measure: "sum",
    direction: "out",
    operator: ">",
    precision: NEW_MINOR_UNITS,
    window_minutes: "1440",
    per: "selection",
  },
  silence: { minutes: "60" },
  new_balance: {},
  ledger_imbalance: {},
  double_refund: {},
  applied_after_rejected: {},
  overheld: {},
  negative_balance: {},
};

/** What the form of a new monitor begins with. */
export function newMonitorValues(kind: FormKind, balanceId?: string): FormValues {
  const select: FormValues = balanceId === undefined ? {} : { balance_id: balanceId };
  return { severity: "warning", start: "alert", select, condition: NEW_CONDITIONS[kind], mute: [{}] };
}

function conditionValues(condition: MonitorJson["condition"]): FormValues {
  if (!("compare" in condition) || condition.compare === undefined) return fieldsOf(condition);
  const { compare, ...rest } = condition;
  return {
    ...fieldsOf(rest),
    compare: { ...fieldsOf({ ...compare, select: undefined }), select: selectionValues(compare.select) },
  };
}

function selectionValues(select: MonitorJson["select"]): FormValues {
  const { meta_data, ...rest } = { meta_data: undefined, ...select };
  const lines = Object.entries(meta_data ?? {}).map(([path, value]) => `${path} = ${String(value)}`);
  return { ...fieldsOf(rest), ...(lines.length > 0 && { meta_data: lines.join("\n") }) };
}

function fieldsOf(json: object): FormValues {
  return Object.fromEntries(
    Object.entries(json)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]: [string, unknown]) => [name, valueOf(value)]),
  );
}

function valueOf(value: unknown): FormValue {
  if (Array.isArray(value)) return value.map(valueOf);
  return typeof value === "object" && value !== null ? fieldsOf(value) : String(value);
}
