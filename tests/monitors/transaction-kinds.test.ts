import { describe, expect, test } from "vitest";

import type { WindowMonitor } from "#app/monitors/definition/monitor.ts";
import {
  evaluateTransactions,
  keptFrom,
  needsMembers,
  needsEndpointBalances,
} from "#app/monitors/kinds/evaluate.ts";
import {
  type EndpointBalance,
  type EvaluationContext,
  OVERLAP_MS,
  type SeenTransaction,
  type TransactionFacts,
} from "#app/monitors/kinds/facts.ts";
import { windowEntries } from "#app/monitors/kinds/window-entries.ts";
import { emptyTotal, enterWindow, leaveWindow, type WindowTotal } from "#app/monitors/kinds/window-totals.ts";

import { contextOf, factsOf, MINUTE, monitorOf, NOW, rowOf, summaryOf } from "./monitor-facts.ts";

const TRAITS: Record<string, Omit<EndpointBalance, "balance_id">> = {
  bln_a: { indicator: undefined, ledger_id: "ldg_1", identity_id: "idt_1" },
  bln_b: { indicator: undefined, ledger_id: "ldg_1", identity_id: "idt_2" },
  bln_c: { indicator: undefined, ledger_id: "ldg_1", identity_id: "idt_1" },
  bln_world: { indicator: "@World", ledger_id: "general_ledger_id", identity_id: undefined },
};
const endpointBalances = (balance_id: string) => {
  const known = TRAITS[balance_id];
  return known && { balance_id, ...known };
};

type More = Partial<EvaluationContext> & Partial<TransactionFacts>;

function evaluate(
  monitor: Parameters<typeof evaluateTransactions>[0],
  { now, watching_since, tracked, ...facts }: More = {},
) {
  const context = contextOf({
    ...(now !== undefined && { now }),
    ...(watching_since !== undefined && { watching_since }),
    ...(tracked && { tracked }),
  });
  return evaluateTransactions(monitor, factsOf({ endpointBalances, ...facts }), context);
}

function evaluateRows(monitor: WindowMonitor, rows: SeenTransaction[], more: More = {}) {
  const { now = NOW } = more;
  const totals = new Map<string, WindowTotal>();
  for (const entry of windowEntries(monitor, rows, endpointBalances).toSorted(
    (one, other) => one.at - other.at,
  )) {
    const total = totals.get(entry.subject) ?? emptyTotal(entry.subject);
    totals.set(entry.subject, total);
    enterWindow(monitor, total, entry);
    if (monitor.kind !== "silence" && entry.at < keptFrom(monitor, now)) leaveWindow(total, entry);
  }
  return evaluate(monitor, { totals: [...totals.values()], ...more });
}

const ago = (minutes: number) => NOW - minutes * MINUTE;
const movedAgo = (minutes: number, amount: bigint, fields: Partial<SeenTransaction> = {}) =>
  rowOf(`txn_${minutes}`, {
    created_at: ago(minutes),
    first_seen_at: ago(minutes),
    precise_amount: amount,
    ...fields,
  });

