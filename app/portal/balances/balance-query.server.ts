import { z } from "zod";

import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { containing, type Filter } from "#app/platform/blnk/filters.ts";
import { countLineageBalances } from "#app/platform/blnk/lineage.server.ts";
import { isLineageBalance } from "#app/platform/blnk/lineage.ts";
import type { Balance } from "#app/platform/blnk/records.ts";

import { findBalanceIds } from "#app/platform/portal/lists/find-by-name.server.ts";
import { filterText } from "#app/platform/portal/lists/read-list-state.server.ts";

export const balanceQuery = z.object({
  /** A balance's, ledger's or identity's id, part of an indicator, or part of a name. */
  q: filterText,
  ledger: filterText,
  currency: filterText,
  only: z.enum(["below_zero", "holding", "expecting"]).optional(),
});

export type BalanceQuery = z.output<typeof balanceQuery>;

const ONLY = {
  below_zero: { field: "balance", operator: "lt", value: 0n },
  holding: { field: "inflight_debit_balance", operator: "gt", value: 0n },
  expecting: { field: "inflight_credit_balance", operator: "gt", value: 0n },
} as const;

/** What to ask Cloud for; undefined when nothing can match. */
export async function balanceFilters(
  client: Pick<CloudClient, "balances" | "identities">,
  { q, ledger, currency, only }: BalanceQuery,
): Promise<Filter<"balances">[] | undefined> {
  const search = q === undefined ? [] : await searchFilter(client, q);
  if (search === undefined) return undefined;
  return [
    ...search,
    ...(ledger ? [{ field: "ledger_id", operator: "eq", value: ledger } as const] : []),
    ...(currency ? [{ field: "currency", operator: "eq", value: currency } as const] : []),
    ...(only ? [ONLY[only]] : []),
  ];
}

/** What a list of balances leaves out: lineage balances, unless they were chosen by id. */
export function leftOutOf(client: Pick<CloudClient, "balances">, filters: readonly Filter<"balances">[]) {
  if (filters.some(({ field }) => field === "balance_id")) return undefined;
  return {
    without: (balances: readonly Balance[]) => balances.filter((balance) => !isLineageBalance(balance)),
    count: (bounded: readonly Filter<"balances">[]) => countLineageBalances(client, bounded),
  };
}

async function searchFilter(
  client: Pick<CloudClient, "balances" | "identities">,
  q: string,
): Promise<Filter<"balances">[] | undefined> {
  if (q.startsWith("bln_")) return [{ field: "balance_id", operator: "eq", value: q }];
  if (q.startsWith("idt_")) return [{ field: "identity_id", operator: "eq", value: q }];
  if (q.startsWith("ldg_") || q === "general_ledger_id")
    return [{ field: "ledger_id", operator: "eq", value: q }];
  if (q.startsWith("@")) return [{ field: "indicator", operator: "ilike", value: containing(q) }];
  const ids = await findBalanceIds(client, q);
  return ids.length === 0 ? undefined : [{ field: "balance_id", operator: "in", values: ids }];
}
