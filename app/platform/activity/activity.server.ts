import { prepareQuery } from "#db/prepared-query.server.ts";
import type { ActivityRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

export type ActivityEntry = {
  installed_app_id: string;
  launch_id?: string;
  user_id?: string | null;
  /** Verb and noun, such as `install.applied`; the portal has the words. */
  action: string;
  target?: string;
  result: string;
};

/** Appends to what was done in this install; entries are never changed. */
export async function recordActivity(tx: Tx, entry: ActivityEntry, now: number): Promise<void> {
  await insertActivity(tx, { launch_id: null, user_id: null, target: null, ...entry, at: now });
}

const insertActivity = prepareQuery((db, entry: Omit<ActivityRow, "id">) =>
  db.insertInto("activity").values({
    installed_app_id: entry.installed_app_id,
    at: entry.at,
    launch_id: entry.launch_id,
    user_id: entry.user_id,
    action: entry.action,
    target: entry.target,
    result: entry.result,
  }),
);

/** What was done in an install goes on in the one that follows it. */
export async function moveActivity(tx: Tx, from: string, to: string): Promise<void> {
  await tx
    .updateTable("activity")
    .set({ installed_app_id: to })
    .where("installed_app_id", "=", from)
    .execute();
}
