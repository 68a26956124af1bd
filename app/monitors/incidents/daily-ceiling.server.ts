import { randomBytes } from "node:crypto";

import { yieldToEventLoop } from "#app/platform/yield-to-event-loop.ts";
import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { batches } from "../reads/batches.ts";
import { addValue, type DistinctCount, emptyCount, estimate } from "./distinct-count.server.ts";
import type { RecordedStep } from "./incidents.server.ts";
import { EVENTS_PER_DAY } from "./stopped-recording.ts";

/** The events that are not recorded, all of the day's. */
export type Surplus = { day: string; lead: RecordedStep; count: DistinctCount };

/** The steps of a monitor's evaluation that are recorded, and what is left over. */
export async function limitEvents(
  { read }: Pick<Database, "read">,
  monitorId: string,
  steps: readonly RecordedStep[],
  now: number,
): Promise<{ recorded: readonly RecordedStep[]; surplus: Surplus | undefined }> {
  const events = steps.filter(isEvent);
  if (events.length === 0) return { recorded: steps, surplus: undefined };
  const day = dayOf(now);
  const today = await read
    .selectFrom("incidents")
    .select("id")
    .where("monitor_id", "=", monitorId)
    .where("opened_at", ">=", Date.parse(day))
    .where("is_event", "=", 1)
    .where("unrecorded", "is", null)
    .limit(EVENTS_PER_DAY)
    .execute();
  const over = events.slice(EVENTS_PER_DAY - today.length);
  const [lead] = over;
  if (lead === undefined) return { recorded: steps, surplus: undefined };
  const before = await read
    .selectFrom("event_counts")
    .select("counted")
    .where("monitor_id", "=", monitorId)
    .where("day", "=", day)
    .executeTakeFirst();
  const count = before ? new Uint8Array(before.counted) : emptyCount();
  for (const some of batches(over)) {
    for (const { subject } of some) addValue(count, subject);
    await yieldToEventLoop();
  }
  const left = new Set(over);
  return { recorded: steps.filter((step) => !left.has(step)), surplus: { day, lead, count } };
}

function isEvent({ step }: RecordedStep): boolean {
  return step.opened !== undefined && step.closed?.reason === "event";
}

/** Stores how many there were, with the day's one incident that says so. @returns its number, when it is new */
export async function recordSurplus(
  tx: Tx,
  { installed_app_id, monitor_id }: { installed_app_id: string; monitor_id: string },
  { day, lead, count }: Surplus,
  now: number,
): Promise<number | undefined> {
  const counted = Buffer.from(count);
  await tx
    .insertInto("event_counts")
    .values({ monitor_id, day, counted })
    .onConflict((conflict) => conflict.column("monitor_id").doUpdateSet({ day, counted }))
    .execute();
  const unrecorded = estimate(count);
  const { numUpdatedRows } = await tx
    .updateTable("incidents")
    .set({ unrecorded })
    .where("monitor_id", "=", monitor_id)
    .where("is_event", "=", 1)
    .where("subject", "=", day)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return undefined;
  await tx
    .insertInto("incidents")
    .values({
      id: `inc_${randomBytes(15).toString("base64url")}`,
      installed_app_id,
      monitor_id,
      subject: day,
      entity: lead.result.entity ?? null,
      announcement: lead.step.opened!.announcement,
      is_event: 1,
      value: null,
      compared_to: null,
      opened_at: now,
      closed_at: now,
      close_reason: "event",
      delivery: lead.step.opened!.announcement === "alert" ? "waiting" : "none",
      alert_id: null,
      unrecorded,
    })
    .execute();
  return unrecorded;
}

/** How many events of today are not recorded; undefined while all are. */
export async function findUnrecorded(
  { read }: Pick<Database, "read">,
  monitorId: string,
  now: number,
): Promise<number | undefined> {
  const incident = await read
    .selectFrom("incidents")
    .select("unrecorded")
    .where("monitor_id", "=", monitorId)
    .where("is_event", "=", 1)
    .where("subject", "=", dayOf(now))
    .executeTakeFirst();
  return incident?.unrecorded ?? undefined;
}

function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}
