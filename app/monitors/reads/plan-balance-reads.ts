import type { BalanceMonitor, Selection } from "../definition/monitor.ts";
import { OVERLAP_MS } from "../kinds/facts.ts";
import { type BalanceFilters, selectionFilters, thresholdFilters } from "./balance-filters.ts";

/** What one monitor asks for. `scans` are whole selections; `queries` only what may satisfy its condition. */
export type RequiredReads = {
  ids: string[];
  queries: BalanceFilters[];
  selection: BalanceFilters | undefined;
  scans: BalanceFilters[];
};

export type BalancePlan =
  /** One scan of all balances serves everybody: it is no dearer than asking for each selection. */
  { kind: "everything" } | { kind: "each" };

export const PAGE_SIZE = 100;
// Two small questions tell the currencies of a selection.
const CALLS_PER_QUERY = 3;

/**
 * @param balances how many there are, as far as is known
 * @param scanned how many of them the scans would bring, one after the other, as far as is known
 */
export function planBalanceReads(
  requiredReads: readonly RequiredReads[],
  { balances, scanned }: { balances: number | undefined; scanned: number | undefined },
): BalancePlan {
  const scans = distinctScans(requiredReads);
  if (scans.some((filters) => filters.length === 0)) return { kind: "everything" };
  const queries = new Set(requiredReads.flatMap(({ queries }) => queries.map(keyOf)));
  const ids = new Set(requiredReads.flatMap(({ ids }) => ids));
  if (queries.size + scans.length === 0 || balances === undefined) return { kind: "each" };
  const scanPages = scanned === undefined ? scans.length : pagesOf(scanned);
  const calls = queries.size * CALLS_PER_QUERY + scanPages + pagesOf(ids.size);
  return { kind: calls < pagesOf(balances) ? "each" : "everything" };
}

/** The selections that are to be read whole, each once. */
export function distinctScans(requiredReads: readonly RequiredReads[]): BalanceFilters[] {
  return [
    ...new Map(
      requiredReads.flatMap(({ scans }) => scans.map((filters) => [keyOf(filters), filters] as const)),
    ).values(),
  ];
}

function pagesOf(rows: number): number {
  return Math.ceil(rows / PAGE_SIZE);
}

export function keyOf(filters: BalanceFilters): string {
  return JSON.stringify(filters, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

/**
 * What a monitor needs.
 *
 * @param tracked the balances whose state is not plainly ok: they are read whatever they are now
 */
export function requiredReadsOf(
  monitor: BalanceMonitor,
  {
    tracked,
    watching_since,
    evaluated_at,
  }: { tracked: ReadonlySet<string>; watching_since: number; evaluated_at: number | null },
): RequiredReads {
  const { kind, select } = monitor;
  const selected = selectionFilters(select);
  if (kind === "ledger_imbalance") return { ...NOTHING, scans: [selected] };
  if (kind === "new_balance") {
    const since = Math.max(watching_since, (evaluated_at ?? 0) - OVERLAP_MS);
    return { ...NOTHING, queries: [[...selected, { field: "created_at", operator: "gte", value: since }]] };
  }
  if (kind === "overheld" || kind === "negative_balance")
    return { ...NOTHING, ids: [...tracked], queries: [[...selected, SUSPECTS[kind]]] };
  const { per, limit, field, operator } = monitor.condition;
  if (limit.type === "compared") return both(wholeSelection(select), wholeSelection(limit.select));
  if (select.balance_id !== undefined || per === "total") return wholeSelection(select);
  const queries = thresholdFilters(selected, field, operator, limit.value);
  return queries === "all"
    ? { ...NOTHING, scans: [selected] }
    : { ids: [...tracked], queries, selection: selected, scans: [] };
}

const SUSPECTS = {
  overheld: { field: "inflight_debit_balance", operator: "gt", value: 0n },
  negative_balance: { field: "balance", operator: "lt", value: 0n },
} as const;

/** Every balance that a selection matches. */
export function wholeSelection(select: Selection): RequiredReads {
  const { balance_id } = select;
  return balance_id === undefined
    ? { ...NOTHING, scans: [selectionFilters(select)] }
    : { ...NOTHING, ids: [balance_id] };
}

const NOTHING: RequiredReads = { ids: [], queries: [], selection: undefined, scans: [] };

function both(one: RequiredReads, other: RequiredReads): RequiredReads {
  return { ...NOTHING, ids: [...one.ids, ...other.ids], scans: [...one.scans, ...other.scans] };
}
