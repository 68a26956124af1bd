import { expect, test } from "vitest";

import { readMonitor } from "#app/monitors/definition/read-monitors.ts";
import type { BalanceMonitor } from "#app/monitors/definition/monitor.ts";
import { foldBalances } from "#app/monitors/kinds/evaluate.ts";
import { requiredReadsOf, planBalanceReads } from "#app/monitors/reads/plan-balance-reads.ts";
import { readBalances } from "#app/monitors/reads/read-balances.server.ts";
import { answerJson, cloudFor } from "#tests/support/cloud-server.ts";

import { below } from "./watched-world.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const BALANCES = Array.from({ length: 450 }, (_, index) => ({
  balance_id: `bln_${index}`,
  ledger_id: index < 150 ? "ldg_a" : "ldg_b",
  currency: "USD",
  balance: index * 100,
  credit_balance: index * 100 + 1,
  debit_balance: 1,
  inflight_balance: 0,
  inflight_credit_balance: 0,
  inflight_debit_balance: 0,
  version: 1,
  created_at: "2026-11-01T00:00:00Z",
}));

type Row = (typeof BALANCES)[number];
const honest: Record<string, (row: Row, value: string) => boolean> = {
  ledger_id_eq: (row, value) => row.ledger_id === value,
  currency_ne: (row, value) => row.currency !== value,
  credit_balance_gt: (row, value) => row.credit_balance > Number(value),
  debit_balance_gt: (row, value) => row.debit_balance > Number(value),
  inflight_credit_balance_gt: (row, value) => row.inflight_credit_balance > Number(value),
  inflight_debit_balance_gt: (row, value) => row.inflight_debit_balance > Number(value),
  balance_lt: (row, value) => row.balance < Number(value),
  balance_id_in: (row, value) => value.split(",").includes(row.balance_id),
};

/** A Cloud with 450 balances that honours the filters named, and silently ignores all others, as Core does. */
async function openCloud(honoured: readonly string[], balances: readonly Row[]) {
  return await cloudFor(({ query }, response) => {
    const rows = balances.filter((row) =>
      honoured.every((name) => !query.has(name) || honest[name]!(row, query.get(name)!)),
    );
    const [page, pageSize] = [Number(query.get("page") ?? 1), Number(query.get("pageSize") ?? 20)];
    answerJson(response, { data: rows.slice((page - 1) * pageSize, page * pageSize), total: rows.length });
  });
}

function monitorOf(json: object): BalanceMonitor {
  return readMonitor({ name: "m", ...json }).monitor as BalanceMonitor;
}

async function read(
  honoured: readonly string[],
  jsons: object[],
  { balances = 450, tracked = [] as string[], rows = BALANCES } = {},
) {
  const cloud = await openCloud(honoured, rows);
  const readers = jsons.map((json, index) => {
    const monitor = monitorOf(json);
    const context = { now: NOW, watching_since: NOW, tracked: new Set(tracked) };
    const requiredReads = requiredReadsOf(monitor, {
      tracked: context.tracked,
      watching_since: NOW,
      evaluated_at: NOW,
    });
    return { id: String(index), requiredReads, fold: () => foldBalances(monitor, context) };
  });
  const { results, problems } = await readBalances(cloud.client, readers, {
    now: NOW,
    balances,
    seen: () => undefined,
  });
  const firing = readers.map(({ id }) =>
    results
      .get(id)!
      .filter(({ outcome }) => outcome === "met")
      .map(({ subject }) => subject),
  );
  return { firing, results, problems, asked: cloud.requests.map(({ query }) => query) };
}

const ALL = Object.keys(honest);
const low = below({ ledger_id: "ldg_a" }, "3.00");

test("where filters are honoured, only those beyond the line and the tracked ones are asked for", async () => {
  const { firing, asked } = await read(ALL, [low], { balances: 100_000, tracked: ["bln_9"] });
  expect(firing).toEqual([["bln_0", "bln_1", "bln_2"]]);
  expect(
    asked.filter((query) => query.has("balance_id_in")).map((query) => query.get("balance_id_in")),
  ).toEqual(["bln_9"]);
  expect(asked.length).toBeLessThanOrEqual(5);
});

