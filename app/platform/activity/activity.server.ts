import { type Sweep, swept } from "#app/platform/jobs/sweep.server.ts";
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

const DAY_MS = 24 * 60 * 60_000;
const KEPT_MS = 400 * DAY_MS;
const KEPT_AFTER_UNINSTALL_MS = 90 * DAY_MS;

const sweepOldActivity: Sweep = async (tx, now, limit) => {
  const old = tx
    .selectFrom("activity")
    .select("id")
    .where("at", "<", now - KEPT_MS)
    .limit(limit);
  return swept(await tx.deleteFrom("activity").where("id", "in", old).executeTakeFirst(), limit);
};

const sweepLeftActivity: Sweep = async (tx, now, limit) => {
  const left = tx
    .selectFrom("installs")
    .innerJoin("activity", "activity.installed_app_id", "installs.installed_app_id")
    .select("activity.id")
    .where("installs.state", "=", "inactive")
    .where("installs.uninstalled_at", "<", now - KEPT_AFTER_UNINSTALL_MS)
    .limit(limit);
  return swept(await tx.deleteFrom("activity").where("id", "in", left).executeTakeFirst(), limit);
};

/** Apart, so that each is found by an index of its own. */
export const activitySweeps: readonly Sweep[] = [sweepOldActivity, sweepLeftActivity];
