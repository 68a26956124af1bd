import type { Selectable } from "kysely";

import type { IncidentRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

import type { Monitor } from "../definition/monitor.ts";
import { enqueueWebhookEvent } from "../webhook/webhook-messages.server.ts";
import { type AlertText, capAlert, incidentAlert, sharedAlert, surplusAlert } from "./alert-text.ts";

type Incident = Selectable<IncidentRow>;

export type AlertPlan = {
  installed_app_id: string;
  monitor_id: string;
  monitor: Monitor;
  /** What the monitor watches for, in one sentence. */
  explanation: string;
  /** Whether the install was granted `alerts:write`. */
  mayAlert: boolean;
};

// Alerts cannot be deleted: a flood of them could never be taken back.
const OWN_ALERTS = 10;
const ALERTS_PER_DAY = 200;
const DAY_MS = 24 * 60 * 60_000;
const SHOWN = 20;

/**
 * Turns the waiting incidents of a monitor into alerts that are to be raised: call it once a cycle. The first ten get one
 * each, the others share one, and so do those that were true when the monitor was created.
 *
 * @returns how many alerts were planned
 */
export async function planAlerts(tx: Tx, plan: AlertPlan, now: number): Promise<number> {
  const { monitor_id, mayAlert } = plan;
  const waiting = () =>
    tx.selectFrom("incidents").where("monitor_id", "=", monitor_id).where("delivery", "=", "waiting");
  const some = await waiting().selectAll().orderBy("opened_at").orderBy("id").limit(1).execute();
  if (some.length === 0) return 0;
  // Nothing can be flagged without the permission, or where no balance or transaction stands for it.
  await tx
    .updateTable("incidents")
    .set({ delivery: "none" })
    .where("monitor_id", "=", monitor_id)
    .where("delivery", "=", "waiting")
    .$if(mayAlert, (query) => query.where("entity", "is", null))
    .execute();
  if (!mayAlert) return 0;

  let planned = 0;
  const surplus = await waiting().selectAll().where("unrecorded", "is not", null).execute();
  for (const incident of surplus) planned += await planTogether(tx, plan, [incident], now, 1);
  const shared = await waiting()
    .selectAll()
    .where("announcement", "=", "already_true")
    .orderBy("id")
    .limit(SHOWN)
    .execute();
  if (shared.length > 0) planned += await planTogether(tx, plan, shared, now);
  const own = await waiting()
    .selectAll()
    .orderBy("opened_at")
    .orderBy("id")
    .limit(OWN_ALERTS + SHOWN)
    .execute();
  for (const incident of own.slice(0, OWN_ALERTS))
    planned += await planTogether(tx, plan, [incident], now, 1);
  if (own.length > OWN_ALERTS) planned += await planTogether(tx, plan, own.slice(OWN_ALERTS), now);
  return planned;
}

/** One alert for the waiting incidents that were announced like the first: all of them, or just that one. */
async function planTogether(
  tx: Tx,
  plan: AlertPlan,
  first: Incident[],
  now: number,
  limit?: 1,
): Promise<number> {
  const [lead] = first;
  const members = (handle: Tx) =>
    handle
      .selectFrom("incidents")
      .where("monitor_id", "=", plan.monitor_id)
      .where("delivery", "=", "waiting")
      .$if(limit === 1, (query) => query.where("id", "=", lead!.id))
      .$if(lead!.announcement === "already_true", (query) =>
        query.where("announcement", "=", "already_true"),
      );
  const { count } = await members(tx)
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  const open = await hasRoomToday(tx, plan.installed_app_id, now);
  await tx
    .updateTable("incidents")
    .set(open ? { delivery: "planned", alert_id: lead!.id } : { delivery: "capped" })
    .where("id", "in", members(tx).select("id"))
    .execute();
  if (!open) return await planCapAlert(tx, plan, lead!, now);
  const text = textOf(plan, lead!, { first, count });
  await insertDelivery(tx, plan, lead!, count === 1 ? "incident" : "shared", text, now);
  return 1;
}

function textOf(
  { monitor, explanation }: AlertPlan,
  lead: Incident,
  group: { first: readonly Incident[]; count: number },
): AlertText {
  const { id, unrecorded } = lead;
  if (unrecorded !== null) return surplusAlert(monitor, { id, unrecorded });
  return group.count === 1
    ? incidentAlert(monitor, explanation, lead)
    : sharedAlert(monitor, explanation, group);
}

async function hasRoomToday(tx: Tx, installedAppId: string, now: number): Promise<boolean> {
  return (await countToday(tx, installedAppId, ["incident", "shared"], now)) < ALERTS_PER_DAY;
}

async function planCapAlert(tx: Tx, plan: AlertPlan, lead: Incident, now: number): Promise<number> {
  if ((await countToday(tx, plan.installed_app_id, ["cap"], now)) > 0) return 0;
  await insertDelivery(tx, plan, lead, "cap", capAlert(lead.id, ALERTS_PER_DAY), now);
  await enqueueWebhookEvent(tx, plan.installed_app_id, { type: "alerts.capped", limit: ALERTS_PER_DAY }, now);
  return 1;
}

async function countToday(
  tx: Tx,
  installedAppId: string,
  scopes: ("incident" | "shared" | "cap")[],
  now: number,
): Promise<number> {
  const { count } = await tx
    .selectFrom("alert_deliveries")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("installed_app_id", "=", installedAppId)
    .where("created_at", ">=", now - (now % DAY_MS))
    .where("scope", "in", scopes)
    .executeTakeFirstOrThrow();
  return count;
}

async function insertDelivery(
  tx: Tx,
  { installed_app_id, monitor_id, monitor }: AlertPlan,
  lead: Incident,
  scope: "incident" | "shared" | "cap",
  text: AlertText,
  now: number,
): Promise<void> {
  await tx
    .insertInto("alert_deliveries")
    .values({
      id: lead.id,
      installed_app_id,
      monitor_id,
      entity_id: lead.entity!,
      scope,
      ...text,
      state: "pending",
      attempts: 0,
      due_at: now,
      sent_at: null,
      may_be_doubled: 0,
      error: null,
      anomaly_id: null,
      status_seen: null,
      resolution: "none",
      resolve_status: scope === "cap" ? null : (monitor.alert.resolve_status ?? null),
      created_at: now,
      delivered_at: null,
    })
    .execute();
}
