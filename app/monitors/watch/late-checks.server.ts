import { sql } from "kysely";

import { isGivenUp } from "#app/platform/jobs/jobs.server.ts";
import type { Database } from "#db/database.server.ts";

/** An install's monitors without a finished check since then. `isParked`: its job is the operator's to retry. */
export type LateCheck = {
  installed_app_id: string;
  generation: number;
  since: number;
  isParked: boolean;
};

const INTERVALS = 3;
/** One check may wait so long for a Cloud that hangs. */
const LEAST_MS = 3 * 60_000;

/** The active installs with a monitor that is on, and no check that ended within three intervals; of one, or of all. */
export async function listLateChecks(
  db: Pick<Database, "read">,
  { now, intervalMs, installedAppId }: { now: number; intervalMs: number; installedAppId?: string },
): Promise<LateCheck[]> {
  const before = now - Math.max(INTERVALS * intervalMs, LEAST_MS);
  const unchecked = await db.read
    .selectFrom("installs")
    .leftJoin("watches", "watches.installed_app_id", "installs.installed_app_id")
    .select(["installs.installed_app_id", "installs.generation", "watches.completed_at"])
    .select((eb) =>
      eb
        .selectFrom("monitors")
        .select((monitor) => monitor.fn.min("watching_since").as("oldest"))
        .whereRef("monitors.installed_app_id", "=", "installs.installed_app_id")
        .where("monitors.deleted_at", "is", null)
        .where(sql<number>`json_extract(definition, '$.enabled')`, "=", 1)
        .as("watching_since"),
    )
    .where("installs.state", "=", "active")
    .where((eb) => eb.or([eb("completed_at", "is", null), eb("completed_at", "<", before)]))
    .$if(installedAppId !== undefined, (query) =>
      query.where("installs.installed_app_id", "=", installedAppId!),
    )
    .execute();
  const late: LateCheck[] = [];
  for (const { completed_at, watching_since, ...install } of unchecked) {
    if (watching_since === null) continue;
    const since = completed_at ?? watching_since;
    if (since >= before) continue;
    late.push({ ...install, since, isParked: await isGivenUp(db.read, { kind: "watch", ...install }) });
  }
  return late;
}
