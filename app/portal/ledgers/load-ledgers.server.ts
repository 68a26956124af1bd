import { z } from "zod";

import { containing } from "#app/platform/blnk/filters.ts";

import { filterText, loadList, readListState } from "#app/platform/portal/lists/read-list-state.server.ts";
import { type CsvColumn, csvLines, isoTime, startLines } from "#app/platform/portal/lists/csv.server.ts";
import { readPage } from "#app/platform/portal/lists/read-page.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";

/** A ledger's id, or part of its name. */
const ledgerQuery = z.object({ q: filterText });

export function loadLedgers(readCloud: ReadCloud, params: URLSearchParams, now: number) {
  return loadList(ledgerQuery, params, now, (state) =>
    readCloud("data:read", async ({ ledgers }) => {
      const { rows, ...page } = await readPage(ledgers, ledgerFilters(state.filters), state);
      return {
        ...page,
        rows: rows.map(({ ledger_id, name, created_at }) => ({ ledger_id, name, created_at })),
      };
    }),
  );
}

const COLUMNS: readonly CsvColumn<{
  ledger_id: string;
  name: string | undefined;
  created_at: number | undefined;
}>[] = [
  { name: "ledger_id", text: (row) => row.ledger_id },
  { name: "name", text: (row) => row.name },
  { name: "created_at", digits: (row) => isoTime(row.created_at) },
];

/** The filtered ledgers as a file; see `csvResponse`. */
export function readLedgersCsv(
  readCloud: ReadCloud,
  params: URLSearchParams,
  now: number,
): Promise<CloudResult<AsyncIterable<string>>> {
  const { state, unreadable } = readListState(ledgerQuery, params);
  if (unreadable) return Promise.resolve(unreadable);
  const scan = { filters: ledgerFilters(state.filters), createdUntil: state.until ?? now };
  return readCloud(
    "data:read",
    async ({ ledgers }) => await startLines(csvLines(COLUMNS, ledgers.scan(scan))),
  );
}

function ledgerFilters({ q }: z.output<typeof ledgerQuery>) {
  if (q === undefined) return [];
  return q.startsWith("ldg_") || q === "general_ledger_id"
    ? [{ field: "ledger_id", operator: "eq", value: q } as const]
    : [{ field: "name", operator: "ilike", value: containing(q) } as const];
}
