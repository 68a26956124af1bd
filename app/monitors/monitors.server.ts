import { randomBytes } from "node:crypto";

import type { Selectable } from "kysely";

import { recordActivity } from "#app/platform/activity/activity.server.ts";
import { DomainError, InvalidBody } from "#app/platform/errors.ts";
import { enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import type { Database } from "#db/database.server.ts";
import type { MonitorRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { dropDeliveries } from "./alerts/alert-deliveries.server.ts";
import type { Monitor } from "./definition/monitor.ts";
import { readMonitor } from "./definition/read-monitors.ts";
import { writeMonitor } from "./definition/write-monitor.ts";
import { closeIncidents } from "./incidents/incidents.server.ts";

export type StoredMonitor = Omit<Selectable<MonitorRow>, "definition"> & { monitor: Monitor };

/** Whose monitor it is, and who changes it, for Activity. */
export type Author = {
  installed_app_id: string;
  generation: number;
  launch_id: string;
  user_id: string | null;
};

/** Reads with either handle: inside a unit of work, or the committed state. */
type Handle = Tx | Database["read"];

export async function findMonitor(
  handle: Handle,
  installedAppId: string,
  id: string,
): Promise<StoredMonitor | undefined> {
  const row = await live(handle, installedAppId).where("id", "=", id).executeTakeFirst();
  return row && stored(row);
}

/** In the order in which they were made. */
export async function listMonitors(handle: Handle, installedAppId: string): Promise<StoredMonitor[]> {
  const rows = await live(handle, installedAppId).orderBy("created_at").orderBy("id").execute();
  return rows.map(stored);
}

export const NO_PROBLEM = { problem: null, problem_since: null };

/** How many an install may have: every one of them is read and judged in each cycle. */
const MAX_MONITORS = 2_000;

/**
 * Stores new monitors and has them evaluated at once; wake the worker after the commit.
 *
 * @returns their ids
 * @throws InvalidBody when the install would have more than it may
 */
export async function createMonitors(
  tx: Tx,
  author: Author,
  monitors: readonly Monitor[],
  now: number,
): Promise<string[]> {
  const { count } = await tx
    .selectFrom("monitors")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("installed_app_id", "=", author.installed_app_id)
    .where("deleted_at", "is", null)
    .executeTakeFirstOrThrow();
  if (count + monitors.length > MAX_MONITORS) {
    const [limit, here] = [MAX_MONITORS, count].map((number) => number.toLocaleString("en"));
    const message = `do not fit: an install has at most ${limit}, and ${here} are here already`;
    throw new InvalidBody([{ path: "monitors", message }]);
  }
  // In order, so that those of one moment are listed as they came.
  const ids = monitors.map(() => `mon_${randomBytes(12).toString("base64url")}`).sort();
  for (const [index, monitor] of monitors.entries()) {
    await tx
      .insertInto("monitors")
      .values({
        id: ids[index]!,
        installed_app_id: author.installed_app_id,
        ...definitionOf(monitor),
        revision: 1,
        watching_since: now,
        backfilled: 0,
        evaluated_at: null,
        ...NO_PROBLEM,
        created_at: now,
        updated_at: now,
        deleted_at: null,
      })
      .execute();
  }
  const [id] = ids;
  const what = ids.length === 1 ? { target: id! } : {};
  await record(
    tx,
    author,
    "monitor.created",
    { ...what, result: monitors.length === 1 ? monitors[0]!.name : `${monitors.length} monitors` },
    now,
  );
  await askForCycle(tx, author, now);
  return ids;
}

/**
 * Changes a monitor. Another kind, selection or condition closes its incidents as `edited` and starts it afresh; anything
 * else leaves its state as it is.
 *
 * @throws DomainError `unknown_monitor`
 */
export async function changeMonitor(
  tx: Tx,
  author: Author,
  id: string,
  monitor: Monitor,
  now: number,
): Promise<void> {
  const before = await requireMonitor(tx, author, id);
  await update(tx, before, monitor, now);
  if (watchesElse(before.monitor, monitor)) await startAfresh(tx, before, now);
  else if (monitor.enabled && !before.monitor.enabled) await watchFromNow(tx, before, now);
  await record(tx, author, "monitor.changed", { target: id, result: monitor.name }, now);
  await askForCycle(tx, author, now);
}

/** Stops evaluating; what is open stays open. */
export async function pauseMonitor(tx: Tx, author: Author, id: string, now: number): Promise<void> {
  const before = await requireMonitor(tx, author, id);
  if (!before.monitor.enabled) return;
  await update(tx, before, { ...before.monitor, enabled: false }, now);
  await tx.updateTable("monitors").set(NO_PROBLEM).where("id", "=", id).execute();
  await record(tx, author, "monitor.paused", { target: id, result: before.name }, now);
}

/** Evaluates again, at once; what happened during the pause never alerts. */
export async function resumeMonitor(tx: Tx, author: Author, id: string, now: number): Promise<void> {
  const before = await requireMonitor(tx, author, id);
  if (before.monitor.enabled) return;
  await update(tx, before, { ...before.monitor, enabled: true }, now);
  await watchFromNow(tx, before, now);
  await record(tx, author, "monitor.resumed", { target: id, result: before.name }, now);
  await askForCycle(tx, author, now);
}

/** Holds alerts back until a time; undefined ends that, and what still holds is announced. */
export async function muteMonitor(
  tx: Tx,
  author: Author,
  id: string,
  until: number | undefined,
  now: number,
): Promise<void> {
  const before = await requireMonitor(tx, author, id);
  const windows = before.monitor.mute.filter(({ type }) => type !== "until");
  await update(
    tx,
    before,
    { ...before.monitor, mute: until === undefined ? windows : [...windows, { type: "until", until }] },
    now,
  );
  const result = until === undefined ? "not muted" : `until ${new Date(until).toISOString()}`;
  await record(tx, author, "monitor.muted", { target: id, result }, now);
  await askForCycle(tx, author, now);
}

/** Closes its incidents and drops what is undelivered. Its history stays for as long as incidents are kept. */
export async function deleteMonitor(tx: Tx, author: Author, id: string, now: number): Promise<void> {
  const before = await requireMonitor(tx, author, id);
  await closeIncidents(tx, id, "deleted", now);
  await dropDeliveries(tx, id);
  await tx
    .updateTable("monitors")
    .set({ deleted_at: now, updated_at: now, revision: before.revision + 1 })
    .where("id", "=", id)
    .execute();
  await forgetState(tx, id);
  await record(tx, author, "monitor.deleted", { target: id, result: before.name }, now);
}

/** Asks for an evaluation of all monitors of an install, now or as soon as the one that runs is over. */
async function askForCycle(
  tx: Tx,
  { installed_app_id, generation }: Pick<Author, "installed_app_id" | "generation">,
  now: number,
): Promise<void> {
  // `now` is Cloud's time, and may be ahead of the one that jobs keep.
  const due_at = Math.min(now, Date.now());
  await enqueueJob(tx, { kind: "watch", installed_app_id, generation, due_at }, now);
}

function live(handle: Handle, installedAppId: string) {
  return handle
    .selectFrom("monitors")
    .selectAll()
    .where("installed_app_id", "=", installedAppId)
    .where("deleted_at", "is", null);
}

function stored({ definition, ...row }: Selectable<MonitorRow>): StoredMonitor {
  const { monitor, problems } = readMonitor(JSON.parse(definition));
  if (!monitor)
    throw new Error(
      `Monitor ${row.id} cannot be read: ${problems.map(({ path, message }) => `${path} ${message}`).join(", ")}`,
    );
  return { ...row, monitor };
}

function definitionOf(monitor: Monitor) {
  return { name: monitor.name, kind: monitor.kind, definition: JSON.stringify(writeMonitor(monitor)) };
}

async function requireMonitor(tx: Tx, { installed_app_id }: Author, id: string): Promise<StoredMonitor> {
  const monitor = await findMonitor(tx, installed_app_id, id);
  if (!monitor) throw new DomainError("unknown_monitor", "There is no such monitor here.");
  return monitor;
}

async function update(tx: Tx, { id, revision }: StoredMonitor, monitor: Monitor, now: number): Promise<void> {
  await tx
    .updateTable("monitors")
    .set({ ...definitionOf(monitor), revision: revision + 1, updated_at: now })
    .where("id", "=", id)
    .execute();
}

function watchesElse(before: Monitor, after: Monitor): boolean {
  return watched(before) !== watched(after);
}

function watched(monitor: Monitor): string {
  const { kind, select, condition } = writeMonitor(monitor);
  return canonical({ kind, select, condition });
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)))
      : item,
  );
}

async function startAfresh(tx: Tx, { id }: StoredMonitor, now: number): Promise<void> {
  await closeIncidents(tx, id, "edited", now);
  await forgetState(tx, id);
  await tx
    .updateTable("monitors")
    .set({ watching_since: now, backfilled: 0, evaluated_at: null, ...NO_PROBLEM })
    .where("id", "=", id)
    .execute();
}

/** Windows are filled anew: nothing was counted during the pause. */
async function watchFromNow(tx: Tx, { id }: StoredMonitor, now: number): Promise<void> {
  await forgetWindow(tx, id);
  await tx.updateTable("monitors").set({ watching_since: now, backfilled: 0 }).where("id", "=", id).execute();
}

async function forgetWindow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("windows").where("monitor_id", "=", id).execute();
  await tx.deleteFrom("window_totals").where("monitor_id", "=", id).execute();
}

async function forgetState(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("monitor_states").where("monitor_id", "=", id).execute();
  await forgetWindow(tx, id);
}

async function record(
  tx: Tx,
  { installed_app_id, launch_id, user_id }: Author,
  action: string,
  entry: { target?: string; result: string },
  now: number,
): Promise<void> {
  await recordActivity(tx, { installed_app_id, launch_id, user_id, action, ...entry }, now);
}
