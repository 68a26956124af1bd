import { liveLaunches } from "#app/platform/sessions/portal-session.server.ts";
import type { Database } from "#db/database.server.ts";

const SHOWN = 200;

/** Launches that still open the portal, newest first. */
export async function loadSessions(db: Database, now: number) {
  return await liveLaunches(db, now)
    .select([
      "launches.launch_id",
      "launches.installed_app_id",
      "launches.user_id",
      "launches.created_at",
      "launches.expires_at",
      "launches.redemptions",
      "launches.source_address",
    ])
    .orderBy("launches.created_at", "desc")
    .limit(SHOWN)
    .execute();
}
