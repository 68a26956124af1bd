import type { Clock } from "#app/clock.ts";
import { endEveryLaunch, endLaunch, endLaunches } from "#app/sessions/launches.server.ts";
import type { Database } from "#db/database.server.ts";

import { operate, type Operator } from "../operator-actions.server.ts";

/** Ends one launch, those of an install, or all, as the form says; idempotent. */
export async function endSessions(
  app: { db: Database; clock: Clock },
  operator: Operator,
  data: FormData,
): Promise<void> {
  const [launchId, installedAppId] = [data.get("launch_id"), data.get("installed_app_id")];
  if (typeof launchId === "string")
    await operate(app, operator, { action: "ended session", target: launchId }, async (tx, now) => {
      await endLaunch(tx, launchId, now);
      return "ended";
    });
  else if (typeof installedAppId === "string")
    await operate(app, operator, { action: "ended sessions of", target: installedAppId }, async (tx, now) => {
      await endLaunches(tx, installedAppId, now);
      return "ended";
    });
  else if (data.get("every") === "1")
    await operate(app, operator, { action: "ended every session", target: null }, async (tx, now) => {
      await endEveryLaunch(tx, now);
      return "ended";
    });
}
