import { type Selectable, sql } from "kysely";

import type { Alert } from "#app/platform/blnk/records.ts";
import type { Database } from "#db/database.server.ts";
import type { AlertDeliveryRow, DeliveryAttemptRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

/** How long after an ambiguous answer, or the end of a process, Cloud may still be storing an alert. */
export const LOOK_AFTER_MS = 2000;

export type AlertDelivery = Selectable<AlertDeliveryRow>;

/** Deliveries whose time has come and those whose outcome is not known, the oldest first. */
export async function listDueDeliveries(
  { read }: Pick<Database, "read">,
  installedAppId: string,
  state: "pending" | "sending",
  now: number,
): Promise<AlertDelivery[]> {
  return await read
    .selectFrom("alert_deliveries")
    .selectAll()
    .where("installed_app_id", "=", installedAppId)
    .where("state", "=", state)
    .where("due_at", "<=", now)
    .orderBy("created_at")
    .orderBy("id")
    .limit(500)
    .execute();
}

/** When the next delivery or status change of an install is due; undefined when nothing is open. */
export async function findNextDue(
  { read }: Pick<Database, "read">,
  installedAppId: string,
): Promise<number | undefined> {
  const open = await read
    .selectFrom("alert_deliveries")
    .select((eb) => eb.fn.min("due_at").as("due_at"))
    .where("installed_app_id", "=", installedAppId)
    .where((eb) => eb.or([eb("state", "in", ["pending", "sending"]), eb("resolution", "=", "due")]))
    .executeTakeFirst();
  return open?.due_at ?? undefined;
}

/**
 * The intent, stored before the call. False when the delivery is no longer to be sent, such as after its monitor was
 * deleted.
 */
export async function beginSending(
  tx: Tx,
  delivery: AlertDelivery,
  { now, lookAfter }: { now: number; lookAfter: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("alert_deliveries")
    .set((eb) => ({ state: "sending", attempts: eb("attempts", "+", 1), sent_at: now, due_at: lookAfter }))
    .where("id", "=", delivery.id)
    .where("installed_app_id", "=", delivery.installed_app_id)
    .where("state", "=", "pending")
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The status of every new alert (contract F), where the answer does not show it. */
const FIRST_STATUS = "FLAGGED";

export async function finishDelivery(
  tx: Tx,
  delivery: AlertDelivery,
  alert: Pick<Alert, "anomaly_id" | "status">,
  now: number,
): Promise<void> {
  await tx
    .updateTable("alert_deliveries")
    .set({
      state: "delivered",
      anomaly_id: alert.anomaly_id,
      status_seen: alert.status ?? FIRST_STATUS,
      delivered_at: now,
      error: null,
    })
    .where("id", "=", delivery.id)
    .where("state", "=", "sending")
    .execute();
  await askForResolution(tx, [delivery.id], now);
}

/** After a refusal, or once it is certain (or cannot be told) that the alert is not there. */
export async function putBack(
  tx: Tx,
  delivery: AlertDelivery,
  change: {
    state: "pending" | "parked" | "dropped";
    due_at: number;
    error: string | null;
    mayBeDoubled?: boolean;
  },
): Promise<void> {
  await tx
    .updateTable("alert_deliveries")
    .set((eb) => ({
      state: change.state,
      due_at: change.due_at,
      error: change.error ?? eb.ref("error"),
      may_be_doubled: change.mayBeDoubled ? 1 : eb.ref("may_be_doubled"),
    }))
    .where("id", "=", delivery.id)
    .where("state", "=", "sending")
    .execute();
}

/** Cloud cannot be reached, which is so for all that an install has to deliver. */
export async function postponeDeliveries(tx: Tx, installedAppId: string, due_at: number): Promise<void> {
  await tx
    .updateTable("alert_deliveries")
    .set({ due_at })
    .where("installed_app_id", "=", installedAppId)
    .where("state", "in", ["pending", "sending"])
    .where("due_at", "<", due_at)
    .execute();
}

/** The outcome of a call is not known: it is looked for later. */
export async function noteUnknownOutcome(tx: Tx, { id }: AlertDelivery, error: string): Promise<void> {
  await tx
    .updateTable("alert_deliveries")
    .set({ error })
    .where("id", "=", id)
    .where("state", "=", "sending")
    .execute();
}

/** For alerts whose incidents are all over: their status is to be set, if the monitor says to which. */
export async function askForResolution(tx: Tx, alertIds: readonly string[], now: number): Promise<void> {
  if (alertIds.length === 0) return;
  await tx
    .updateTable("alert_deliveries")
    .set({ resolution: "due", due_at: now })
    .where("id", "in", alertIds)
    .where("state", "=", "delivered")
    .where("resolution", "=", "none")
    .where("resolve_status", "is not", null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("incidents")
            .select("incidents.id")
            .whereRef("incidents.alert_id", "=", "alert_deliveries.id")
            .where("closed_at", "is", null),
        ),
      ),
    )
    // What happened at one moment is not over because the moment is.
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("incidents")
          .select("incidents.id")
          .whereRef("incidents.alert_id", "=", "alert_deliveries.id")
          .where("close_reason", "=", "recovered"),
      ),
    )
    .execute();
}

export async function recordAttempt(
  tx: Tx,
  attempt: Omit<Selectable<DeliveryAttemptRow>, "id">,
): Promise<void> {
  await tx.insertInto("delivery_attempts").values(attempt).execute();
}

/** Drops what a deleted monitor has not raised yet; an alert that is being sent at this moment is looked up first. */
export async function dropDeliveries(tx: Tx, monitorId: string): Promise<void> {
  await tx
    .updateTable("alert_deliveries")
    .set({ state: "dropped" })
    .where("monitor_id", "=", monitorId)
    .where("state", "=", "pending")
    .execute();
  await tx
    .updateTable("incidents")
    .set({ delivery: "none" })
    .where("monitor_id", "=", monitorId)
    .where("delivery", "in", ["waiting", "muted"])
    .execute();
}

/** Our own change of an alert's status: recovery may then still set it. */
export async function noteAlertStatus(
  tx: Tx,
  installedAppId: string,
  anomalyId: string,
  status: string,
): Promise<void> {
  await tx
    .updateTable("alert_deliveries")
    .set({ status_seen: status })
    .where("installed_app_id", "=", installedAppId)
    .where("anomaly_id", "=", anomalyId)
    .execute();
}

/** At start: a call that the last process left may still be on its way, however long ago it began. */
export async function resumeInterruptedSends(tx: Tx, now: number): Promise<void> {
  await tx
    .updateTable("alert_deliveries")
    .set({ due_at: now + LOOK_AFTER_MS })
    // As the index spells it: bound values would not meet it.
    .where("state", "in", [sql.lit("pending" as const), sql.lit("sending" as const)])
    .where("state", "=", "sending")
    .where("due_at", "<", now + LOOK_AFTER_MS)
    .execute();
}

/** After a restore: what was to be sent may have been sent since, so each is looked for before it is. */
export async function markPendingUnconfirmed(tx: Tx, now: number): Promise<void> {
  await tx
    .updateTable("alert_deliveries")
    .set({ state: "sending", sent_at: now, due_at: now })
    .where("state", "=", "pending")
    .execute();
}
