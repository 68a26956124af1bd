import type { DeleteResult } from "kysely";

import type { Clock } from "#app/platform/clock.ts";
import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import type { JobHandler } from "./worker.server.ts";

/** Deletes up to `limit` rows that have outlived their time, and answers whether there may be more of them. */
export type Sweep = (tx: Tx, now: number, limit: number) => Promise<"more" | "done">;

/** A clock that is held against another one; undefined: not yet. */
type CheckedClock = Clock & { skewMs(): number | undefined };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
// Small batches, so that callbacks get their turn between them.
const BATCH = 200;

/**
 * The hourly job that deletes what docs/storage.md says is no longer kept. It goes by Cloud's time, since a clock that
 * leaps a year ahead would delete all history, and waits for it up to a day after a start: nobody may be calling Cloud.
 */
export function createSweeper(
  { db, clock, cloud }: { db: Database; clock: Clock; cloud: { clock: CheckedClock } },
  sweeps: readonly Sweep[],
): JobHandler {
  return async (_job, { signal }) => {
    if (cloud.clock.skewMs() === undefined && performance.now() < DAY_MS)
      return { due_at: clock.now() + MINUTE_MS, payload: {} };
    for (const sweep of sweeps) {
      let left: "more" | "done" = "more";
      while (left === "more" && !signal.aborted)
        left = await db.write((tx) => sweep(tx, cloud.clock.now(), BATCH));
    }
    return { due_at: clock.now() + HOUR_MS, payload: {} };
  };
}

/** What a sweep answers that deleted all of one batch. */
export function swept({ numDeletedRows }: DeleteResult, limit: number): "more" | "done" {
  return numDeletedRows < limit ? "done" : "more";
}
