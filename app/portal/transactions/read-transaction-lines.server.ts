import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Filter } from "#app/platform/blnk/filters.ts";

import { toTransactionLine, type TransactionLine } from "./transaction-line.ts";

const NEWEST = 10;

/** The newest rows that match, for a record's page. */
export async function readTransactionLines(
  { transactions }: Pick<CloudClient, "transactions">,
  filters: readonly Filter<"transactions">[],
): Promise<TransactionLine[]> {
  const { rows } = await transactions.list({ filters, pageSize: NEWEST });
  return rows
    .toSorted((a, b) => (b.created_at ?? 0) - (a.created_at ?? 0))
    .slice(0, NEWEST)
    .map((row) => toTransactionLine(row, rows));
}
