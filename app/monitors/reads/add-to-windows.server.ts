import { ownTurn } from "#app/platform/yield-to-event-loop.ts";
import type { Database } from "#db/database.server.ts";

import type { WindowMonitor } from "../definition/monitor.ts";
import type { FindTraits, SeenTransaction, WindowEntry } from "../kinds/facts.ts";
import { windowEntries } from "../kinds/window-entries.ts";
import { storeEntries } from "./watched-rows.server.ts";

// So that many windows together are few units of work, and the rows of a busy ledger are not held once for each.
const ENTRIES_HELD = 500;

/**
 * Adds to each window what these rows count in it; safe to repeat.
 *
 * @returns the monitors in whose windows anything counts
 */
export async function addToWindows(
  db: Pick<Database, "write">,
  windows: readonly { id: string; monitor: WindowMonitor }[],
  rows: readonly SeenTransaction[],
  traits: FindTraits,
): Promise<Set<string>> {
  const counting = new Set<string>();
  let entries: (WindowEntry & { monitor_id: string })[] = [];
  for (const { id, monitor } of windows) {
    for (const entry of windowEntries(monitor, rows, traits)) {
      entries.push({ ...entry, monitor_id: id });
      counting.add(id);
    }
    if (entries.length >= ENTRIES_HELD) {
      await storeEntries(db, entries);
      entries = [];
    }
    await ownTurn();
  }
  await storeEntries(db, entries);
  return counting;
}
