import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { Balance } from "#app/platform/blnk/records.ts";

import { answers } from "./balance-filters.ts";
import type { Fold } from "./balance-reader.ts";
import { batches } from "./batches.ts";
import type { RequiredReads } from "./plan-balance-reads.ts";
import { problemOf, problemOfUnread } from "./problem-of.ts";

/** `misled`: Cloud sent what was not asked for, so that what was asked for may be missing. */
export type ReadState = { problem: string | undefined; currencies: string[] | undefined; misled: boolean };

type ById = { requiredReads: RequiredReads; fold: Fold; ids: ReadonlySet<string>; state: ReadState };

/** The balances that are asked for by name, a hundred at a time. */
export async function readById(
  client: CloudClient,
  states: readonly ById[],
  seen: (page: readonly Balance[]) => void,
): Promise<void> {
  const wanted = new Map<string, ById[]>();
  for (const state of states) for (const id of state.ids) wanted.set(id, [...(wanted.get(id) ?? []), state]);
  await Promise.all(
    batches([...wanted.keys()]).map(async (ids) => {
      let unread = 0;
      const failed = await problemOf(async () => {
        const page = await findBalances(client, ids, () => (unread += 1)).catch(misledBy);
        if (!page) {
          for (const id of ids) for (const { state } of wanted.get(id)!) state.misled = true;
          return;
        }
        seen(page);
        for (const balance of page) {
          for (const { requiredReads, fold } of wanted.get(balance.balance_id)!) {
            if (!requiredReads.scans.some((scan) => answers(balance, scan))) fold.add([balance]);
          }
        }
      });
      const problem = failed ?? problemOfUnread(unread, "balance");
      if (problem === undefined) return;
      for (const id of ids) for (const { state } of wanted.get(id)!) state.problem ??= problem;
    }),
  );
}

const IGNORED = "filter ignored";

function misledBy(error: unknown): undefined {
  if (!(error instanceof CloudError) || error.reason !== IGNORED) throw error;
}

/**
 * @param ids at most a hundred
 * @throws CloudError `malformed` where Cloud ignores the filter and answers with everything
 */
export async function findBalances(
  client: CloudClient,
  ids: readonly string[],
  onUnreadable: () => void,
): Promise<Balance[]> {
  const asked = new Set(ids);
  const found: Balance[] = [];
  for await (const page of client.balances.scan({
    filters: [{ field: "balance_id", operator: "in", values: ids }],
    createdUntil: undefined,
    onUnreadable,
  })) {
    if (!page.every(({ balance_id }) => asked.has(balance_id)))
      throw new CloudError("malformed", { reason: IGNORED });
    found.push(...page);
  }
  return found;
}
