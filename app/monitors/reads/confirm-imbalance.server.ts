import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";

import type { LedgerImbalance } from "../definition/monitor.ts";
import type { BalanceFold } from "../kinds/evaluate.ts";
import type { SubjectResult } from "../kinds/facts.ts";
import { currencyOf } from "../kinds/ledger-imbalance.ts";
import { selectionFilters } from "./balance-filters.ts";
import type { Confirmed } from "./confirm-results.server.ts";
import { problemOf } from "./problem-of.ts";

/**
 * Reads on where a scan found that a currency does not add up. The scan ends at balances of its own moment, by our clock:
 * a transfer to a newer one has been seen from one side only, at every read if Blnk's clock is ahead. What is left is
 * told of on the balance that changed last.
 */
export async function confirmImbalance(
  client: CloudClient,
  { select }: LedgerImbalance,
  { fold, found, now }: { fold: BalanceFold; found: SubjectResult[]; now: number },
): Promise<Confirmed> {
  if (!found.some(isOff)) return { results: found };
  let results = found;
  const problem = await problemOf(async () => {
    for await (const page of client.balances.scan({
      filters: [...selectionFilters(select), { field: "created_at", operator: "gt", value: now }],
      createdUntil: undefined,
    }))
      fold.add(page.filter(({ created_at }) => created_at !== undefined && created_at > now));
    const latestChanged = new Map<string, string>();
    for (const currency of new Set(fold.finish({}).filter(isOff).map(currencyOf))) {
      const changed = await findLatestChanged(client, currency);
      if (changed !== undefined) latestChanged.set(currency, changed);
    }
    results = fold.finish({ latestChanged });
  });
  return problem === undefined ? { results } : { results: fold.finish({ problem }), problem };
}

function isOff({ outcome }: SubjectResult): boolean {
  return outcome === "met";
}

/** The balance that the newest posting of a currency went to. */
async function findLatestChanged(client: CloudClient, currency: string): Promise<string | undefined> {
  const { rows } = await client.transactions.list({
    filters: [
      { field: "currency", operator: "eq", value: currency },
      { field: "status", operator: "in", values: ["APPLIED", "INFLIGHT"] },
    ],
    pageSize: NEWEST,
  });
  const payments = rows.filter(({ shadow_for }) => shadow_for === undefined);
  return payments.toSorted((one, other) => (other.created_at ?? 0) - (one.created_at ?? 0))[0]?.destination;
}

// The order of a list is promised nowhere, though the newest have come first.
const NEWEST = 20;
