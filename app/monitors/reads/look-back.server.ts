import type { CloudClient } from "#app/blnk/cloud.server.ts";
import type { Transaction } from "#app/blnk/records.ts";
import type { Database } from "#db/database.server.ts";

import type { WindowMonitor } from "../definition/monitor.ts";
import { keptFrom, needsTraits } from "../kinds/evaluate.ts";
import type { BalanceTraits } from "../kinds/facts.ts";
import { addToWindows } from "./add-to-windows.server.ts";
import { batches, findBalances } from "./read-by-id.server.ts";

type NewWindow = { id: string; monitor: WindowMonitor };

/**
 * Fills the windows of monitors that are new, were changed or paused, from the rows that they would have counted: one
 * scan for all that count rows of the same status.
 */
export async function lookBackWindows(
  client: CloudClient,
  db: Database,
  windows: readonly NewWindow[],
  now: number,
): Promise<void> {
  await Promise.all(
    [...Map.groupBy(windows, statusOf)].map(([status, group]) =>
      lookBack(client, db, { status, group, now }),
    ),
  );
}

async function lookBack(
  client: CloudClient,
  db: Database,
  { status, group, now }: { status: string; group: readonly NewWindow[]; now: number },
): Promise<void> {
  const from = Math.min(...group.map(({ monitor }) => beginningOf(monitor, now)));
  const filters = [
    { field: "status", operator: "eq", value: status },
    { field: "created_at", operator: "gte", value: from },
  ] as const;
  const traits = new Map<string, BalanceTraits>();
  for await (const page of client.transactions.scan({ filters, createdUntil: now })) {
    if (group.some(({ monitor }) => needsTraits(monitor))) await readTraits(client, page, traits);
    const rows = page.map((row) => ({
      ...row,
      chain_id: row.transaction_id,
      first_seen_at: row.created_at ?? now,
    }));
    await addToWindows(db, group, rows, (balanceId) => traits.get(balanceId));
  }
}

function statusOf({ monitor }: NewWindow): string {
  return monitor.kind === "rejections" ? "REJECTED" : "APPLIED";
}

/** Silence keeps only the newest row, which has to be found first. */
function beginningOf(monitor: WindowMonitor, now: number): number {
  return monitor.kind === "silence" ? now - monitor.condition.minutes * 60_000 : keptFrom(monitor, now);
}

export async function readTraits(
  client: CloudClient,
  rows: readonly Transaction[],
  traits: Map<string, BalanceTraits>,
): Promise<void> {
  const ids = new Set(
    rows
      .flatMap(({ source, destination }) => [source, destination])
      .filter((id) => id?.startsWith("@") === false && !traits.has(id)),
  );
  for (const some of batches([...ids] as string[])) {
    for (const { balance_id, indicator, ledger_id, identity_id } of await findBalances(client, some))
      traits.set(balance_id, { balance_id, indicator, ledger_id, identity_id });
  }
}
