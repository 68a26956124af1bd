import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { explainMonitor } from "#app/monitors/definition/explain-monitor.ts";
import type { Monitor } from "#app/monitors/definition/monitor.ts";
import { readMonitor, readMonitors } from "#app/monitors/definition/read-monitors.ts";
import { writeMonitor } from "#app/monitors/definition/write-monitor.ts";

const low = {
  name: "Treasury low",
  kind: "balance_threshold",
  select: { indicator: "@treasury", currency: "USD" },
  condition: { field: "available", operator: "<", value: "10000.00", precision: 100 },
};

const full = {
  ...low,
  enabled: false,
  severity: "critical",
  condition: { ...low.condition, rearm: "10500.00", for_minutes: 5, per: "total" },
  schedule: { days: ["mon", "fri"], from: "09:00", to: "17:00", at: "17:00", time_zone: "Africa/Lagos" },
  mute: [
    { until: 1_800_000_000_000 },
    { days: ["sat"], time_zone: "UTC" },
    { days: ["mon"], from: "22:00", to: "06:00", time_zone: "UTC" },
  ],
  start: "quiet",
  alert: { title: "Low", description: "Two\nlines", resolve_status: "RESOLVED" },
};

function read(json: unknown): Monitor {
  const { monitor, problems } = readMonitor(json);
  if (!monitor) throw new Error(JSON.stringify(problems));
  return monitor;
}

const problemsOf = (json: unknown) => readMonitor(json).problems ?? [];
const pathsOf = (json: unknown) => problemsOf(json).map(({ path }) => path);
const withCondition = (condition: object) => ({ ...low, condition: { ...low.condition, ...condition } });

describe("a monitor as JSON", () => {
  test("has its amounts as bigint minor units", () => {
    expect(read(withCondition({ value: "90071992547409930.01" })).condition).toMatchObject({
      limit: { type: "fixed", value: 9_007_199_254_740_993_001n, precision: 100n },
    });
  });

  test("is written as it was read, every option of it", () => {
    expect(writeMonitor(read(full))).toEqual(full);
  });

  test("is written with its defaults", () => {
    expect(writeMonitor(read(low))).toEqual({
      ...low,
      enabled: true,
      severity: "warning",
      mute: [],
      start: "alert",
      condition: { ...low.condition, per: "balance", for_minutes: 0 },
    });
  });

  test.each([
    {
      kind: "transaction_match",
      select: { meta_data: { "app.channel": "web" } },
      condition: { amount_operator: ">=", value: "1.50", precision: 100 },
    },
    {
      kind: "transaction_match",
      select: { status: "APPLIED", is_refund: true, backdated_days: 2 },
      condition: {},
    },
    { kind: "stuck_transaction", select: { source: "@World" }, condition: { queued_minutes: 10 } },
    { kind: "rejections", select: { balance_id: "bln_1" }, condition: { count: 3, window_minutes: 60 } },
    {
      kind: "movement",
      select: { ledger_id: "ldg_1" },
      condition: {
        measure: "sum",
        direction: "net",
        operator: "<",
        value: "-5.00",
        precision: 100,
        window_minutes: 60,
        per: "identity",
      },
    },
    {
      kind: "movement",
      select: {},
      condition: {
        measure: "count",
        direction: "both",
        operator: ">",
        value: "5",
        window_minutes: 60,
        per: "selection",
      },
    },
    { kind: "silence", select: { currency: "NGN" }, condition: { minutes: 30 } },
    { kind: "new_balance", select: { ledger_id: "general_ledger_id" }, condition: {} },
    { kind: "ledger_imbalance", select: {}, condition: {} },
    { kind: "double_refund", select: { is_refund: true, ledger_id: "ldg_1" }, condition: {} },
    { kind: "applied_after_rejected", select: { source: "@World" }, condition: {} },
    { kind: "overheld", select: { indicator: "@cash" }, condition: {} },
    { kind: "negative_balance", select: { meta_data: { "app.wallet": true } }, condition: {} },
    {
      kind: "balance_threshold",
      select: { ledger_id: "ldg_1" },
      condition: {
        field: "balance",
        operator: ">",
        per: "total",
        for_minutes: 0,
        precision: 100,
        compare: { select: { indicator: "@cash" }, field: "balance", plus: "-1.25" },
      },
    },
  ])("of kind $kind $condition reads back as itself", (json) => {
    const monitor = { name: "A monitor", ...json };
    const written = writeMonitor(read(monitor));
    expect(written).toMatchObject(monitor);
    expect(read(JSON.parse(JSON.stringify(written)))).toEqual(read(monitor));
  });

  test("keeps metadata as it was written: text, number or truth value", () => {
    const meta_data = { tier: "gold", level: 3, active: true };
    const written = writeMonitor(read({ ...low, select: { meta_data } }));
    expect(written.select).toEqual({ meta_data });
  });

  test("keeps any decimal at any precision", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
          // As long as a decimal may be.
          fc.bigInt({ min: 10n ** 40n, max: 10n ** 60n - 1n }),
        ),
        fc.integer({ min: 0, max: 6 }),
        fc.constantFrom(1, 3, 60, 100, 128, 1_000, 1e6, 1e18),
        (digits, decimals, precision) => {
          const text = decimalOf(digits, decimals);
          const { monitor } = readMonitor(withCondition({ value: text, precision }));
          // Not a whole number of minor units: refused, and nothing to keep.
          fc.pre(monitor !== undefined);
          expect(read(writeMonitor(monitor))).toEqual(monitor);
        },
      ),
      { seed: 5, numRuns: 500 },
    );
  });
});

