import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import { describeSkew, LARGEST_SKEW_MS } from "#app/platform/blnk/transport/cloud-clock.ts";
import { jobCredentials } from "#app/platform/installs/cloud-access.server.ts";
import { findInstall, type Install } from "#app/platform/installs/installs.server.ts";
import type { JobContext, JobHandler } from "#app/platform/jobs/worker.server.ts";

import { isBalanceKind } from "../definition/monitor.ts";
import { listEventsSince, loadStates, trackedOf } from "../incidents/incidents.server.ts";
import { isDue } from "../kinds/schedule/schedule.ts";
import type { MonitorPlatform } from "../monitor-platform.server.ts";
import { listMonitors, type StoredMonitor } from "../monitors.server.ts";
import { OVERLAP_MS } from "../kinds/facts.ts";
import { selectedPaths } from "../reads/selected-paths.ts";
import { forgetRows } from "../reads/watched-rows.server.ts";
import { reportRefusedKey } from "#app/platform/installs/report-refused-key.server.ts";
import { yieldToEventLoop } from "#app/platform/yield-to-event-loop.ts";
import type { Tx } from "#db/write-queue.server.ts";
import { type DueMonitor, evaluateMonitors } from "./read-facts.server.ts";
import type { Backlog } from "./watch-rows.server.ts";
import {
  clearProblems,
  type Cycle,
  noteProblems,
  planWaitingAlerts,
  recordResults,
  type States,
} from "./record-results.server.ts";
import { notifyTrouble } from "./notify-trouble.server.ts";

/**
 * The job that evaluates the monitors of an install, once an interval. A cycle that is still running when the next is
 * due takes its place. Whatever goes wrong with one is no reason to stop watching: only an uninstall ends it.
 */
export function createWatch(app: MonitorPlatform): JobHandler {
  return async (job, context) => {
    const install = await findInstall(app.db.read, job.installed_app_id ?? "");
    if (install?.state !== "active" || install.generation !== job.generation) return undefined;
    await yieldToEventLoop();
    // Jobs keep the process's time, which never goes back; what is compared with the ledger keeps Cloud's.
    const started = app.clock.now();
    const now = app.cloud.clock.now();
    const monitors = await listMonitors(app.db.read, install.installed_app_id);
    const enabled = monitors.filter(({ monitor }) => monitor.enabled);
    const due = enabled.filter(({ monitor, evaluated_at, watching_since }) =>
      isDue(monitor, { since: evaluated_at ?? watching_since, now }),
    );
    await clearProblems(
      app,
      monitors.filter((stored) => !due.includes(stored)),
    );
    const { balances_at = 0, from } = job.payload as CatchUp;
    const some = started < balances_at ? due.filter(({ kind }) => !isBalanceKind(kind)) : due;
    let backlog: Backlog | undefined;
    try {
      backlog = await watchInstall(app, install, { enabled, due: some, from }, context);
    } catch (error) {
      if (context.signal.aborted || (error instanceof CloudError && error.code === "stopped")) throw error;
      if (error instanceof CloudError && error.code === "unauthorised") await reportRefusedKey(app, install);
      else
        app.log.error(
          { event: "watch_failed", installed_app_id: install.installed_app_id, err: error },
          "monitors could not be evaluated",
        );
      const problem =
        error instanceof CloudError
          ? `${error.message}.`
          : "Something went wrong here; the operator's log says more.";
      await noteProblems(app, due, problem, app.cloud.clock.now());
    }
    await planWaitingAlerts(app, install, monitors);
    await recordProgress(app, install, { completed_at: enabled.length === 0 ? null : app.clock.now() });
    await notifyTrouble(app, install);
    if (enabled.length === 0) return undefined;
    const next = nextDue(started, app.clock.now(), app.intervalMs);
    if (!backlog) return { due_at: next, payload: {} };
    const payload: CatchUp = {
      balances_at: started < balances_at ? balances_at : next,
      from: backlog.until,
    };
    // At once, but for those who are due already.
    return { due_at: app.clock.now(), payload };
  };
}

/** What a turn leaves to the next while rows of before are read. */
type CatchUp = { balances_at?: number; from?: number };

function nextDue(started: number, now: number, intervalMs: number): number {
  return started + Math.max(1, Math.ceil((now - started) / intervalMs)) * intervalMs;
}