describe("transaction_match", () => {
  test.each([
    ["the currency", { currency: "USD" }, { currency: "EUR" }],
    ["the status", { status: "rejected" }, { status: "APPLIED" }, { status: "REJECTED" }],
    ["a side", { source: "bln_a" }, { source: "bln_b" }],
    ["a side by its indicator", { source: "@World" }, { source: "bln_a" }, { source: "bln_world" }],
    ["either side", { balance_id: "bln_b" }, { destination: "bln_c" }],
    ["either side's ledger", { ledger_id: "general_ledger_id" }, {}, { source: "bln_world" }],
    [
      "one balance for all that is said of it",
      { indicator: "@World", ledger_id: "ldg_1" },
      { source: "bln_world" },
      false,
    ],
    ["a part of the description", { description_contains: "GROCER" }, { description: "Rent" }],
    ["a part of the reference", { reference_contains: "-x" }, {}, { reference: "ref-x1" }],
    ["metadata", { meta_data: { "app.channel": "web" } }, {}, { meta_data: { app: { channel: "web" } } }],
    ["a refund", { is_refund: true }, {}, { reference: "txn_1_refund_q" }],
    ["no refund", { is_refund: false }, { reference: "txn_1_refund" }],
    [
      "backdating",
      { backdated_days: 2 },
      { effective_date: NOW - 2 * 24 * 60 * MINUTE + 1 },
      { effective_date: NOW - 2 * 24 * 60 * MINUTE },
    ],
  ] as [string, object, Partial<SeenTransaction>, (Partial<SeenTransaction> | false)?][])(
    "matches %s",
    (_what, select, unlike, like = {}) => {
      const monitor = monitorOf("transaction_match", select, {});
      if (like !== false) expect(evaluate(monitor, { rows: [rowOf("txn_1", like)] })).toHaveLength(1);
      expect(evaluate(monitor, { rows: [rowOf("txn_1", unlike)] })).toEqual([]);
    },
  );

  test("compares amounts of any precision, exactly", () => {
    const monitor = monitorOf(
      "transaction_match",
      {},
      { amount_operator: ">", value: "1.00", precision: 100 },
    );
    const rows = [
      rowOf("txn_1", { precise_amount: 1_000n, precision: 1_000n }),
      rowOf("txn_2", { precise_amount: 1_001n, precision: 1_000n }),
      rowOf("txn_3", { precise_amount: 2n, precision: 1n }),
    ];
    expect(summaryOf(evaluate(monitor, { rows }))).toEqual(["txn_2 happened 1.001", "txn_3 happened 2"]);
  });

  test("an amount that cannot be read is unknown", () => {
    const monitor = monitorOf(
      "transaction_match",
      {},
      { amount_operator: ">", value: "1.00", precision: 100 },
    );
    expect(summaryOf(evaluate(monitor, { rows: [rowOf("txn_1", { precise_amount: undefined })] }))).toEqual([
      "selection unknown",
    ]);
  });

  test("counts a chain once, at its first row that matches", () => {
    const monitor = monitorOf("transaction_match", {}, {});
    const queued = rowOf("txn_q", { status: "QUEUED" });
    const outcome = rowOf("txn_o", { parent_transaction: "txn_q", chain_id: "txn_q" });
    expect(evaluate(monitor, { rows: [outcome, queued] })).toMatchObject([
      { subject: "txn_q", entity: "txn_q" },
    ]);
    expect(evaluate(monitor, { rows: [outcome], tracked: new Set(["txn_q"]) })).toEqual([]);
    expect(
      evaluate(monitorOf("transaction_match", { status: "APPLIED" }, {}), { rows: [queued, outcome] }),
    ).toMatchObject([{ subject: "txn_q", entity: "txn_o" }]);
  });

  test("rows from before do not count, one that appears late does", () => {
    const monitor = monitorOf("transaction_match", {}, {});
    const since = ago(5);
    const rows = [
      rowOf("txn_before", { created_at: since - 1, first_seen_at: NOW }),
      rowOf("txn_after", { created_at: since, first_seen_at: NOW }),
      rowOf("txn_late", { created_at: NOW - OVERLAP_MS - 1, first_seen_at: NOW }),
    ];
    expect(summaryOf(evaluate(monitor, { rows, watching_since: since }))).toEqual([
      "txn_after happened 1.00",
      "txn_late happened 1.00",
    ]);
  });
});

