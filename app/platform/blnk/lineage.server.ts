import type { CloudClient } from "./cloud.server.ts";
import { type Filter, MAX_IN_VALUES } from "./filters.ts";
import { IS_LINEAGE_BALANCE, isLineageBalance, isShadowRow, shadowEnds } from "./lineage.ts";
import type { Balance, Transaction } from "./records.ts";

/** Leaves out shadow rows. It keeps what it learns of balances: make one for each read. */
export function createShadowFilter({ balances }: Pick<CloudClient, "balances">) {
  const known = new Map<string, Pick<Balance, "indicator"> | undefined>();
  return async (rows: readonly Transaction[]): Promise<Transaction[]> => {
    const asked = shadowEnds(rows).filter((id) => !known.has(id));
    for (let at = 0; at < asked.length; at += MAX_IN_VALUES) {
      const values = asked.slice(at, at + MAX_IN_VALUES);
      for (const id of values) known.set(id, undefined);
      const filters = [{ field: "balance_id", operator: "in", values }] as const;
      for await (const page of balances.scan({ filters, createdUntil: undefined }))
        for (const { balance_id, indicator } of page)
          if (known.has(balance_id)) known.set(balance_id, { indicator });
    }
    return rows.filter((row) => !isShadowRow(row, (id) => known.get(id)));
  };
}

// Each hundred takes one more question of a list.
const MAX_COUNTED = 1_000;

/** How many of the rows that match are shadows; undefined where telling would take too long. */
export async function countShadowRows(
  { balances, transactions }: Pick<CloudClient, "balances" | "transactions">,
  filters: readonly Filter<"transactions">[],
): Promise<number | undefined> {
  const ids: string[] = [];
  for await (const page of balances.scan({ filters: [IS_LINEAGE_BALANCE], createdUntil: undefined })) {
    ids.push(...page.filter(isLineageBalance).map(({ balance_id }) => balance_id));
    if (ids.length > MAX_COUNTED) return undefined;
  }
  let count = 0;
  for (let at = 0; at < ids.length; at += MAX_IN_VALUES) {
    const values = ids.slice(at, at + MAX_IN_VALUES);
    const { total } = await transactions.list({
      filters: [...filters, { field: "source", operator: "in", values }],
      pageSize: 1,
      exactTotal: true,
    });
    if (total === undefined) return undefined;
    count += total;
  }
  return count;
}

/** How many of the balances that match are lineage balances. */
export async function countLineageBalances(
  { balances }: Pick<CloudClient, "balances">,
  filters: readonly Filter<"balances">[],
): Promise<number | undefined> {
  const { rows, total } = await balances.list({ filters: [...filters, IS_LINEAGE_BALANCE], pageSize: 1 });
  return rows.every(isLineageBalance) ? total : undefined;
}