function decimalOf(digits: bigint, decimals: number): string {
  if (decimals === 0) return digits.toString();
  const text = (digits < 0n ? -digits : digits).toString().padStart(decimals + 1, "0");
  return `${digits < 0n ? "-" : ""}${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
}

describe("a monitor that contradicts itself is refused, by the field", () => {
  test.each([
    ["a value that is no whole number of minor units", withCondition({ value: "0.001" }), "condition.value"],
    ["an exponent", withCondition({ value: "1e3" }), "condition.value"],
    ["over 60 characters", withCondition({ value: "1".repeat(61) }), "condition.value"],
    ["a value that is a number", withCondition({ value: 10 }), "condition.value"],
    [
      "no precision",
      { ...low, condition: { field: "balance", operator: "<", value: "1" } },
      "condition.precision",
    ],
    ["a precision of zero", withCondition({ precision: 0 }), "condition.precision"],
    ["a fractional precision", withCondition({ precision: 10.5 }), "condition.precision"],
    ["a precision beyond 10^18", withCondition({ precision: 1e19 }), "condition.precision"],
    ["rearm on the firing side", withCondition({ rearm: "9999.99" }), "condition.rearm"],
    ["rearm with =", withCondition({ operator: "=", rearm: "10000.00" }), "condition.rearm"],
    ["rearm at the value of <=", withCondition({ operator: "<=", rearm: "10000.00" }), "condition.rearm"],
    ["an unknown option", withCondition({ opertor: "<" }), "condition.opertor"],
    ["an unknown field", withCondition({ field: "total" }), "condition.field"],
    ["an unknown kind", { ...low, kind: "gut_feeling" }, "kind"],
    ["a transaction's criterion for balances", { ...low, select: { status: "APPLIED" } }, "select.status"],
    ["an indicator without @", { ...low, select: { indicator: "World" } }, "select.indicator"],
    [
      "an unknown zone",
      { ...low, schedule: { at: "09:00", time_zone: "Mars/Olympus" } },
      "schedule.time_zone",
    ],
    ["a time of day that there is not", { ...low, schedule: { at: "24:00" } }, "schedule.at"],
    ["hours without an end", { ...low, schedule: { from: "09:00" } }, "schedule.to"],
    ["a mute for ever", { ...low, mute: [{}] }, "mute.0"],
    ["no name", { ...low, name: "" }, "name"],
    ["control characters", { ...low, name: "a\u0000b" }, "name"],
    ["compare and a value", withCondition({ compare: { select: {}, field: "balance" } }), "condition.value"],
    [
      "a stuck transaction without minutes",
      { name: "S", kind: "stuck_transaction", select: {}, condition: {} },
      "condition",
    ],
    [
      "queued for longer than is looked back",
      { name: "S", kind: "stuck_transaction", select: {}, condition: { queued_minutes: 20_000 } },
      "condition.queued_minutes",
    ],
    [
      "a count with a fraction",
      {
        name: "M",
        kind: "movement",
        select: {},
        condition: { measure: "count", direction: "both", operator: ">", value: "1.5", window_minutes: 5 },
      },
      "condition.value",
    ],
    [
      "net of everything",
      {
        name: "M",
        kind: "movement",
        select: {},
        condition: { measure: "count", direction: "net", operator: ">", value: "1", window_minutes: 5 },
      },
      "condition.direction",
    ],
    [
      "rejections of applied rows",
      {
        name: "R",
        kind: "rejections",
        select: { status: "APPLIED" },
        condition: { count: 1, window_minutes: 5 },
      },
      "select.status",
    ],
    ["not even an object", "a monitor", ""],
  ])("%s", (_what, json, path) => {
    expect(pathsOf(json)).toContain(path);
  });

  test.each([
    ["a dash", "app-channel"],
    ["a capital first", "App"],
    ["129 characters", `a${"b".repeat(128)}`],
  ])("a metadata path with %s", (_what, path) => {
    expect(problemsOf({ ...low, select: { meta_data: { [path]: "web" } } })).toMatchObject([
      { message: "must be a path such as app.channel" },
    ]);
    expect(
      problemsOf({
        ...low,
        select: { meta_data: { [path.slice(1, 4).toLowerCase().replace("-", "_")]: "web" } },
      }),
    ).toEqual([]);
  });

  test("no message repeats what was sent", () => {
    const canary = "canary_7f3a";
    const sent = {
      ...low,
      name: `${canary}\u0000`,
      kind: "balance_threshold",
      select: { indicator: canary },
      severity: canary,
      start: canary,
      schedule: { time_zone: canary, at: canary },
      condition: { ...low.condition, value: canary, operator: canary },
    };
    expect(problemsOf(sent).length).toBeGreaterThanOrEqual(6);
    expect(JSON.stringify(problemsOf(sent))).not.toContain(canary);
  });
});

describe("an import", () => {
  test("says of each monitor what is wrong, by its index", () => {
    const { monitors, problems } = readMonitors({
      monitors: [low, withCondition({ value: "x" }), low, { ...low, kind: "?" }],
    });
    expect(monitors).toHaveLength(2);
    expect(problems).toMatchObject([
      { index: 1, path: "condition.value", message: "must be a decimal such as 10.50" },
      { index: 3, path: "kind" },
    ]);
  });

  test("leaves id, state and incidents of an export aside", () => {
    const { monitors, problems } = readMonitors({
      monitors: [{ ...low, id: "mon_1", state: [], incidents: [{ id: "inc_1" }] }],
    });
    expect(problems).toEqual([]);
    expect(monitors).toEqual([read(low)]);
  });

  test.each([
    ["no list", {}],
    ["not an object", [low]],
    ["nothing", null],
    ["1,001 monitors", { monitors: Array.from({ length: 1_001 }, () => low) }],
    ["nine levels", { monitors: [{ a: { b: { c: { d: { e: { f: [] } } } } } }] }],
  ])("with %s is refused whole", (_what, body) => {
    expect(() => readMonitors(body)).toThrow("The body does not have the fields that are expected here.");
  });

  test("with 1,000 monitors, or eight levels, is read", () => {
    expect(readMonitors({ monitors: Array.from({ length: 1_000 }, () => low) }).monitors).toHaveLength(1_000);
    expect(readMonitors({ monitors: [{ a: { b: { c: { d: { e: {} } } } } }] }).problems).not.toEqual([]);
  });
});

describe("the sentence that explains a monitor", () => {
  test.each([
    [
      withCondition({ rearm: "10500.00" }),
      "Alert once when available on @treasury falls below USD 10,000.00; again only after it has been back at 10,500.00 or more.",
    ],
    [
      {
        ...low,
        select: { ledger_id: "ldg_1" },
        condition: {
          field: "balance",
          operator: "<=",
          per: "total",
          compare: { select: { indicator: "@cash" }, field: "balance" },
        },
      },
      "Alert once when the total balance of ledger ldg_1 falls to or below the total balance of @cash.",
    ],
    [
      {
        name: "S",
        kind: "silence",
        select: { balance_id: "bln_1" },
        condition: { minutes: 120 },
        schedule: { days: ["mon", "tue"], from: "09:00", to: "17:00", time_zone: "Africa/Lagos" },
      },
      "Alert once when no transaction of bln_1 has been applied for 2 hours, looking on mon, tue from 09:00 to 17:00 (Africa/Lagos).",
    ],
    [
      {
        name: "M",
        kind: "movement",
        select: { ledger_id: "ldg_1", currency: "USD" },
        condition: {
          measure: "sum",
          direction: "out",
          operator: ">",
          value: "5",
          precision: 100,
          window_minutes: 90,
          per: "balance",
        },
      },
      "Alert once when the sum that moves out at any one balance of ledger ldg_1 within 90 minutes rises above USD 5.00.",
    ],
    [
      {
        name: "T",
        kind: "stuck_transaction",
        select: {},
        condition: { queued_minutes: 1, hold_minutes: 2_880 },
      },
      "Alert once when a transaction has been queued for more than 1 minute without an outcome, or has been held for more than 2 days with a remainder.",
    ],
  ])("of %o", (json, sentence) => {
    expect(explainMonitor(read(json))).toBe(sentence);
  });
});
