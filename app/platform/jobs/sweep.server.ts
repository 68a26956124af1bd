import type { DeleteResult } from "kysely";

import type { Clock } from "#app/platform/clock.ts";
import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import type { JobHandler } from "./worker.server.ts";

/** Deletes up to `limit` rows that have outlived their time, and answers whether there may be more of them. */
export type Sweep = (tx: Tx, now: number, limit: number) => Promise<"more" | "done">;

const HOUR_MS = 60 * 60_000;
// Small batches, so that callbacks get their turn between them.
const BATCH = 200;

/** The hourly job that deletes what docs/storage.md says is no longer kept. */
export function createSweeper(
  { db, clock }: { db: Database; clock: Clock },
  sweeps: readonly Sweep[],
): JobHandler {
  return async (_job, { signal }) => {
    for (const sweep of sweeps) {
      let left: "more" | "done" = "more";
      while (left === "more" && !signal.aborted) left = await db.write((tx) => sweep(tx, clock.now(), BATCH));
    }
    return { due_at: clock.now() + HOUR_MS, payload: {} };
  };
}

/** What a sweep answers that deleted all of one batch. */
export function swept({ numDeletedRows }: DeleteResult, limit: number): "more" | "done" {
  return numDeletedRows < limit ? "done" : "more";
}
