import { readLedgerNames } from "#app/portal/ledgers/read-ledger-names.server.ts";
import { loadList } from "#app/platform/portal/lists/read-list-state.server.ts";
import { EMPTY_PAGE, readPage } from "#app/platform/portal/lists/read-page.server.ts";
import { readBalancePrecisions } from "#app/platform/portal/precision/balance-precision.server.ts";
import type { AssumePrecision } from "#app/platform/portal/precision/currency-precisions.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import { toBalanceLine } from "./balance-line.ts";
import { balanceFilters, balanceQuery, leftOutOf } from "./balance-query.server.ts";

export function loadBalances(
  readCloud: ReadCloud,
  assume: AssumePrecision,
  params: URLSearchParams,
  now: number,
) {
  const ledgers = readCloud("data:read", readLedgerNames);
  const list = loadList(balanceQuery, params, now, (state) =>
    readCloud("data:read", async (client) => {
      const filters = await balanceFilters(client, state.filters);
      if (filters === undefined) return EMPTY_PAGE;
      const { rows, ...page } = await readPage(client.balances, filters, state, leftOutOf(client, filters));
      const precisions = await readBalancePrecisions(client, rows, assume);
      const names = await ledgers;
      const known = names.kind === "ready" ? names.value : [];
      return { ...page, rows: rows.map((row) => toBalanceLine(row, precisions.get(row.balance_id)!, known)) };
    }),
  );
  return { ...list, ledgers };
}
