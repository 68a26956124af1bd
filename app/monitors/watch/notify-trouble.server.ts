import { findInstall, type Install } from "#app/platform/installs/installs.server.ts";

import type { MonitorPlatform } from "../monitor-platform.server.ts";
import { enqueueWebhookEvent } from "../webhook/webhook-messages.server.ts";

const STALE_AFTER_MS = 15 * 60_000;

/**
 * Tells the webhook, once, that the key is rejected or that monitors have not been evaluated for 15 minutes, or for as
 * long as `late` says; and when that is over. @returns whether there was news
 */
export async function notifyTrouble(
  { db, clock, cloud }: Pick<MonitorPlatform, "db" | "clock" | "cloud">,
  { installed_app_id }: Pick<Install, "installed_app_id">,
  late?: { since: number; reason: string },
): Promise<boolean> {
  const now = clock.now();
  const watch = await db.read
    .selectFrom("watches")
    .select("notified_trouble")
    .where("installed_app_id", "=", installed_app_id)
    .executeTakeFirst();
  const rejected = (await findInstall(db.read, installed_app_id))?.key_state === "rejected";
  const cloudNow = cloud.clock.now();
  const stale = rejected ? undefined : (late ?? (await findStale(db, installed_app_id, cloudNow)));
  const trouble = rejected ? "key_rejected" : stale ? "not_evaluated" : null;
  if (trouble === (watch?.notified_trouble ?? null)) return false;
  // What was told is over when nothing is wrong any more, not while it is too early to tell of it again.
  if (trouble === null && (await findStale(db, installed_app_id, cloudNow, 0))) return false;
  await db.write(async (tx) => {
    await tx
      .insertInto("watches")
      .values({
        installed_app_id,
        rows_until: null,
        balances: null,
        completed_at: null,
        notified_trouble: trouble,
      })
      .onConflict((conflict) =>
        conflict.column("installed_app_id").doUpdateSet({ notified_trouble: trouble }),
      )
      .execute();
    if (trouble === "key_rejected")
      await enqueueWebhookEvent(tx, installed_app_id, { type: "key.rejected" }, now);
    if (stale)
      await enqueueWebhookEvent(tx, installed_app_id, { type: "monitors.not_evaluated", ...stale }, now);
    if (trouble === null)
      await enqueueWebhookEvent(tx, installed_app_id, { type: "monitors.recovered" }, now);
  });
  return true;
}

/** The monitor that could not be evaluated for longest. */
async function findStale(
  { read }: MonitorPlatform["db"],
  installedAppId: string,
  now: number,
  patienceMs = STALE_AFTER_MS,
): Promise<{ since: number; reason: string } | undefined> {
  const oldest = await read
    .selectFrom("monitors")
    .select(["problem_since", "problem"])
    .where("installed_app_id", "=", installedAppId)
    .where("deleted_at", "is", null)
    .where("problem_since", "<=", now - patienceMs)
    .orderBy("problem_since")
    .executeTakeFirst();
  return oldest && { since: oldest.problem_since!, reason: oldest.problem! };
}
