import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Transaction } from "#app/platform/blnk/records.ts";
import { settlementParents } from "#app/platform/blnk/remaining-of.ts";

import { batches } from "./batches.ts";
import { isOpening } from "./chains.server.ts";

/** Children of these rows, and theirs, parents first: the outcome of a queued hold may be committed already. */
export async function readSettlements(
  client: CloudClient,
  parents: readonly Transaction[],
  onUnreadable: (before: Transaction | undefined) => void,
): Promise<Transaction[]> {
  const asked = new Set<string>();
  const all: Transaction[] = [];
  for (let opening = parents; opening.length > 0;) {
    const ids = new Set(opening.flatMap(settlementParents)).difference(asked);
    const found: Transaction[] = [];
    for (const values of batches([...ids])) {
      for (const id of values) asked.add(id);
      for await (const page of client.transactions.scan({
        filters: [{ field: "parent_transaction", operator: "in", values }],
        createdUntil: undefined,
        onUnreadable,
      }))
        found.push(
          ...page.filter(
            ({ parent_transaction }) =>
              parent_transaction !== undefined && values.includes(parent_transaction),
          ),
        );
    }
    all.push(...found);
    opening = found.filter(isOpening);
  }
  return all;
}