describe("stuck_transaction", () => {
  const monitor = monitorOf("stuck_transaction", {}, { queued_minutes: 10, hold_minutes: 60 });
  const chain = (...rows: SeenTransaction[]) => [{ chain_id: rows[0]!.chain_id, rows, ends: [] }];
  const queued = (minutes: number, more: Partial<SeenTransaction> = {}) =>
    movedAgo(minutes, 500n, { transaction_id: "txn_q", chain_id: "txn_q", status: "QUEUED", ...more });
  const hold = queued(61, { transaction_id: "txn_h", chain_id: "txn_h", status: "INFLIGHT" });
  const child = (status: string, precise_amount: bigint, more: Partial<SeenTransaction> = {}) =>
    rowOf(`txn_${status}`, {
      parent_transaction: "txn_h",
      chain_id: "txn_h",
      status,
      precise_amount,
      ...more,
    });

  test("a queued row is stuck when it is older than its minutes and has no outcome", () => {
    expect(evaluate(monitor, { chains: chain(queued(10)) })).toEqual([]);
    expect(summaryOf(evaluate(monitor, { chains: chain(queued(11)) }))).toEqual(["txn_q met 11"]);
    const outcome = rowOf("txn_o", { parent_transaction: "txn_q", chain_id: "txn_q", status: "REJECTED" });
    expect(
      summaryOf(evaluate(monitor, { chains: chain(queued(11), outcome), tracked: new Set(["txn_q"]) })),
    ).toEqual(["txn_q not_met"]);
  });

  test("a scheduled row is not stuck before its time", () => {
    expect(
      evaluate(monitor, { chains: chain(queued(500, { status: "SCHEDULED", scheduled_for: NOW + MINUTE })) }),
    ).toEqual([]);
    expect(evaluate(monitor, { chains: chain(queued(500, { scheduled_for: ago(10) })) })).toEqual([]);
    expect(evaluate(monitor, { chains: chain(queued(500, { scheduled_for: ago(11) })) })).toMatchObject([
      { outcome: "met" },
    ]);
  });

  test("a hold is stuck while something of it remains", () => {
    expect(summaryOf(evaluate(monitor, { chains: chain(hold) }))).toEqual(["txn_h met 61"]);
    expect(summaryOf(evaluate(monitor, { chains: chain(hold, child("APPLIED", 499n)) }))).toEqual([
      "txn_h met 61",
    ]);
    expect(evaluate(monitor, { chains: chain(hold, child("APPLIED", 500n)) })).toEqual([]);
    expect(evaluate(monitor, { chains: chain(hold, child("APPLIED", 1n), child("VOID", 499n)) })).toEqual([]);
    const refund = child("APPLIED", 500n, { source: "bln_b", destination: "bln_a" });
    expect(evaluate(monitor, { chains: chain(hold, refund) })).toMatchObject([
      { outcome: "met", entity: "txn_h" },
    ]);
  });

  test("a hold that expired under its queued row is not stuck, the one beside it is", () => {
    const followed = { ...hold, parent_transaction: "txn_q" };
    const expiry = child("VOID", 500n, { parent_transaction: "txn_q" });
    expect(evaluate(monitor, { chains: chain(followed, expiry) })).toEqual([]);
    expect(
      evaluate(monitor, { chains: chain({ ...hold, parent_transaction: "txn_r" }, expiry) }),
    ).toHaveLength(1);
  });

  test("one that is followed no more is gone, one that could not be read unknown", () => {
    const tracked = new Set(["txn_q"]);
    expect(summaryOf(evaluate(monitor, { tracked }))).toEqual(["txn_q gone"]);
    expect(summaryOf(evaluate(monitor, { tracked, problem: "Blnk did not answer." }))).toEqual([
      "selection unknown",
      "txn_q unknown",
    ]);
    expect(
      evaluate(monitor, { chains: chain(hold, child("APPLIED", 1n, { precise_amount: undefined })) }),
    ).toMatchObject([{ outcome: "unknown" }]);
  });

  test("only the kind of wait that is asked for counts", () => {
    expect(
      evaluate(monitorOf("stuck_transaction", {}, { queued_minutes: 10 }), { chains: chain(hold) }),
    ).toEqual([]);
    expect(
      evaluate(monitorOf("stuck_transaction", {}, { hold_minutes: 10 }), { chains: chain(queued(500)) }),
    ).toEqual([]);
    expect(
      evaluate(monitorOf("stuck_transaction", { currency: "EUR" }, { hold_minutes: 10 }), {
        chains: chain(hold),
      }),
    ).toEqual([]);
  });
});

