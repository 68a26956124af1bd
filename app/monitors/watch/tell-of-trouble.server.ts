import { findInstall, type Install } from "#app/installs/installs.server.ts";

import type { MonitorPlatform } from "../monitor-platform.server.ts";
import { enqueueWebhookEvent } from "../webhook/webhook-messages.server.ts";

const PATIENCE_MS = 15 * 60_000;

/** Tells the webhook, once, that the key is rejected or that monitors have not been evaluated for 15 minutes. */
export async function tellOfTrouble(
  { db, clock }: Pick<MonitorPlatform, "db" | "clock">,
  { installed_app_id }: Install,
): Promise<void> {
  const now = clock.now();
  const watch = await db.read
    .selectFrom("watches")
    .select("told")
    .where("installed_app_id", "=", installed_app_id)
    .executeTakeFirst();
  const rejected = (await findInstall(db.read, installed_app_id))?.key_state === "rejected";
  const stale = rejected ? undefined : await findStale(db, installed_app_id, now);
  const trouble = rejected ? "key_rejected" : stale ? "not_evaluated" : null;
  if (trouble === (watch?.told ?? null)) return;
  await db.write(async (tx) => {
    await tx
      .insertInto("watches")
      .values({ installed_app_id, rows_until: null, balances: null, completed_at: null, told: trouble })
      .onConflict((conflict) => conflict.column("installed_app_id").doUpdateSet({ told: trouble }))
      .execute();
    if (trouble === "key_rejected")
      await enqueueWebhookEvent(tx, installed_app_id, { type: "key.rejected" }, now);
    if (stale)
      await enqueueWebhookEvent(tx, installed_app_id, { type: "monitors.not_evaluated", ...stale }, now);
  });
}

/** The monitor that has gone without an evaluation for longest; a paused one, or one outside its hours, has no problem. */
async function findStale(
  { read }: MonitorPlatform["db"],
  installedAppId: string,
  now: number,
): Promise<{ since: number; reason: string } | undefined> {
  const rows = await read
    .selectFrom("monitors")
    .select(["evaluated_at", "watching_since", "problem"])
    .where("installed_app_id", "=", installedAppId)
    .where("deleted_at", "is", null)
    .where("problem", "is not", null)
    .execute();
  const [oldest] = rows
    .map(({ evaluated_at, watching_since, problem }) => ({
      since: evaluated_at ?? watching_since,
      reason: problem!,
    }))
    .sort((one, other) => one.since - other.since);
  return oldest && oldest.since <= now - PATIENCE_MS ? oldest : undefined;
}
