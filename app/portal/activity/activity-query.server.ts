import { sql } from "kysely";
import { z } from "zod";

import { containing } from "#app/platform/blnk/filters.ts";
import type { Database } from "#db/database.server.ts";

import { filterDay, filterText } from "#app/platform/portal/lists/read-list-state.server.ts";

export const activityQuery = z.object({
  /** Part of a record's id, a person's or a launch's, of what was done, or of its result. */
  q: filterText,
  from: filterDay,
  to: filterDay,
});

const DAY_MS = 24 * 60 * 60_000;

/** What was done in this install and matches, and nothing of any other. */
export function selectActivity(
  { read }: Pick<Database, "read">,
  installedAppId: string,
  { q, from, to }: z.output<typeof activityQuery>,
  until: number,
) {
  const last = to ? Math.min(until, Date.parse(to) + DAY_MS - 1) : until;
  let query = read
    .selectFrom("activity")
    .where("installed_app_id", "=", installedAppId)
    .where("at", "<=", last);
  if (from) query = query.where("at", ">=", Date.parse(from));
  if (!q) return query;
  const pattern = containing(q);
  // People read "Commit not recorded" where the row says "commit.not_recorded".
  const spelled = pattern.replaceAll(" ", "_");
  return query.where((eb) =>
    eb.or([
      ...(["target", "result", "user_id", "launch_id"] as const).map(
        (column) => sql<boolean>`${eb.ref(column)} like ${pattern} escape '\\'`,
      ),
      sql<boolean>`${eb.ref("action")} like ${spelled} escape '\\'`,
    ]),
  );
}
