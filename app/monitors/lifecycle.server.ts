import { ensureJob, enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

/**
 * What was watched in an install goes on in the one that follows it, with its open incidents: what still holds is not
 * announced again. The webhook stayed behind: it was destroyed with the key.
 */
export async function moveMonitors(tx: Tx, from: string, to: string): Promise<void> {
  for (const table of ["monitors", "incidents", "alert_deliveries", "delivery_attempts"] as const) {
    await tx.updateTable(table).set({ installed_app_id: to }).where("installed_app_id", "=", from).execute();
  }
  const own = await tx
    .selectFrom("watches")
    .select("rows_until")
    .where("installed_app_id", "=", to)
    .executeTakeFirst();
  if (typeof own?.rows_until === "number") {
    // Its windows are of other rows than these.
    await refillWindows(tx, to);
    return;
  }
  for (const table of ["seen_rows", "open_chains", "window_rows"] as const) {
    await tx.updateTable(table).set({ installed_app_id: to }).where("installed_app_id", "=", from).execute();
  }
  if (own) await tx.deleteFrom("watches").where("installed_app_id", "=", to).execute();
  await tx
    .updateTable("watches")
    .set({ installed_app_id: to, notified_trouble: null })
    .where("installed_app_id", "=", from)
    .execute();
}

async function refillWindows(tx: Tx, installedAppId: string): Promise<void> {
  const monitors = tx.selectFrom("monitors").select("id").where("installed_app_id", "=", installedAppId);
  await tx.deleteFrom("windows").where("monitor_id", "in", monitors).execute();
  await tx.deleteFrom("window_totals").where("monitor_id", "in", monitors).execute();
  await tx
    .updateTable("monitors")
    .set({ backfilled: 0 })
    .where("installed_app_id", "=", installedAppId)
    .execute();
}

/** A key was proven: evaluates at once, and goes on with what was to be delivered. Wake the worker after the commit. */
export async function resumeWatching(
  tx: Tx,
  install: { installed_app_id: string; generation: number },
  now: number,
): Promise<void> {
  const { installed_app_id, generation } = install;
  for (const kind of ["watch", "deliver_alerts", "deliver_webhooks"])
    await enqueueJob(tx, { kind, installed_app_id, generation, due_at: now }, now);
}

/** At start: every active install that has monitors is watched, one after the other within the first interval. */
export async function resumeAllWatching(
  { read, write }: Database,
  { now, intervalMs }: { now: number; intervalMs: number },
): Promise<void> {
  const idle = await read
    .selectFrom("installs")
    .select(["installed_app_id", "generation"])
    .where("state", "=", "active")
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("monitors")
          .select("id")
          .whereRef("monitors.installed_app_id", "=", "installs.installed_app_id")
          .where("deleted_at", "is", null),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("jobs")
            .select("id")
            .whereRef("jobs.installed_app_id", "=", "installs.installed_app_id")
            .where("kind", "=", "watch")
            .where("state", "in", ["queued", "running"]),
        ),
      ),
    )
    .execute();
  for (const [index, install] of idle.entries()) {
    const due_at = now + Math.floor((index * intervalMs) / idle.length);
    await write((tx) => ensureJob(tx, { kind: "watch", ...install, due_at }, now));
  }
}
