import type { Transaction } from "#app/platform/blnk/records.ts";

import type { Chain } from "../kinds/facts.ts";

/** The ends of a chain's rows whose balances it does not know yet. */
export function unknownEnds({ rows, ends }: Chain): string[] {
  const known = new Set(ends.map(({ balance_id }) => balance_id));
  return [...idsOfEnds(rows).difference(known)];
}

/** What rows call their ends by, but for indicators, which name themselves. */
export function idsOfEnds(rows: readonly Transaction[]): Set<string> {
  const ids = rows.flatMap(({ source, destination }) => [source, destination]);
  return new Set(ids.filter((id) => id?.startsWith("@") === false) as string[]);
}
