import { z } from "zod";

import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { containing, type Filter, MAX_IN_VALUES } from "#app/platform/blnk/filters.ts";
import { countShadowRows, createShadowFilter } from "#app/platform/blnk/lineage.server.ts";

import {
  createdWithin,
  filterDay,
  filterDecimal,
  filterText,
} from "#app/platform/portal/lists/read-list-state.server.ts";

export const transactionQuery = z.object({
  /** A transaction's, balance's or batch's id, an indicator, or part of a reference. */
  q: filterText,
  status: filterText,
  currency: filterText,
  min: filterDecimal,
  max: filterDecimal,
  from: filterDay,
  to: filterDay,
});

export type TransactionQuery = z.output<typeof transactionQuery>;

/** What to ask Cloud for; undefined when nothing can match. */
export async function transactionFilters(
  client: Pick<CloudClient, "balances">,
  { q, status, currency, min, max, from, to }: TransactionQuery,
): Promise<Filter<"transactions">[] | undefined> {
  const search = q === undefined ? [] : await searchFilter(client, q);
  if (search === undefined) return undefined;
  return [
    ...search,
    ...(status ? [{ field: "status", operator: "eq", value: status } as const] : []),
    ...(currency ? [{ field: "currency", operator: "eq", value: currency } as const] : []),
    ...(min ? [{ field: "amount", operator: "gte", value: min } as const] : []),
    ...(max ? [{ field: "amount", operator: "lte", value: max } as const] : []),
    ...createdWithin({ from, to }),
  ];
}

/** What a list of rows leaves out: shadow rows, unless they or the balances that they touch were chosen by id. */
export function leftOutOf(
  client: Pick<CloudClient, "balances" | "transactions">,
  filters: readonly Filter<"transactions">[],
) {
  if (filters.some(({ field }) => BY_ID.has(field))) return undefined;
  return {
    without: createShadowFilter(client),
    count: (bounded: readonly Filter<"transactions">[]) => countShadowRows(client, bounded),
  };
}

const BY_ID: ReadonlySet<string> = new Set(["transaction_id", "parent_transaction", "balance_id"]);

async function searchFilter(
  { balances }: Pick<CloudClient, "balances">,
  q: string,
): Promise<Filter<"transactions">[] | undefined> {
  if (q.startsWith("txn_")) return [{ field: "transaction_id", operator: "eq", value: q }];
  if (q.startsWith("bulk_")) return [{ field: "parent_transaction", operator: "eq", value: q }];
  if (q.startsWith("bln_")) return [{ field: "balance_id", operator: "eq", value: q }];
  if (!q.startsWith("@")) return [{ field: "reference", operator: "ilike", value: containing(q) }];
  // Rows name the balance; an indicator is one in each currency.
  const filters = [{ field: "indicator", operator: "eq", value: q }] as const;
  const { rows } = await balances.list({ filters, pageSize: MAX_IN_VALUES });
  if (rows.length === 0) return undefined;
  return [{ field: "balance_id", operator: "in", values: rows.map(({ balance_id }) => balance_id) }];
}
