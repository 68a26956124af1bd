import { loadList } from "#app/platform/portal/lists/read-list-state.server.ts";
import { EMPTY_PAGE, readPage } from "#app/platform/portal/lists/read-page.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import { leftOutOf, transactionFilters, transactionQuery } from "./transaction-query.server.ts";
import { toTransactionLine } from "./transaction-line.ts";

export function loadTransactions(readCloud: ReadCloud, params: URLSearchParams, now: number) {
  return loadList(transactionQuery, params, now, (state) =>
    readCloud("data:read", async (client) => {
      const filters = await transactionFilters(client, state.filters);
      if (filters === undefined) return EMPTY_PAGE;
      const { rows, ...page } = await readPage(
        client.transactions,
        filters,
        state,
        leftOutOf(client, filters),
      );
      return { ...page, rows: rows.map((row) => toTransactionLine(row, rows)) };
    }),
  );
}
