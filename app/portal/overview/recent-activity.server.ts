import type { Database } from "#db/database.server.ts";

const SHOWN = 6;

/** What was done in this install last. */
export async function readRecentActivity({ read }: Pick<Database, "read">, installedAppId: string) {
  return await read
    .selectFrom("activity")
    .select(["id", "at", "action", "target", "result"])
    .where("installed_app_id", "=", installedAppId)
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(SHOWN)
    .execute();
}

export type RecentActivity = Awaited<ReturnType<typeof readRecentActivity>>;
