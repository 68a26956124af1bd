import type { Clock } from "#app/platform/clock.ts";
import type { Database } from "#db/database.server.ts";
import { deleteExpired, RETENTION } from "#db/retention.server.ts";

import type { JobHandler } from "./worker.server.ts";

/** A clock that is held against another one; undefined: not yet. */
type CheckedClock = Clock & { skewMs(): number | undefined };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * The hourly job that deletes what docs/storage.md says is no longer kept. It goes by Cloud's time, since a clock that
 * leaps a year ahead would delete all history, and waits for it up to a day after a start: nobody may be calling Cloud.
 */
export function createSweeper({
  db,
  clock,
  cloud,
}: {
  db: Database;
  clock: Clock;
  cloud: { clock: CheckedClock };
}): JobHandler {
  return async (_job, { signal }) => {
    if (cloud.clock.skewMs() === undefined && performance.now() < DAY_MS)
      return { due_at: clock.now() + MINUTE_MS, payload: {} };
    for (const rule of RETENTION) {
      let left: "more" | "done" = "more";
      while (left === "more" && !signal.aborted)
        left = await db.write((tx) => deleteExpired(tx, rule, cloud.clock.now()));
    }
    return { due_at: clock.now() + HOUR_MS, payload: {} };
  };
}
