import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { hasMoved } from "#app/platform/blnk/has-moved.ts";
import type { Balance, Transaction } from "#app/platform/blnk/records.ts";

import type { BalancePrecision } from "./balance-precision.ts";
import type { AssumePrecision } from "./currency-precisions.server.ts";

const NEWEST_ROWS = 10;
const SHARED_ROWS = 100;

type Known = Pick<Balance, "balance_id" | "currency"> & Parameters<typeof hasMoved>[0];

/**
 * The precision to show each balance at, by its id. Blnk keeps none with a balance: it is that of the newest applied
 * rows; with none, or where they differ, the install's assumption.
 *
 * One read for up to 100 balances, and one more for each that had no row in it. Without `thorough` those are assumed.
 */
export async function readBalancePrecisions(
  { transactions }: Pick<CloudClient, "transactions">,
  balances: readonly Known[],
  assume: AssumePrecision,
  { thorough = true } = {},
): Promise<Map<string, BalancePrecision>> {
  const moved = balances.filter(hasMoved).map(({ balance_id }) => balance_id);
  const rows = moved.length === 0 ? [] : await readAppliedRows(transactions, moved, SHARED_ROWS);
  const found = new Map(moved.map((id) => [id, rows.filter((row) => touches(row, id))]));
  if (thorough) {
    const without = moved.filter((id) => found.get(id)!.length === 0);
    const more = await Promise.all(without.map((id) => readAppliedRows(transactions, [id], NEWEST_ROWS)));
    without.forEach((id, index) =>
      found.set(
        id,
        more[index]!.filter((row) => touches(row, id)),
      ),
    );
  }
  return new Map(
    balances.map(({ balance_id, currency }) => [
      balance_id,
      judge(found.get(balance_id) ?? [], assume(currency)),
    ]),
  );
}

/** The same for one balance whose newest applied rows are at hand. */
function judge(applied: readonly Transaction[], assumed: bigint): BalancePrecision {
  const newest = applied.toSorted((a, b) => (b.created_at ?? 0) - (a.created_at ?? 0)).slice(0, NEWEST_ROWS);
  const precisions = new Set(newest.map(({ precision }) => precision));
  const [precision] = precisions;
  if (precisions.size > 1 || precision === undefined || precision < 1n)
    return { precision: assumed, assumed: true };
  return { precision, assumed: false };
}

async function readAppliedRows(
  transactions: CloudClient["transactions"],
  balanceIds: readonly string[],
  pageSize: number,
): Promise<Transaction[]> {
  const { rows } = await transactions.list({
    filters: [
      balanceIds.length === 1
        ? { field: "balance_id", operator: "eq", value: balanceIds[0]! }
        : { field: "balance_id", operator: "in", values: balanceIds },
      { field: "status", operator: "eq", value: "APPLIED" },
    ],
    pageSize,
  });
  return rows.filter(({ status }) => status === "APPLIED");
}

function touches({ source, destination }: Transaction, balanceId: string): boolean {
  return source === balanceId || destination === balanceId;
}
