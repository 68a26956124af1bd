import type { Filter } from "./filters.ts";
import type { Balance, Transaction } from "./records.ts";

/*
 * With fund lineage, Core writes shadow rows beside a payment, between balances of its own: they repeat money that the
 * payment has moved. They count nowhere, unless somebody chose them by id.
 */

type Named = Pick<Balance, "indicator">;

export function isLineageBalance({ indicator }: Named): boolean {
  return indicator !== undefined && /^@.+_lineage$/.test(indicator);
}

/** What `isLineageBalance` says, in Cloud's terms. */
export const IS_LINEAGE_BALANCE = {
  field: "indicator",
  operator: "like",
  value: "@%\\_lineage",
} as const satisfies Filter<"balances">;

type Shadow = Pick<Transaction, "shadow_for" | "source" | "destination">;

/**
 * Metadata alone says little, since anybody who posts can write it: a payment must not be able to hide. Both its ends
 * have to be lineage balances too.
 *
 * @param find a balance, of those that `shadowEnds` names
 */
export function isShadowRow(row: Shadow, find: (balanceId: string) => Named | undefined): boolean {
  if (row.shadow_for === undefined) return false;
  return [row.source, row.destination].every((end) => {
    if (end === undefined) return false;
    return isLineageBalance(end.startsWith("@") ? { indicator: end } : (find(end) ?? NAMELESS));
  });
}

const NAMELESS = { indicator: undefined };

/** The balances that tell whether rows which say that they are shadows are any. */
export function shadowEnds(rows: readonly Shadow[]): string[] {
  const ends = rows.flatMap(({ shadow_for, source, destination }) =>
    shadow_for === undefined ? [] : [source, destination],
  );
  return [...new Set(ends)].filter((end) => end?.startsWith("@") === false) as string[];
}
