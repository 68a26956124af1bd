import { z } from "zod";

import type { Clock } from "#app/platform/clock.ts";
import { endEveryLaunch, endLaunch, endLaunches } from "#app/platform/sessions/launches.server.ts";
import type { Database } from "#db/database.server.ts";

import { operate, type Operator } from "#app/platform/operator/operator-actions.server.ts";

export const endSessionsSchema = z.union([
  z.object({ launch_id: z.string().max(200) }),
  z.object({ installed_app_id: z.string().max(200) }),
  z.object({ every: z.literal("1") }),
]);

/** Ends one launch, those of an install, or all, as the form says; idempotent. */
export async function endSessions(
  app: { db: Database; clock: Clock },
  operator: Operator,
  which: z.output<typeof endSessionsSchema>,
): Promise<void> {
  if ("launch_id" in which)
    await operate(app, operator, { action: "ended session", target: which.launch_id }, async (tx, now) => {
      await endLaunch(tx, which.launch_id, now);
      return "ended";
    });
  else if ("installed_app_id" in which) {
    const { installed_app_id } = which;
    const entry = { action: "ended sessions of", target: installed_app_id };
    await operate(app, operator, entry, async (tx, now) => {
      await endLaunches(tx, installed_app_id, now);
      return "ended";
    });
  } else
    await operate(app, operator, { action: "ended every session", target: null }, async (tx, now) => {
      await endEveryLaunch(tx, now);
      return "ended";
    });
}