test("hundreds of balances that were only opened in another currency neither blind a selection nor are read through", async () => {
  const opened = Array.from({ length: 400 }, (_, index) => ({
    ...BALANCES[0]!,
    balance_id: `bln_opened_${index}`,
    ledger_id: "ldg_a",
    currency: "EUR",
    credit_balance: 0,
    debit_balance: 0,
  }));
  const rows = [...opened, ...BALANCES];
  const { results, asked } = await read(ALL, [below({ ledger_id: "ldg_a" }, "-1.00")], {
    balances: 100_000,
    rows,
  });
  expect(results.get("0")).toEqual([]);
  expect(asked.length).toBeLessThanOrEqual(9);
  const moved = rows.map((row, index) => (index === 7 ? { ...row, credit_balance: 1 } : row));
  const mixed = await read(ALL, [below({ ledger_id: "ldg_a" }, "-1.00")], { balances: 100_000, rows: moved });
  expect(mixed.results.get("0")).toMatchObject([
    { outcome: "unknown", reason: "The selection has balances in several currencies (EUR, USD)." },
  ]);
});

test.each([
  [["ledger_id_eq", "balance_id_in", "currency_ne"]],
  [["balance_id_in", "balance_lt", "currency_ne"]],
  [[]],
])(
  "where Cloud honours only %j, the row that should not be there leads to a full scan with the same result",
  async (honoured) => {
    const { firing, problems, asked } = await read(honoured, [low, below({ balance_id: "bln_1" }, "3.00")], {
      balances: 100_000,
      tracked: ["bln_2"],
    });
    expect(firing.map((subjects) => subjects.toSorted((one, other) => (one < other ? -1 : 1)))).toEqual([
      ["bln_0", "bln_1", "bln_2"],
      ["bln_1"],
    ]);
    expect(problems.size).toBe(0);
    expect(
      asked.some((query) => !["ledger_id_eq", "balance_lt", "balance_id_in"].some((name) => query.has(name))),
    ).toBe(true);
  },
);

test("a total that Cloud filters wrongly is not counted twice or too wide", async () => {
  const total = (select: object, more: object = {}) => ({
    kind: "balance_threshold",
    select,
    condition: { field: "balance", operator: ">", value: "0.00", precision: 100, per: "total", ...more },
  });
  const compared = {
    kind: "balance_threshold",
    select: { ledger_id: "ldg_a" },
    condition: {
      field: "balance",
      operator: "!=",
      per: "total",
      compare: { select: { currency: "USD" }, field: "balance", plus: "0.00" },
    },
  };
  for (const honoured of [ALL, []]) {
    const { results } = await read(honoured, [total({ ledger_id: "ldg_a" }), compared], {
      balances: 100_000,
    });
    expect(results.get("0")).toMatchObject([{ value: "11175.00" }]);
    expect(results.get("1")).toMatchObject([{ value: "11175.00", compared_to: "101025.00" }]);
  }
});

test("one scan serves everybody where asking for each would be dearer", () => {
  const requiredReads = Array.from({ length: 4 }, (_, index) =>
    requiredReadsOf(monitorOf(below({ ledger_id: `ldg_${index}` }, "1.00")), {
      tracked: new Set(),
      watching_since: NOW,
      evaluated_at: NOW,
    }),
  );
  expect(planBalanceReads(requiredReads, { balances: 1000, scanned: undefined })).toEqual({
    kind: "everything",
  });
  expect(planBalanceReads(requiredReads, { balances: 5000, scanned: undefined })).toEqual({ kind: "each" });
  expect(
    planBalanceReads([{ ids: ["bln_1"], queries: [], selection: undefined, scans: [] }], {
      balances: 1,
      scanned: undefined,
    }),
  ).toEqual({ kind: "each" });
  const scans = [
    {
      ids: [],
      queries: [],
      selection: undefined,
      scans: [[{ field: "currency", operator: "eq", value: "USD" } as const]],
    },
  ];
  expect(planBalanceReads(scans, { balances: 5000, scanned: 5000 })).toEqual({ kind: "everything" });
  expect(planBalanceReads(scans, { balances: 5000, scanned: 1000 })).toEqual({ kind: "each" });
});