describe("rejections", () => {
  const monitor = monitorOf("rejections", {}, { count: 2, window_minutes: 10 });
  const rejected = (minutes: number) => movedAgo(minutes, 100n, { status: "REJECTED" });

  test("counts rejected rows in a window that has both its ends, and flags the newest", () => {
    expect(evaluateRows(monitor, [rejected(10), rejected(0), movedAgo(1, 100n)])).toMatchObject([
      { subject: "selection", outcome: "met", value: "2", entity: "txn_0" },
    ]);
    const outside = rowOf("txn_old", { status: "REJECTED", created_at: ago(10) - 1 });
    expect(evaluateRows(monitor, [outside, rejected(0)])).toMatchObject([{ outcome: "not_met", value: "1" }]);
  });
});

describe("movement", () => {
  const movement = (condition: object, select: object = { ledger_id: "ldg_1" }) =>
    monitorOf("movement", select, {
      measure: "sum",
      direction: "both",
      operator: ">",
      value: "5.00",
      precision: 100,
      window_minutes: 10,
      ...condition,
    });
  const toWorld = { destination: "bln_world" };
  const fromWorld = { source: "bln_world", destination: "bln_b" };

  test.each([
    ["in", "2.00"],
    ["out", "7.00"],
    ["both", "9.00"],
    ["net", "-5.00"],
  ])("%s is what crosses the selection's border, and not what stays inside", (direction, value) => {
    const rows = [movedAgo(3, 700n, toWorld), movedAgo(2, 200n, fromWorld), movedAgo(1, 90_000n)];
    expect(evaluateRows(movement({ direction }), rows)).toMatchObject([{ subject: "selection", value }]);
  });

  test("slides, with both its ends, and flags the row that crossed", () => {
    const monitor = movement({ direction: "out" });
    const rows = [movedAgo(10, 300n, toWorld), movedAgo(5, 201n, toWorld), movedAgo(1, 50n, toWorld)];
    expect(evaluateRows(monitor, rows)).toMatchObject([{ outcome: "met", value: "5.51", entity: "txn_5" }]);
    expect(evaluateRows(monitor, rows, { now: NOW + 1 })).toMatchObject([
      { outcome: "not_met", value: "2.51" },
    ]);
  });

  test("a row that appears late counts from when it was first seen", () => {
    const late = movedAgo(90, 501n, { ...toWorld, first_seen_at: ago(1) });
    expect(evaluateRows(movement({ direction: "out" }), [late])).toMatchObject([{ outcome: "met" }]);
    const soon = movedAgo(11, 501n, { ...toWorld, first_seen_at: ago(2) });
    expect(evaluateRows(movement({ direction: "out" }), [soon])).toMatchObject([{ outcome: "not_met" }]);
  });

  test("a window that is not watched in full does not say less than", () => {
    const monitor = movement({ operator: "<" });
    expect(evaluateRows(monitor, [], { watching_since: ago(9) })).toMatchObject([
      { outcome: "not_met", reason: "Waits until one full window has been watched." },
    ]);
    expect(evaluateRows(monitor, [], { watching_since: ago(10) })).toMatchObject([
      { outcome: "met", value: "0.00" },
    ]);
    expect(
      evaluateRows(movement({}), [movedAgo(1, 501n, toWorld)], { watching_since: ago(2) }),
    ).toMatchObject([{ outcome: "met" }]);
  });

  test("per balance and per identity each has a window of its own", () => {
    const rows = [movedAgo(3, 501n), movedAgo(2, 600n, { source: "bln_a", destination: "bln_c" })];
    const each = (per: string) => summaryOf(evaluateRows(movement({ direction: "out", per }), rows));
    expect(each("balance")).toEqual(["bln_a met 11.01"]);
    // bln_a and bln_c belong to one: what they exchange has not left it.
    expect(each("identity")).toEqual(["idt_1 met 5.01"]);
  });

  test("those that do not move are known to a less than", () => {
    const monitor = movement({ operator: "<", per: "balance", measure: "count", value: "1" });
    expect(needsMembers(monitor)).toBe(true);
    expect(needsMembers(movement({ per: "balance" }))).toBe(false);
    expect(
      summaryOf(evaluateRows(monitor, [movedAgo(1, 100n, toWorld)], { members: ["bln_a", "bln_b"] })),
    ).toEqual(["bln_a not_met 1", "bln_b met 0"]);
  });

  test("without balances to flow into or out of, each row is counted once", () => {
    const monitor = movement({ measure: "count", value: "1" }, { currency: "USD" });
    expect(
      evaluateRows(monitor, [movedAgo(1, 1n), movedAgo(2, 1n), movedAgo(3, 1n, { currency: "EUR" })]),
    ).toMatchObject([{ outcome: "met", value: "2" }]);
  });

  test("adds up rows of any precision, and no several currencies", () => {
    const rows = [
      movedAgo(1, 5n, { ...toWorld, precision: 1n }),
      movedAgo(2, 1n, { ...toWorld, precision: 3n }),
    ];
    expect(evaluateRows(movement({}), rows)).toMatchObject([{ outcome: "met", value: "5 1/3" }]);
    const several = [movedAgo(1, 501n, toWorld), movedAgo(2, 1n, { ...toWorld, currency: "EUR" })];
    expect(evaluateRows(movement({}), several)).toMatchObject([
      { outcome: "unknown", reason: "Rows in several currencies moved in the window." },
    ]);
    expect(evaluateRows(movement({ measure: "count", value: "1" }), several)).toMatchObject([
      { outcome: "met", value: "2" },
    ]);
  });

  test("a row that was not applied moves nothing", () => {
    for (const status of ["QUEUED", "INFLIGHT", "REJECTED", "VOID"]) {
      expect(windowEntries(movement({}), [rowOf("txn_1", { ...toWorld, status })], endpointBalances)).toEqual(
        [],
      );
    }
  });

  test("only rows whose balances matter are looked up", () => {
    expect(needsEndpointBalances(movement({}))).toBe(true);
    expect(needsEndpointBalances(movement({}, { balance_id: "bln_a" }))).toBe(false);
    expect(needsEndpointBalances(movement({ per: "identity" }, { balance_id: "bln_a" }))).toBe(true);
    expect(needsEndpointBalances(movement({}, { source: "@World" }))).toBe(true);
    expect(needsEndpointBalances(movement({}, { source: "bln_a" }))).toBe(false);
  });
});

