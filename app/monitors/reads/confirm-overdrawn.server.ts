import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";

import type { SubjectResult } from "../kinds/facts.ts";
import type { Overdrawn } from "../kinds/overdrawn.ts";
import { isRefund } from "../kinds/select/select-transactions.ts";
import type { Confirmed } from "./confirm-results.server.ts";
import { problemOf } from "./problem-of.ts";

/** Balances whose overdrafts are looked up in one cycle; the others have their turn in the next. */
const LOOK_UPS = 100;
/** A balance with more overdrafts than that is meant to be below zero. */
const MAX_ROWS = 1_000;
const MAX_REMEMBERED = 20_000;

/** What balances were allowed, by their id and what had been debited by then. Without it, @World is asked about for ever. */
const remembered = new Map<string, bigint | "plenty">();

/**
 * Lets pass what an overdraft allows: the debits that were sent with `allow_overdraft` come to at least the shortfall.
 * A refund's do not count, since Core allows them by itself.
 */
export async function confirmOverdrawn(
  client: CloudClient,
  kind: string,
  overdrawn: ReadonlyMap<string, Overdrawn>,
  found: readonly SubjectResult[],
): Promise<Confirmed> {
  const statuses = kind === "overheld" ? ["APPLIED", "INFLIGHT"] : ["APPLIED"];
  const short = found.filter(({ outcome, subject }) => outcome === "met" && overdrawn.has(subject));
  const allowed = new Map<string, boolean>();
  let lookUps = 0;
  const problem = await problemOf(async () => {
    for (const { subject } of short) {
      const { shortfall, debited } = overdrawn.get(subject)!;
      const key = `${kind} ${subject} ${debited}`;
      if (!remembered.has(key)) {
        if (lookUps === LOOK_UPS) continue;
        lookUps += 1;
        remember(key, await sumOverdrafts(client, subject, { statuses, enough: shortfall }));
      }
      const sum = remembered.get(key)!;
      allowed.set(subject, sum === "plenty" || sum >= shortfall);
    }
  });
  const results = found.map((result): SubjectResult => {
    if (result.outcome !== "met") return result;
    const isAllowed = allowed.get(result.subject);
    if (isAllowed !== undefined) return isAllowed ? { ...result, outcome: "not_met" } : result;
    return problem === undefined
      ? { ...result, outcome: "between" }
      : { ...result, outcome: "unknown", reason: problem };
  });
  return { results, problem };
}

async function sumOverdrafts(
  client: CloudClient,
  balanceId: string,
  { statuses, enough }: { statuses: string[]; enough: bigint },
): Promise<bigint | "plenty"> {
  let sum = 0n;
  let rows = 0;
  for await (const page of client.transactions.scan({
    filters: [
      { field: "source", operator: "eq", value: balanceId },
      { field: "status", operator: "in", values: statuses },
      { field: "meta_data.allow_overdraft", operator: "eq", value: true },
    ],
    createdUntil: undefined,
  })) {
    if (!page.every(({ source, allow_overdraft }) => source === balanceId && allow_overdraft))
      throw new CloudError("malformed", { reason: "filter ignored" });
    for (const row of page) if (!isRefund(row)) sum += row.precise_amount ?? 0n;
    rows += page.length;
    if (sum >= enough) return sum;
    if (rows >= MAX_ROWS) return sum > 0n ? "plenty" : sum;
  }
  return sum;
}

function remember(key: string, sum: bigint | "plenty"): void {
  if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value!);
  remembered.set(key, sum);
}
