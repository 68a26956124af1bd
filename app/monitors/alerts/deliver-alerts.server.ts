import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { CloudError, wasNotSent } from "#app/platform/blnk/cloud-error.ts";
import type { Alert } from "#app/platform/blnk/records.ts";
import { jobCredentials } from "#app/platform/installs/cloud-access.server.ts";
import { findInstall, type Install } from "#app/platform/installs/installs.server.ts";
import type { JobHandler, NextRun } from "#app/platform/jobs/worker.server.ts";

import type { MonitorPlatform } from "../monitor-platform.server.ts";
import { reportRefusedKey } from "#app/platform/installs/report-refused-key.server.ts";
import { enqueueWebhookEvent } from "../webhook/webhook-messages.server.ts";
import {
  type AlertDelivery,
  beginSending,
  findNextDue,
  finishDelivery,
  listDueDeliveries,
  LOOK_AFTER_MS,
  noteUnknownOutcome,
  postponeDeliveries,
  putBack,
  recordAttempt,
} from "./alert-deliveries.server.ts";
import { hasMarker } from "./alert-text.ts";
import { resolveAlerts } from "./resolve-alerts.server.ts";

/** A list that cannot be parsed for so long is one that cannot be read. */
const UNREADABLE_AFTER_MS = 5 * 60_000;
const LONGEST_DELAY_MS = 5 * 60_000;
/** An alert that Cloud refuses is parked soon, one that it cannot take now only after hours. */
const REFUSALS = 5;
const OUTAGES = 30;

type Delivering = { app: MonitorPlatform; install: Install; client: CloudClient };

/**
 * The job that raises an install's alerts. Cloud has no idempotency key for them, so each is stored as `sending` before
 * the call; one whose outcome is not known, after a crash too, is looked for by its marker before it is sent again.
 */
export function createAlertDelivery(app: MonitorPlatform): JobHandler {
  return async (job, { signal, leaveSlot: onSlow }): Promise<NextRun | undefined> => {
    const install = await findInstall(app.db.read, job.installed_app_id ?? "");
    if (install?.state !== "active" || install.generation !== job.generation) return undefined;
    const client = app.cloud.client(jobCredentials(app, install), { signal, onSlow });
    const delivering = { app, install, client };
    try {
      if (await settleSending(delivering)) await sendPending(delivering);
      await resolveAlerts(delivering);
    } catch (error) {
      if (!(error instanceof CloudError) || error.code !== "unauthorised") throw error;
      await reportRefusedKey(app, install);
      // Once the key is proven again this job is asked for.
      return undefined;
    }
    const due_at = await findNextDue(app.db, install.installed_app_id);
    return due_at === undefined ? undefined : { due_at, payload: {} };
  };
}

/** Finds out what became of the calls whose outcome is not known. @returns false while Cloud cannot be reached */
async function settleSending({ app, install, client }: Delivering): Promise<boolean> {
  const unsure = await listDueDeliveries(app.db, install.installed_app_id, "sending", app.clock.now());
  if (unsure.length === 0) return true;
  const oldest = Math.min(...unsure.map(({ sent_at }) => sent_at ?? 0));
  const list = await readAlerts(client, app.clock.now() - oldest > UNREADABLE_AFTER_MS);
  if (list instanceof CloudError) {
    // The longer it has been so, the less often.
    const waited = app.clock.now() - oldest;
    const until =
      app.clock.now() +
      Math.max(
        list.retryAfterMs ?? 0,
        Math.min(LONGEST_DELAY_MS, Math.max(LOOK_AFTER_MS, Math.round(waited / 2))),
      );
    await app.db.write((tx) => postponeDeliveries(tx, install.installed_app_id, until));
    return false;
  }
  for (const delivery of unsure) {
    const alert = list.alerts.find(({ description }) => hasMarker(description, delivery.id));
    const now = app.clock.now();
    await app.db.write(async (tx) => {
      const monitor = await tx
        .selectFrom("monitors")
        .select("deleted_at")
        .where("id", "=", delivery.monitor_id)
        .executeTakeFirst();
      if (alert) await finishDelivery(tx, delivery, alert, now);
      else if (monitor && monitor.deleted_at !== null)
        await putBack(tx, delivery, { state: "dropped", due_at: now, error: null });
      else await putBack(tx, delivery, { ...next(delivery, now), error: null, mayBeDoubled: !list.complete });
      await recordAttempt(
        tx,
        attemptOf(delivery, now, alert ? "found" : list.complete ? "not_found" : "not_findable"),
      );
      if (!alert) await tellWhenParked(tx, delivery, now);
    });
  }
  return true;
}

type AlertsRead = { alerts: Alert[]; complete: boolean };

