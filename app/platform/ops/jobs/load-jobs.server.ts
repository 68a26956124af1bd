import { sql } from "kysely";

import type { Database } from "#db/database.server.ts";

const SHOWN = 100;

/** What waits or runs, the next due first, and what was given up; what a job works on is not shown. */
export async function loadJobs({ read }: Database) {
  const jobs = read
    .selectFrom("jobs")
    .select([
      "id",
      "kind",
      "installed_app_id",
      "state",
      "due_at",
      "attempts",
      "last_error",
      "created_at",
      "finished_at",
    ])
    .limit(SHOWN);
  const [open, parked] = await Promise.all([
    jobs.where("open_key", "is not", null).orderBy("due_at").execute(),
    jobs
      .where("state", "=", sql.lit("parked" as const))
      .orderBy("id", "desc")
      .execute(),
  ]);
  return { open, parked };
}
