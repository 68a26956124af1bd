import { createContext } from "react-router";

import type { Clock } from "#app/platform/clock.ts";

import type { BalanceTotals } from "./total-balances.server.ts";
import type { WeekOfRows } from "./scan-week.server.ts";

/** What a scan found, and when it began. */
export type Scanned<T> = { value: T; at: number };

/** Scans that every panel of an install shares for some minutes: they read thousands of rows. */
export type SharedScans = { balances: ScanCache<BalanceTotals>; week: ScanCache<WeekOfRows> };

export const scansContext = createContext<SharedScans>();

type ScanCache<T> = ReturnType<typeof createScanCache<T>>;

const KEPT_MS = 5 * 60_000;
/** A person who asks again and again gets what was just read. */
const FRESH_MS = 5000;
const MAX_INSTALLS = 50;

export function createSharedScans(clock: Clock): SharedScans {
  return { balances: createScanCache(clock), week: createScanCache(clock) };
}

function createScanCache<T>(clock: Clock) {
  /** The most recently asked for last. */
  const entries = new Map<string, { at: number; result: Promise<T>; isRunning: boolean }>();

  function begin(key: string, scan: () => Promise<T>) {
    const entry = { at: clock.now(), result: scan(), isRunning: true };
    entry.result.then(
      () => (entry.isRunning = false),
      () => entries.get(key) === entry && entries.delete(key),
    );
    return entry;
  }

  return {
    /** The scan of the last minutes, or one that is under way, else a new one. A failed one is not kept. */
    async read(key: string, scan: () => Promise<T>): Promise<Scanned<T>> {
      const kept = entries.get(key);
      const entry = kept && (kept.isRunning || clock.now() - kept.at < KEPT_MS) ? kept : begin(key, scan);
      entries.delete(key);
      entries.set(key, entry);
      if (entries.size > MAX_INSTALLS) entries.delete(entries.keys().next().value!);
      return { value: await entry.result, at: entry.at };
    },

    /** The next to ask gets a new scan. */
    forget(key: string): void {
      const kept = entries.get(key);
      if (kept && !kept.isRunning && clock.now() - kept.at >= FRESH_MS) entries.delete(key);
    },
  };
}
