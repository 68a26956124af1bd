import { type Sweep, swept } from "#app/platform/jobs/sweep.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

const DAY_MS = 24 * 60 * 60_000;
const RESULTS_KEPT_MS = 30 * DAY_MS;
const INCIDENTS_KEPT_MS = 400 * DAY_MS;
const KEPT_AFTER_UNINSTALL_MS = 90 * DAY_MS;

/** Results of evaluations, attempts and messages go after 30 days; at most 500 results per subject are kept anyway. */
const sweepResults: Sweep = async (tx, now, limit) => {
  const old = tx
    .selectFrom("evaluations")
    .select("id")
    .where("at", "<", now - RESULTS_KEPT_MS)
    .limit(limit);
  return swept(await tx.deleteFrom("evaluations").where("id", "in", old).executeTakeFirst(), limit);
};

const sweepAttempts: Sweep = async (tx, now, limit) => {
  const old = tx
    .selectFrom("delivery_attempts")
    .select("id")
    .where("at", "<", now - RESULTS_KEPT_MS)
    .limit(limit);
  return swept(await tx.deleteFrom("delivery_attempts").where("id", "in", old).executeTakeFirst(), limit);
};

const sweepMessages: Sweep = async (tx, now, limit) => {
  const old = tx
    .selectFrom("webhook_messages")
    .select("id")
    .where("created_at", "<", now - RESULTS_KEPT_MS)
    .limit(limit);
  return swept(await tx.deleteFrom("webhook_messages").where("id", "in", old).executeTakeFirst(), limit);
};

/** An incident that is still open is kept however old it is. */
const sweepIncidents: Sweep = async (tx, now, limit) => {
  const old = tx
    .selectFrom("incidents")
    .select("id")
    .where("opened_at", "<", now - INCIDENTS_KEPT_MS)
    .where("closed_at", "is not", null)
    .limit(limit);
  return swept(await tx.deleteFrom("incidents").where("id", "in", old).executeTakeFirst(), limit);
};

const sweepAlerts: Sweep = async (tx, now, limit) => {
  const old = tx
    .selectFrom("alert_deliveries")
    .select("id")
    .where("created_at", "<", now - INCIDENTS_KEPT_MS)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("incidents")
            .select("incidents.id")
            .whereRef("incidents.alert_id", "=", "alert_deliveries.id"),
        ),
      ),
    )
    .limit(limit);
  return swept(await tx.deleteFrom("alert_deliveries").where("id", "in", old).executeTakeFirst(), limit);
};

// A monitor may have many rows: few at a time.
const MONITORS = 20;
const WINDOW_ROWS = 500;

/** A deleted monitor goes with the last of its incidents. */
const sweepDeletedMonitors: Sweep = async (tx, now) =>
  await deleteMonitors(
    tx,
    await tx
      .selectFrom("monitors")
      .select("id")
      .where("deleted_at", "<", now - INCIDENTS_KEPT_MS)
      .limit(MONITORS)
      .execute(),
  );

/** What an uninstalled install left, unless another has taken it over. */
const sweepLeftMonitors: Sweep = async (tx, now) =>
  await deleteMonitors(
    tx,
    await tx
      .selectFrom("monitors")
      .innerJoin("installs", "installs.installed_app_id", "monitors.installed_app_id")
      .select("monitors.id")
      .where("installs.state", "=", "inactive")
      .where("installs.uninstalled_at", "<", now - KEPT_AFTER_UNINSTALL_MS)
      .limit(MONITORS)
      .execute(),
  );

/** A working set is that of an install: it goes whole, one install at a time. */
const sweepLeftRows: Sweep = async (tx, now) => {
  let answer: "more" | "done" = "done";
  for (const table of ["seen_rows", "open_chains", "watches"] as const) {
    const left = tx
      .selectFrom("installs")
      .select("installed_app_id")
      .where("state", "=", "inactive")
      .where("uninstalled_at", "<", now - KEPT_AFTER_UNINSTALL_MS)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom(table)
            .select(`${table}.installed_app_id`)
            .whereRef(`${table}.installed_app_id`, "=", "installs.installed_app_id"),
        ),
      )
      .limit(1);
    const { numDeletedRows } = await tx
      .deleteFrom(table)
      .where("installed_app_id", "in", left)
      .executeTakeFirst();
    if (numDeletedRows > 0n) answer = "more";
  }
  const rows = await tx
    .selectFrom("window_rows")
    .innerJoin("installs", "installs.installed_app_id", "window_rows.installed_app_id")
    .select(["window_rows.installed_app_id", "transaction_id"])
    .where("state", "=", "inactive")
    .where("uninstalled_at", "<", now - KEPT_AFTER_UNINSTALL_MS)
    .limit(WINDOW_ROWS)
    .execute();
  for (const [id, some] of Map.groupBy(rows, ({ installed_app_id }) => installed_app_id))
    await tx
      .deleteFrom("window_rows")
      .where("installed_app_id", "=", id)
      .where(
        "transaction_id",
        "in",
        some.map(({ transaction_id }) => transaction_id),
      )
      .execute();
  if (rows.length === WINDOW_ROWS) answer = "more";
  return answer;
};

async function deleteMonitors(tx: Tx, monitors: readonly { id: string }[]): Promise<"more" | "done"> {
  if (monitors.length === 0) return "done";
  const ids = monitors.map(({ id }) => id);
  await tx.deleteFrom("incidents").where("monitor_id", "in", ids).execute();
  await tx.deleteFrom("alert_deliveries").where("monitor_id", "in", ids).execute();
  // States, evaluations and windows go with it.
  await tx.deleteFrom("monitors").where("id", "in", ids).execute();
  return "more";
}

export const monitorSweeps: readonly Sweep[] = [
  sweepResults,
  sweepAttempts,
  sweepMessages,
  sweepIncidents,
  sweepAlerts,
  sweepDeletedMonitors,
  sweepLeftMonitors,
  sweepLeftRows,
];