describe("silence", () => {
  const silence = (more: object = {}, select: object = { balance_id: "bln_a" }) =>
    monitorOf("silence", select, { minutes: 30 }, more);

  test("begins with the last applied row", () => {
    expect(evaluateRows(silence(), [movedAgo(29, 1n), movedAgo(500, 1n)])).toMatchObject([
      { outcome: "not_met", value: "29", entity: "bln_a" },
    ]);
    expect(evaluateRows(silence(), [movedAgo(30, 1n)])).toMatchObject([{ outcome: "met", value: "30" }]);
    expect(evaluateRows(silence({}, { ledger_id: "ldg_1" }), [movedAgo(30, 1n)])).toMatchObject([
      { entity: "txn_30" },
    ]);
  });

  test("of which no row was found lasted before the monitor was made", () => {
    expect(evaluateRows(silence(), [], { watching_since: NOW })).toMatchObject([{ outcome: "met" }]);
  });

  test("counts only minutes inside the schedule", () => {
    const schedule = { from: "09:00", to: "17:00" };
    const opened = Date.UTC(2026, 10, 23, 9);
    const lastEvening = rowOf("txn_1", { created_at: Date.UTC(2026, 10, 22, 16, 50) });
    const at = (minutes: number) =>
      evaluateRows(silence({ schedule }), [lastEvening], { now: opened + minutes * MINUTE });
    expect(at(19)).toMatchObject([{ outcome: "not_met", value: "29" }]);
    expect(at(20)).toMatchObject([{ outcome: "met", value: "30" }]);
  });

  test("keeps only the newest entry, the other kinds one window", () => {
    expect(keptFrom(silence(), NOW)).toBe(NOW);
    expect(keptFrom(monitorOf("rejections", {}, { count: 1, window_minutes: 10 }), NOW)).toBe(ago(10));
  });
});
