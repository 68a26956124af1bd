import { z } from "zod";

import { isTimeZone } from "#app/platform/time-zone.ts";

import {
  BALANCE_FIELDS,
  DAYS,
  DIRECTIONS,
  MAX_HOLD_MINUTES,
  MAX_QUEUED_MINUTES,
  OPERATORS,
  SEVERITIES,
} from "./monitor.ts";

/*
 * The fixed JSON of a monitor. Objects are strict: a mistyped option must not turn into a monitor that watches
 * something else.
 */

/** A month: what a window may look back, and its entries are kept for. */
const MAX_WINDOW_MINUTES = 31 * 24 * 60;
export const MAX_MUTES = 20;
const MAX_METADATA_PATHS = 10;
/** Core's limit for a filter's value. */
const MAX_TEXT = 1_000;

// oxlint-disable-next-line no-control-regex -- control characters garble the alert that the text ends up in
const LINE = /^[^\u0000-\u001f\u007f]+$/;
// oxlint-disable-next-line no-control-regex -- likewise, but for line breaks
const PARAGRAPHS = /^[^\u0000-\u0009\u000b-\u001f\u007f]+$/;

const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(LINE, "must not have control characters")
    .refine((text) => text.isWellFormed(), "must be well-formed text");
const id = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/, "must be an id");
const indicator = z.string().regex(/^@\S{1,127}$/, "must be an indicator such as @treasury");
const minutes = (least: number, most: number) => z.int().min(least).max(most);
const decimal = z.string();
const precision = z.union([z.number(), z.bigint()]);

const balanceSelection = {
  balance_id: id.optional(),
  indicator: indicator.optional(),
  ledger_id: id.optional(),
  identity_id: id.optional(),
  currency: z
    .string()
    .regex(/^[^\s,|]{1,32}$/, "must be a currency code")
    .optional(),
  meta_data: z
    .record(
      z.string().regex(/^[a-z][A-Za-z0-9_.]{0,127}$/, "must be a path such as app.channel"),
      z.union(
        [line(MAX_TEXT), z.number(), z.bigint(), z.boolean()],
        "must be text, a number or a truth value",
      ),
    )
    .refine(
      (paths) => Object.keys(paths).length <= MAX_METADATA_PATHS,
      `must have at most ${MAX_METADATA_PATHS} paths`,
    )
    .optional(),
};

const balances = z.strictObject(balanceSelection);
const transactions = z.strictObject({
  ...balanceSelection,
  status: z
    .string()
    .regex(/^[A-Za-z_]{1,32}$/, "must be a status such as APPLIED")
    .optional(),
  source: z.union([id, indicator], "must be a balance id or an indicator").optional(),
  destination: z.union([id, indicator], "must be a balance id or an indicator").optional(),
  description_contains: line(MAX_TEXT).optional(),
  reference_contains: line(MAX_TEXT).optional(),
  is_refund: z.boolean().optional(),
  backdated_days: z.int().min(1).max(3_650).optional(),
});

const days = z.array(z.enum(DAYS)).min(1).max(7).optional();
const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time such as 09:00")
  .optional();
const timeZone = z.string().max(64).refine(isTimeZone, "must be a time zone such as Africa/Lagos").optional();
const window = { days, from: clock, to: clock, time_zone: timeZone };

const common = {
  name: line(120),
  enabled: z.boolean().optional(),
  severity: z.enum(SEVERITIES).optional(),
  schedule: z.strictObject({ ...window, at: clock }).optional(),
  mute: z
    .array(
      z.strictObject({
        ...window,
        until: z
          .union([z.int(), z.iso.datetime({ offset: true })], "must be a time in ms or as RFC 3339")
          .optional(),
      }),
    )
    .max(MAX_MUTES)
    .optional(),
  start: z.enum(["alert", "quiet"]).optional(),
  alert: z
    .strictObject({
      title: line(200).optional(),
      description: z
        .string()
        .min(1)
        .max(2_000)
        .regex(PARAGRAPHS, "must not have control characters")
        .optional(),
      resolve_status: line(64).optional(),
    })
    .optional(),
  // What an export with state carries and an import leaves aside.
  id: z.unknown().optional(),
  state: z.unknown().optional(),
  incidents: z.unknown().optional(),
};

const threshold = z.strictObject({
  field: z.enum(BALANCE_FIELDS),
  operator: z.enum(OPERATORS),
  value: decimal.optional(),
  precision: precision.optional(),
  rearm: decimal.optional(),
  for_minutes: minutes(0, MAX_WINDOW_MINUTES).optional(),
  per: z.enum(["balance", "total"]).optional(),
  compare: z
    .strictObject({ select: balances, field: z.enum(BALANCE_FIELDS), plus: decimal.optional() })
    .optional(),
});

const match = z.strictObject({
  amount_operator: z.enum(OPERATORS).optional(),
  value: decimal.optional(),
  precision: precision.optional(),
});

const movement = z.strictObject({
  measure: z.enum(["sum", "count"]),
  direction: z.enum(DIRECTIONS),
  operator: z.enum(OPERATORS),
  value: decimal,
  precision: precision.optional(),
  window_minutes: minutes(1, MAX_WINDOW_MINUTES),
  per: z.enum(["selection", "balance", "identity"]).optional(),
});

function unconditional<Kind extends string, Select extends z.ZodType>(kind: Kind, select: Select) {
  return z.strictObject({ ...common, kind: z.literal(kind), select, condition: z.strictObject({}) });
}

export const monitorSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...common, kind: z.literal("balance_threshold"), select: balances, condition: threshold }),
  z.strictObject({ ...common, kind: z.literal("transaction_match"), select: transactions, condition: match }),
  z.strictObject({
    ...common,
    kind: z.literal("stuck_transaction"),
    select: transactions,
    condition: z.strictObject({
      queued_minutes: minutes(0, MAX_QUEUED_MINUTES).optional(),
      hold_minutes: minutes(0, MAX_HOLD_MINUTES).optional(),
    }),
  }),
  z.strictObject({
    ...common,
    kind: z.literal("rejections"),
    select: transactions,
    condition: z.strictObject({
      count: z.int().min(1).max(1_000_000),
      window_minutes: minutes(1, MAX_WINDOW_MINUTES),
    }),
  }),
  z.strictObject({ ...common, kind: z.literal("movement"), select: transactions, condition: movement }),
  z.strictObject({
    ...common,
    kind: z.literal("silence"),
    select: transactions,
    condition: z.strictObject({ minutes: minutes(1, MAX_WINDOW_MINUTES) }),
  }),
  unconditional("new_balance", balances),
  unconditional("ledger_imbalance", z.strictObject({ currency: balanceSelection.currency })),
  unconditional("overheld", balances),
  unconditional("negative_balance", balances),
  unconditional("double_refund", transactions),
  unconditional("applied_after_rejected", transactions),
]);

/** A monitor as the forms, imports and exports write it. */
export type MonitorJson = z.output<typeof monitorSchema>;
