import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Filter } from "#app/platform/blnk/filters.ts";
import type { Transaction } from "#app/platform/blnk/records.ts";

import type { ChainMonitor } from "../definition/monitor.ts";
import { followsUp } from "../kinds/chain-finding.ts";
import { mayRefundTwice } from "../kinds/double-refund.ts";
import { batches } from "./batches.ts";

/** queued → hold → commit → refund queued → refund, its refund likewise, and some to spare. */
const DEPTH = 10;
/** A hold committed in thousands of parts is judged by the first of them. */
const MAX_ROWS = 2_000;

type WholeChain = { chain_id: string; rows: Transaction[] };

/** The whole chains of those rows that may make a monitor of chains fire, some at a time. */
export async function* readSuspects(
  client: CloudClient,
  kind: ChainMonitor["kind"],
  rows: readonly Transaction[],
): AsyncGenerator<WholeChain[], void, undefined> {
  for (const some of batches(rows.filter(followsUp))) {
    const suspects = await narrow(client, kind, some);
    if (suspects.length > 0) yield await readWholeChains(client, suspects);
  }
}

/** Most commits are of an ordinary hold: two questions for a hundred of them tell. */
async function narrow(
  client: CloudClient,
  kind: ChainMonitor["kind"],
  rows: readonly Transaction[],
): Promise<Transaction[]> {
  const above = await findRows(client, [
    { field: "transaction_id", operator: "in", values: parentsOf(rows) },
  ]);
  const parents = new Map(above.map((row) => [row.transaction_id, row]));
  if (kind === "double_refund")
    return rows.filter((row) => mayRefundTwice(row, parents.get(row.parent_transaction!)));
  const beside = await findRows(client, [
    { field: "parent_transaction", operator: "in", values: parentsOf(rows) },
    { field: "status", operator: "eq", value: "REJECTED" },
  ]);
  const rejected = new Set([
    ...beside.filter(isRejected).map(({ parent_transaction }) => parent_transaction),
    ...above.filter(isRejected).map(({ transaction_id }) => transaction_id),
  ]);
  return rows.filter(({ parent_transaction }) => rejected.has(parent_transaction));
}

/** Up to the topmost stored row of each, then down through all that came of it. */
async function readWholeChains(client: CloudClient, rows: readonly Transaction[]): Promise<WholeChain[]> {
  const byId = new Map(rows.map((row) => [row.transaction_id, row]));
  const asked = new Set<string>();
  for (let level = 0; level < DEPTH; level += 1) {
    const missing = parentsOf([...byId.values()]).filter((id) => !byId.has(id) && !asked.has(id));
    if (missing.length === 0) break;
    for (const id of missing) asked.add(id);
    for (const values of batches(missing))
      for (const row of await findRows(client, [{ field: "transaction_id", operator: "in", values }]))
        if (asked.has(row.transaction_id)) byId.set(row.transaction_id, row);
  }
  let parents = [...byId.keys()];
  for (let level = 0; level < DEPTH && parents.length > 0 && byId.size < MAX_ROWS; level += 1) {
    const found: string[] = [];
    for (const values of batches(parents)) {
      for (const row of await findRows(client, [{ field: "parent_transaction", operator: "in", values }])) {
        if (byId.has(row.transaction_id) || !values.includes(row.parent_transaction ?? "")) continue;
        byId.set(row.transaction_id, row);
        found.push(row.transaction_id);
      }
    }
    parents = found;
  }
  const chains = Map.groupBy(byId.values(), (row) => topOf(row, byId));
  return [...chains].map(([chain_id, members]) => ({ chain_id, rows: members }));
}

function topOf(row: Transaction, byId: ReadonlyMap<string, Transaction>): string {
  let top = row;
  for (let level = 0; level < 2 * DEPTH; level += 1) {
    const parent = byId.get(top.parent_transaction ?? "");
    if (!parent) break;
    top = parent;
  }
  return top.transaction_id;
}

async function findRows(
  client: CloudClient,
  filters: readonly Filter<"transactions">[],
): Promise<Transaction[]> {
  if (filters.some((filter) => "values" in filter && filter.values.length === 0)) return [];
  const found: Transaction[] = [];
  for await (const page of client.transactions.scan({ filters, createdUntil: undefined })) {
    found.push(...page);
    if (found.length >= MAX_ROWS) break;
  }
  return found;
}

/** A batch's or a split's id is no row. */
function parentsOf(rows: readonly Transaction[]): string[] {
  const ids = rows.flatMap(({ parent_transaction }) => parent_transaction ?? []);
  return [...new Set(ids)].filter((id) => !id.startsWith("bulk_"));
}

function isRejected({ status }: Transaction): boolean {
  return status === "REJECTED";
}
