import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";

import type { BalanceMonitor } from "../definition/monitor.ts";
import type { BalanceFold } from "../kinds/evaluate.ts";
import type { SubjectResult } from "../kinds/facts.ts";
import { confirmImbalance } from "./confirm-imbalance.server.ts";
import { confirmOverdrawn } from "./confirm-overdrawn.server.ts";

export type Confirmed = { results: SubjectResult[]; problem?: string | undefined };

/** Asks further where balances alone do not tell whether a monitor's condition is true. */
export async function confirmResults(
  client: CloudClient,
  monitor: BalanceMonitor,
  { fold, found, now }: { fold: BalanceFold; found: SubjectResult[]; now: number },
): Promise<Confirmed> {
  if (monitor.kind === "ledger_imbalance")
    return await confirmImbalance(client, monitor, { fold, found, now });
  if (fold.overdrawn?.size) return await confirmOverdrawn(client, monitor.kind, fold.overdrawn, found);
  return { results: found };
}
