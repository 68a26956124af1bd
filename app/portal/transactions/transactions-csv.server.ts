import type { Transaction } from "#app/platform/blnk/records.ts";

import {
  type CsvColumn,
  csvLines,
  exactAmount,
  isoTime,
  noPages,
  startLines,
} from "#app/platform/portal/lists/csv.server.ts";
import { readListState } from "#app/platform/portal/lists/read-list-state.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { leftOutOf, transactionFilters, transactionQuery } from "./transaction-query.server.ts";

const COLUMNS: readonly CsvColumn<Transaction>[] = [
  { name: "transaction_id", text: (row) => row.transaction_id },
  { name: "parent_transaction", text: (row) => row.parent_transaction },
  { name: "reference", text: (row) => row.reference },
  { name: "description", text: (row) => row.description },
  { name: "status", text: (row) => row.status },
  { name: "currency", text: (row) => row.currency },
  { name: "amount", digits: ({ precise_amount, precision }) => exactAmount(precise_amount, precision) },
  { name: "precise_amount", digits: (row) => row.precise_amount?.toString() },
  { name: "precision", digits: (row) => row.precision?.toString() },
  { name: "source", text: (row) => row.source },
  { name: "destination", text: (row) => row.destination },
  { name: "created_at", digits: (row) => isoTime(row.created_at) },
  { name: "effective_date", digits: (row) => isoTime(row.effective_date) },
];

/** The filtered rows as a file; see `csvResponse`. */
export function readTransactionsCsv(
  readCloud: ReadCloud,
  params: URLSearchParams,
  now: number,
): Promise<CloudResult<AsyncIterable<string>>> {
  const { state, unreadable } = readListState(transactionQuery, params);
  if (unreadable) return Promise.resolve(unreadable);
  return readCloud("data:read", async (client) => {
    const filters = await transactionFilters(client, state.filters);
    if (filters === undefined) return await startLines(csvLines(COLUMNS, noPages()));
    const pages = client.transactions.scan({ filters, createdUntil: state.until ?? now });
    const without = leftOutOf(client, filters)?.without;
    return await startLines(csvLines(COLUMNS, without ? mapPages(pages, without) : pages));
  });
}

async function* mapPages(
  pages: AsyncIterable<readonly Transaction[]>,
  map: (rows: readonly Transaction[]) => Promise<Transaction[]>,
) {
  for await (const rows of pages) yield await map(rows);
}
