import { availableOf } from "#app/platform/blnk/available-balance.ts";
import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Balance } from "#app/platform/blnk/records.ts";

import {
  type CsvColumn,
  csvLines,
  exactAmount,
  isoTime,
  noPages,
  startLines,
} from "#app/platform/portal/lists/csv.server.ts";
import { readListState } from "#app/platform/portal/lists/read-list-state.server.ts";
import { readBalancePrecisions } from "#app/platform/portal/precision/balance-precision.server.ts";
import type { AssumePrecision } from "#app/platform/portal/precision/currency-precisions.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { type BalanceLine, toBalanceLine } from "./balance-line.ts";
import { balanceFilters, balanceQuery, leftOutOf } from "./balance-query.server.ts";

const AMOUNTS = {
  balance: (row: BalanceLine) => row.balance,
  available: availableOf,
  credit_balance: (row: BalanceLine) => row.credit_balance,
  debit_balance: (row: BalanceLine) => row.debit_balance,
  inflight_balance: (row: BalanceLine) => row.inflight_balance,
  inflight_credit_balance: (row: BalanceLine) => row.inflight_credit_balance,
  inflight_debit_balance: (row: BalanceLine) => row.inflight_debit_balance,
};

const COLUMNS: readonly CsvColumn<BalanceLine>[] = [
  { name: "balance_id", text: (row) => row.balance_id },
  { name: "name", text: (row) => row.name },
  { name: "ledger_id", text: (row) => row.ledger_id },
  { name: "identity_id", text: (row) => row.identity_id },
  { name: "indicator", text: (row) => row.indicator },
  { name: "currency", text: (row) => row.currency },
  ...Object.entries(AMOUNTS).flatMap(([name, amount]): CsvColumn<BalanceLine>[] => [
    { name, digits: (row) => exactAmount(amount(row), row.precision.precision) },
    { name: `${name}_minor_units`, digits: (row) => amount(row)?.toString() },
  ]),
  { name: "precision", digits: (row) => row.precision.precision.toString() },
  { name: "precision_from", text: (row) => (row.precision.assumed ? "assumed" : "rows") },
  { name: "created_at", digits: (row) => isoTime(row.created_at) },
];

/** The filtered balances as a file; see `csvResponse`. */
export function readBalancesCsv(
  readCloud: ReadCloud,
  assume: AssumePrecision,
  params: URLSearchParams,
  now: number,
): Promise<CloudResult<AsyncIterable<string>>> {
  const { state, unreadable } = readListState(balanceQuery, params);
  if (unreadable) return Promise.resolve(unreadable);
  return readCloud("data:read", async (client) => {
    const filters = await balanceFilters(client, state.filters);
    const pages = filters ? client.balances.scan({ filters, createdUntil: state.until ?? now }) : noPages();
    const without = filters && leftOutOf(client, filters)?.without;
    return await startLines(csvLines(COLUMNS, withPrecisions(client, pages, { assume, without })));
  });
}

async function* withPrecisions(
  client: CloudClient,
  pages: AsyncIterable<readonly Balance[]>,
  {
    assume,
    without,
  }: { assume: AssumePrecision; without: ((page: readonly Balance[]) => Balance[]) | undefined },
) {
  for await (const page of pages) {
    const balances = without ? without(page) : page;
    // A read for each balance would take thousands: those that one read for the page does not tell of are assumed.
    const precisions = await readBalancePrecisions(client, balances, assume, { thorough: false });
    yield balances.map((balance) => toBalanceLine(balance, precisions.get(balance.balance_id)!));
  }
}
