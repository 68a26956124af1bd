import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Filter } from "#app/platform/blnk/filters.ts";

import { readLedgerNames } from "#app/portal/ledgers/read-ledger-names.server.ts";
import { readPage } from "#app/platform/portal/lists/read-page.server.ts";
import { readBalancePrecisions } from "#app/platform/portal/precision/balance-precision.server.ts";
import type { AssumePrecision } from "#app/platform/portal/precision/currency-precisions.server.ts";
import { leftOutOf } from "./balance-query.server.ts";
import { type BalanceLine, toBalanceLine } from "./balance-line.ts";

const FIRST = { page: 1, until: undefined };

export type FirstBalances = { rows: BalanceLine[]; total: number | undefined };

/** The first balances that match, for a record's page. */
export async function readFirstBalances(
  client: CloudClient,
  filters: readonly Filter<"balances">[],
  assume: AssumePrecision,
): Promise<FirstBalances> {
  const { rows, total } = await readPage(client.balances, filters, FIRST, leftOutOf(client, filters));
  const [precisions, ledgers] = await Promise.all([
    readBalancePrecisions(client, rows, assume),
    readLedgerNames(client),
  ]);
  return { rows: rows.map((row) => toBalanceLine(row, precisions.get(row.balance_id)!, ledgers)), total };
}
