import type { MetaData } from "../ledger/rows.ts";
import { type Table, compareText } from "../ledger/table.ts";
import type { Switches } from "../switches.ts";
import type { Condition } from "./condition.ts";
import type { Fields } from "./fields.ts";
import { predicateOf, timeSpan } from "./predicate.ts";

export type Paging = { page: number; pageSize: number };

type Row = { created_at: number; meta_data?: MetaData | null };

type Order = Switches["order"];

const CACHED_QUERIES = 32;

/** One page of the rows that fulfil every condition, and how many there are. */
export function selectPage<R extends Row>(
  table: Table<R>,
  fields: Fields<R>,
  conditions: Condition[],
  { page, pageSize }: Paging,
  order: Order,
): { rows: R[]; total: number } {
  const { rows, from, to } = findRange(table, fields, conditions, order);
  const total = to - from;
  const skip = (page - 1) * pageSize;
  const take = Math.max(0, Math.min(pageSize, total - skip));
  if (order !== "newest_first") return { rows: rows.slice(from + skip, from + skip + take), total };
  return { rows: rows.slice(to - skip - take, to - skip).toReversed(), total };
}

// A scan of a large table asks for the same rows page by page. Bounds in time are found by bisection, and what other
// conditions select is kept until the table changes.
function findRange<R extends Row>(
  table: Table<R>,
  fields: Fields<R>,
  conditions: Condition[],
  order: Order,
): { rows: readonly R[]; from: number; to: number } {
  const tests = conditions.map((condition) => predicateOf(condition, fields));
  const spans = conditions.flatMap((condition) => timeSpan(condition) ?? []);
  const from = table.positionOf(Math.max(-Infinity, ...spans.map((span) => span.from)));
  const to = table.positionOf(Math.min(Infinity, ...spans.map((span) => span.to + 1)));
  const isOrdered = order !== "unordered";
  if (spans.length === conditions.length && isOrdered) {
    return { rows: table.all(), from, to: Math.max(from, to) };
  }
  const key = JSON.stringify([conditions, isOrdered]);
  const rows = cached(table, key, () => {
    const candidates = narrow(table, conditions) ?? table.all().slice(from, to);
    const selected = candidates.filter((row) => tests.every((test) => test(row)));
    // Ids are random, so their order is as good as none.
    return isOrdered
      ? selected
      : selected.sort((left, right) => compareText(table.idOf(left), table.idOf(right)));
  });
  return { rows, from: 0, to: rows.length };
}

/** The rows under an index that a condition names, in the table's order; undefined when none does. */
function narrow<R extends Row>(table: Table<R>, conditions: Condition[]): R[] | undefined {
  for (const { field, operator, values } of conditions) {
    if ((operator !== "eq" && operator !== "in") || !table.hasIndex(field)) continue;
    const found = new Set(values.flatMap((value) => table.find(field, value)));
    return [...found].sort((left, right) => table.compare(left, right));
  }
  return undefined;
}

function cached<R extends Row>({ selections, version }: Table<R>, key: string, compute: () => R[]): R[] {
  const known = selections.get(key);
  if (known?.version === version) return known.rows;
  const [oldest] = selections.keys();
  if (oldest !== undefined && selections.size >= CACHED_QUERIES) selections.delete(oldest);
  const rows = compute();
  selections.set(key, { version, rows });
  return rows;
}
