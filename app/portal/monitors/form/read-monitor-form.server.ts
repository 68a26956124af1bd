import { report, type Submission } from "@conform-to/react/future";
import { z } from "zod";

import { monitorSchema } from "#app/monitors/definition/monitor-schema.ts";
import type { Monitor } from "#app/monitors/definition/monitor.ts";
import { type MonitorProblem, readMonitor } from "#app/monitors/definition/read-monitors.ts";
import { writeMonitor } from "#app/monitors/definition/write-monitor.ts";

import { type FormKind, monitorKindOf, readFormKind } from "./form-kind.ts";

type Fields = Record<string, unknown>;
type Problem = Omit<MonitorProblem, "index">;

/** The fields are named after the paths of the fixed JSON, so that what is wrong with that is shown where it was typed. */
export const monitorFormSchema = z.union([
  z.object({ form: z.string(), do: z.string(), ledger: z.string(), revision: z.string() }),
  monitorSchema,
]);

/**
 * Reads the form of a monitor, as `monitorFormSchema` let it through.
 *
 * @param before what is not in the form stays as it is in this one: whether it is paused, and until when it is muted
 * @returns the monitor unless something is wrong; `answer` is what the page is told, with what was typed
 */
export function readMonitorForm(submission: Submission, before?: Monitor) {
  const { payload, fields } = submission;
  const muted = keptMutes(payload["mute"]);
  const { monitor, problems = [] } = readMonitor(monitorJson(payload, muted, before));
  const answer = (problem?: string) => {
    const shown = placeProblems(problems, fields, muted);
    if (problem !== undefined) shown.formErrors.push(problem);
    return report(submission, { error: problem === undefined && monitor ? null : shown });
  };
  const asked = payload["do"] === "save" ? ("save" as const) : ("preview" as const);
  return { monitor, asked, ledgerId: ledgerOf(payload), answer };
}

function monitorJson(payload: Fields, muted: readonly KeptMute[], before: Monitor | undefined): Fields {
  const form = readFormKind(payload["form"]);
  const until = before ? (writeMonitor(before).mute ?? []).filter((mute) => mute.until !== undefined) : [];
  const { name, severity, start, alert } = payload;
  const schedule = windowJson(payload["schedule"]);
  return {
    ...fieldsOf(filled({ name, severity, start, alert })),
    ...(schedule !== undefined && { schedule }),
    kind: form && monitorKindOf(form),
    enabled: before?.enabled ?? true,
    select: { ...selectionJson(payload["select"]), ...fieldsOf(filled({ ledger_id: ledgerOf(payload) })) },
    condition: conditionJson(payload["condition"], form),
    mute: [...muted.map(({ window }) => window), ...until],
  };
}

/** The ledger for each of whose balances there is to be a monitor. */
function ledgerOf({ ledger }: Fields): string | undefined {
  return typeof ledger === "string" ? ledger : undefined;
}

function selectionJson(sent: unknown): Fields {
  const { meta_data, is_refund, backdated_days, ...rest } = fieldsOf(filled(sent));
  return {
    ...rest,
    ...(backdated_days !== undefined && { backdated_days: wholeNumber(backdated_days) }),
    ...(is_refund !== undefined && { is_refund: is_refund === "true" }),
    ...(meta_data !== undefined && {
      meta_data: typeof meta_data === "string" ? metadataOf(meta_data) : meta_data,
    }),
  };
}

const NUMBERS: ReadonlySet<string> = new Set([
  "precision",
  "for_minutes",
  "count",
  "window_minutes",
  "minutes",
  "queued_minutes",
  "hold_minutes",
]);

function conditionJson(sent: unknown, form: FormKind | undefined): Fields {
  const { compare, ...rest } = fieldsOf(filled(sent));
  const condition = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, NUMBERS.has(name) ? wholeNumber(value) : value]),
  );
  if (form !== "comparison") return condition;
  const { select, ...compared } = fieldsOf(compare);
  return { ...condition, compare: { ...compared, select: selectionJson(select) } };
}

/** As a number when it is one; anything else stays text, which the schema refuses in words. */
function wholeNumber(value: unknown): unknown {
  const text = String(value);
  if (!/^-?\d{1,30}$/.test(text)) return value;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** `app.channel = mobile`, one a line. */
function metadataOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => {
        const [path = "", ...value] = line.split("=");
        return [path.trim(), value.join("=").trim()];
      }),
  );
}

type KeptMute = { window: Fields; row: number };

/** A row that is left empty is no window. */
function keptMutes(sent: unknown): KeptMute[] {
  const rows = Array.isArray(sent) ? (sent as unknown[]) : [];
  return rows.flatMap((sent, row) => {
    const window = windowJson(sent);
    return window === undefined ? [] : [{ window, row }];
  });
}

/** One day that is ticked is sent as text, several as a list. A time zone alone is no window. */
function windowJson(sent: unknown): Fields | undefined {
  const { time_zone, ...window } = fieldsOf(filled(sent));
  if (Object.keys(window).length === 0) return undefined;
  const { days } = window;
  return {
    ...window,
    ...(typeof days === "string" && { days: [days] }),
    ...(time_zone !== undefined && { time_zone }),
  };
}

/** What was filled in, without space around it; undefined when nothing was. */
function filled(sent: unknown): unknown {
  if (typeof sent === "string") return sent.replaceAll("\r\n", "\n").trim() || undefined;
  if (Array.isArray(sent)) return sent.map(filled).filter((item) => item !== undefined);
  if (typeof sent !== "object" || sent === null) return undefined;
  const entries = Object.entries(sent)
    .map(([name, value]) => [name, filled(value)] as const)
    .filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

/** What concerns no field of the form is said above its button, with its path. */
function placeProblems(problems: readonly Problem[], fields: readonly string[], muted: readonly KeptMute[]) {
  const fieldErrors: Record<string, string[]> = {};
  const formErrors: string[] = [];
  for (const { path, message } of problems) {
    const name = fieldNameOf(path, muted);
    // Metadata is one field for all of its paths.
    const field = fields.find((each) => name === each || name.startsWith(`${each}.`));
    if (field === undefined) formErrors.push(`${sentence(path)} ${message}.`);
    else {
      const rest = path.startsWith(`${field}.`) ? `${path.slice(field.length + 1)} ` : "";
      (fieldErrors[field] ??= []).push(`${sentence(rest + message)}.`);
    }
  }
  return { formErrors, fieldErrors };
}

/** `mute.0.from` of the JSON is `mute[2].from` of the form when the rows before were left empty. */
function fieldNameOf(path: string, muted: readonly KeptMute[]): string {
  return path.replace(
    /^mute\.(\d+)/,
    (_, index: string) => `mute[${muted[Number(index)]?.row ?? Number(index)}]`,
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