/** The whole list; incomplete when this install may not read it; the error when it is worth asking again. */
async function readAlerts(client: CloudClient, patienceIsOver: boolean): Promise<AlertsRead | CloudError> {
  try {
    return await client.alerts.list();
  } catch (error) {
    if (!(error instanceof CloudError) || ["stopped", "cancelled", "unauthorised"].includes(error.code))
      throw error;
    if (OUTAGE.has(error.code)) return error;
    if (error.code === "malformed" && !patienceIsOver) return error;
    return { alerts: [], complete: false };
  }
}

async function sendPending({ app, install, client }: Delivering): Promise<void> {
  for (const delivery of await listDueDeliveries(
    app.db,
    install.installed_app_id,
    "pending",
    app.clock.now(),
  )) {
    const sent_at = app.clock.now();
    if (
      !(await app.db.write((tx) =>
        beginSending(tx, delivery, { now: sent_at, lookAfter: sent_at + LOOK_AFTER_MS }),
      ))
    )
      continue;
    const tried = { ...delivery, attempts: delivery.attempts + 1 };
    try {
      const { entity_id, title, description } = delivery;
      const alert = await client.alerts.flag(entity_id, { title, description });
      await app.db.write(async (tx) => {
        await finishDelivery(tx, tried, alert, app.clock.now());
        await recordAttempt(tx, attemptOf(tried, app.clock.now(), "delivered"));
      });
    } catch (error) {
      // Of an install that was stopped, or a process that stops, the row stays `sending`: whoever goes on looks for it.
      if (!(error instanceof CloudError) || error.code === "stopped" || error.code === "cancelled")
        throw error;
      const until = await recordFailure(app, tried, error);
      if (error.code === "unauthorised") throw error;
      if (REFUSED.has(error.code)) continue;
      await app.db.write((tx) => postponeDeliveries(tx, install.installed_app_id, until));
      app.log.warn(
        { event: "alerts_wait", installed_app_id: install.installed_app_id, code: error.code },
        "alerts wait for Cloud",
      );
      return;
    }
  }
}

/** @returns when it is tried again */
async function recordFailure(
  app: MonitorPlatform,
  delivery: AlertDelivery,
  error: CloudError,
): Promise<number> {
  const now = app.clock.now();
  const parks = delivery.attempts >= (REFUSED.has(error.code) ? REFUSALS : OUTAGES);
  const due_at = now + Math.max(LOOK_AFTER_MS, delayAfter(delivery.attempts, error));
  await app.db.write(async (tx) => {
    await recordAttempt(tx, attemptOf(delivery, now, error.code));
    if (!isRefusal(error)) return await noteUnknownOutcome(tx, delivery, error.code);
    await putBack(tx, delivery, { state: parks ? "parked" : "pending", due_at, error: error.code });
    if (parks)
      await enqueueWebhookEvent(
        tx,
        delivery.installed_app_id,
        { type: "delivery.parked", delivery_id: delivery.id },
        now,
      );
  });
  return due_at;
}

/** Not there after all: it is sent again, unless that was tried often enough. */
function next({ attempts }: AlertDelivery, now: number): { state: "pending" | "parked"; due_at: number } {
  return { state: attempts >= OUTAGES ? "parked" : "pending", due_at: now };
}

async function tellWhenParked(
  tx: Parameters<typeof putBack>[0],
  delivery: AlertDelivery,
  now: number,
): Promise<void> {
  if (next(delivery, now).state !== "parked") return;
  await enqueueWebhookEvent(
    tx,
    delivery.installed_app_id,
    { type: "delivery.parked", delivery_id: delivery.id },
    now,
  );
}

const REFUSED: ReadonlySet<string> = new Set([
  "forbidden",
  "not_found",
  "conflict",
  "invalid",
  "missing_scope",
]);
const OUTAGE: ReadonlySet<string> = new Set(["unavailable", "timeout", "rate_limited", "locked"]);

/** Whether it is certain that Cloud did not take it. Anything that may have been sent and lost is not. */
function isRefusal(error: CloudError): boolean {
  return (
    REFUSED.has(error.code) ||
    ["rate_limited", "locked", "unauthorised"].includes(error.code) ||
    wasNotSent(error)
  );
}

function delayAfter(attempts: number, error: CloudError): number {
  const delay = Math.min(LONGEST_DELAY_MS, 1000 * 4 ** Math.min(attempts, 5) * (0.75 + Math.random() / 2));
  return Math.round(Math.max(error.retryAfterMs ?? 0, delay));
}

function attemptOf(delivery: AlertDelivery, at: number, outcome: string) {
  return {
    installed_app_id: delivery.installed_app_id,
    channel: "alert" as const,
    delivery_id: delivery.id,
    at,
    outcome,
  };
}
