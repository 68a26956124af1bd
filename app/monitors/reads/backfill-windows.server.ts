import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { shadowEnds } from "#app/platform/blnk/lineage.ts";
import type { Database } from "#db/database.server.ts";

import type { WindowMonitor } from "../definition/monitor.ts";
import { keptFrom, needsEndpointBalances } from "../kinds/evaluate.ts";
import type { EndpointBalance } from "../kinds/facts.ts";
import { batches } from "./batches.ts";
import { findBalances } from "./read-by-id.server.ts";
import { idsOfEnds } from "./ends.ts";
import { addToWindows, type Window } from "./windows.server.ts";

type ReadContext = { client: CloudClient; db: Database; installedAppId: string; now: number };

/**
 * Fills the windows of monitors that are new, were changed or paused, from the rows that they would have counted: one
 * scan for all that count rows of the same status.
 */
export async function backfillWindows(reading: ReadContext, windows: readonly Window[]): Promise<void> {
  await Promise.all(
    [...Map.groupBy(windows, statusOf)].map(([status, group]) => backfill(reading, { status, group })),
  );
}

async function backfill(
  reading: ReadContext,
  { status, group }: { status: string; group: readonly Window[] },
): Promise<void> {
  const { now } = reading;
  const endpointBalances = new Map<string, EndpointBalance>();
  const from = Math.min(...group.map(({ monitor }) => beginningOf(monitor, now)));
  const { counting } = await readBack(reading, { status, group, endpointBalances, from, until: now });
  const silent = group.filter(({ id, monitor }) => flagsLastRow(monitor) && !counting.has(id));
  let pages = LAST_ROW_PAGES;
  for (let until = from; silent.length > 0 && pages > 0 && now - until < LAST_ROW_REACH_MS;) {
    const step = { from: now - (now - until) * WIDER, until, pages };
    const found = await readBack(reading, { status, group: silent, endpointBalances, ...step });
    for (const id of found.counting)
      silent.splice(
        silent.findIndex((each) => each.id === id),
        1,
      );
    pages -= found.pages;
    until = step.from;
  }
}

/** The alert of a silence without a balance is about the last applied row, which may lie far before its minutes. */
function flagsLastRow({ kind, select }: WindowMonitor): boolean {
  return kind === "silence" && select.balance_id === undefined;
}

// How far it is looked for, in ever wider steps: a rare row of a busy ledger would cost thousands of pages.
const WIDER = 8;
const LAST_ROW_REACH_MS = 90 * 24 * 60 * 60_000;
const LAST_ROW_PAGES = 20;
const HELD_BALANCES = 20_000;

type Stretch = {
  status: string;
  group: readonly Window[];
  endpointBalances: Map<string, EndpointBalance>;
  from: number;
  until: number;
  /** The most to read; all when left out. */
  pages?: number;
};

/** Adds a stretch of history to the windows, and answers in which of them anything of it counts. */
async function readBack(
  { client, db, installedAppId, now }: ReadContext,
  { status, group, endpointBalances, from, until, pages: most = Infinity }: Stretch,
): Promise<{ counting: ReadonlySet<string>; pages: number }> {
  const filters = [
    { field: "status", operator: "eq", value: status },
    { field: "created_at", operator: "gte", value: from },
  ] as const;
  const counting = new Set<string>();
  let pages = 0;
  for await (const page of client.transactions.scan({
    filters,
    createdUntil: until,
    // What was there before the monitor is told of nowhere.
    onUnreadable: () => undefined,
  })) {
    const asking = group.some(({ monitor }) => needsEndpointBalances(monitor));
    if (endpointBalances.size > HELD_BALANCES) endpointBalances.clear();
    await readEndpointBalances(client, asking ? idsOfEnds(page) : shadowEnds(page), endpointBalances);
    const rows = page.map((row) => ({
      ...row,
      chain_id: row.transaction_id,
      first_seen_at: row.created_at ?? until,
    }));
    for (const id of await addToWindows(db, installedAppId, group, {
      rows,
      endpointBalances: (balanceId) => endpointBalances.get(balanceId),
      now,
    }))
      counting.add(id);
    pages += 1;
    if (pages === most) break;
  }
  return { counting, pages };
}

function statusOf({ monitor }: Window): string {
  return monitor.kind === "rejections" ? "REJECTED" : "APPLIED";
}

/** Silence keeps only the newest row, which has to be found first. */
function beginningOf(monitor: WindowMonitor, now: number): number {
  return monitor.kind === "silence" ? now - monitor.condition.minutes * 60_000 : keptFrom(monitor, now);
}

export async function readEndpointBalances(
  client: CloudClient,
  ids: Iterable<string>,
  endpointBalances: Map<string, EndpointBalance>,
): Promise<void> {
  for (const some of batches([...ids].filter((id) => !endpointBalances.has(id)))) {
    const found = await findBalances(client, some, () => undefined);
    for (const { balance_id, indicator, ledger_id, identity_id } of found)
      endpointBalances.set(balance_id, { balance_id, indicator, ledger_id, identity_id });
  }
}