async function watchInstall(
  app: MonitorPlatform,
  install: Install,
  {
    enabled,
    due,
    from,
  }: { enabled: readonly StoredMonitor[]; due: readonly StoredMonitor[]; from: number | undefined },
  { signal, leaveSlot: onSlow }: JobContext,
): Promise<Backlog | undefined> {
  const { db } = app;
  const { installed_app_id } = install;
  const watch = await db.read
    .selectFrom("watches")
    .selectAll()
    .where("installed_app_id", "=", installed_app_id)
    .executeTakeFirst();
  if (typeof watch?.rows_until === "number" && enabled.every(({ kind }) => isBalanceKind(kind)))
    await db.write((tx) => forgetRows(tx, installed_app_id));

  if (due.length === 0) return undefined;
  const client = app.cloud.client(jobCredentials(app, install), {
    signal,
    onSlow,
    metadata: selectedPaths(enabled),
  });
  const now = await findCloudTime(app, client);
  if (enabled.some(({ watching_since }) => watching_since > now))
    await db.write((tx) => watchFromNow(tx, installed_app_id, now));
  const states: States = await loadStates(db, installed_app_id);
  await yieldToEventLoop();
  const dueNow: DueMonitor[] = [];
  for (const stored of due) {
    const known = states.get(stored.id) ?? new Map<string, never>();
    const watching_since = Math.min(stored.watching_since, now);
    dueNow.push({
      ...stored,
      watching_since,
      context: {
        now,
        watching_since,
        tracked: await contextOf(app, stored, trackedOf(known)),
      },
    });
  }
  // Their windows go on outside their hours.
  const idle = enabled.filter((stored) => !due.includes(stored));

  const cycle = { app, install, now, problems: new Map<string, string>(), states };
  const record = (results: Cycle["results"]) =>
    recordResults(
      { ...cycle, results },
      dueNow.filter(({ id }) => results.has(id)),
    );
  const { results, problems, balances, backlog, remember } = await evaluateMonitors(
    { client, db, installedAppId: installed_app_id, now, record },
    { due: dueNow, idle },
    {
      rowsUntil: watch?.rows_until ?? null,
      rowsFrom: from,
      balances: watch?.balances ?? undefined,
    },
  );
  const late = backlog ? dueNow.filter(({ kind }) => !isBalanceKind(kind)) : [];
  await recordResults(
    { ...cycle, results, problems },
    dueNow.filter((stored) => !late.includes(stored)),
  );
  if (backlog) {
    await noteProblems(app, late, describeBacklog(backlog), now);
    return backlog;
  }
  // Last: until here a crash only means that the same rows are read, and the same events counted, once more.
  await remember();
  await recordProgress(app, install, { balances: balances ?? null });
  return undefined;
}

function describeBacklog({ rows, until }: Backlog): string {
  const time = new Date(until).toISOString().slice(0, 16).replace("T", " ");
  return `Catching up: ${rows.toLocaleString("en")} transactions behind, read up to ${time} UTC.`;
}

/**
 * The time by which rows and balances are read and judged; after a start Cloud's first answer tells it.
 *
 * @throws CloudError `clock_skewed` beyond what only a wrong clock explains: windows and schedules would mislead
 */
async function findCloudTime({ cloud: { clock } }: MonitorPlatform, client: CloudClient): Promise<number> {
  if (clock.skewMs() === undefined) await client.proveKey();
  const skewed = describeSkew(clock.skewMs(), LARGEST_SKEW_MS);
  if (skewed !== undefined) throw new CloudError("clock_skewed", {}, skewed);
  return clock.now();
}

/** A monitor made before Cloud's time was known, by a clock that was ahead, would see nothing until then. */
async function watchFromNow(tx: Tx, installedAppId: string, now: number): Promise<void> {
  await tx
    .updateTable("monitors")
    .set({ watching_since: now })
    .where("installed_app_id", "=", installedAppId)
    .where("watching_since", ">", now)
    .execute();
}

async function recordProgress(
  { db }: MonitorPlatform,
  { installed_app_id }: Install,
  progress: { balances?: number | null; completed_at?: number | null },
): Promise<void> {
  await db.write((tx) =>
    tx
      .insertInto("watches")
      .values({
        installed_app_id,
        rows_until: null,
        balances: null,
        completed_at: null,
        notified_trouble: null,
        ...progress,
      })
      .onConflict((conflict) => conflict.column("installed_app_id").doUpdateSet(progress))
      .execute(),
  );
}

/** A balance that is new now was not there when an incident of before the last evaluation was opened. */
async function contextOf(
  app: MonitorPlatform,
  { id, kind, watching_since, evaluated_at }: StoredMonitor,
  tracked: Set<string>,
): Promise<ReadonlySet<string>> {
  if (kind !== "new_balance") return tracked;
  const since = Math.max(watching_since, (evaluated_at ?? 0) - OVERLAP_MS);
  return new Set([...tracked, ...(await listEventsSince(app.db, id, since - OVERLAP_MS))]);
}
