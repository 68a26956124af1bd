import { randomBytes } from "node:crypto";

import type { Install } from "#app/platform/installs/installs.server.ts";
import { enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import { yieldToEventLoop } from "#app/platform/yield-to-event-loop.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { findNextDue } from "../alerts/alert-deliveries.server.ts";
import { planAlerts } from "../alerts/plan-alerts.server.ts";
import { explainMonitor } from "../definition/explain-monitor.ts";
import { advance, isTracked, type SubjectState } from "../incidents/advance.ts";
import { limitEvents, recordSurplus, type Surplus } from "../incidents/daily-ceiling.server.ts";
import { type RecordedStep, recordSteps, saysMore } from "../incidents/incidents.server.ts";
import { EVENTS_PER_DAY } from "../incidents/stopped-recording.ts";
import { SHOWN_SUBJECTS, type SubjectResult } from "../kinds/facts.ts";
import { resultOf } from "../kinds/results.ts";
import type { MonitorPlatform } from "../monitor-platform.server.ts";
import { NO_PROBLEM, type StoredMonitor } from "../monitors.server.ts";
import type { IncidentNews } from "../webhook/webhook-event.ts";
import { enqueueWebhookEvent } from "../webhook/webhook-messages.server.ts";

export type States = ReadonlyMap<string, ReadonlyMap<string, SubjectState>>;

export type Cycle = {
  app: MonitorPlatform;
  install: Install;
  now: number;
  results: ReadonlyMap<string, SubjectResult[]>;
  problems: ReadonlyMap<string, string>;
  states: States;
};

const TOLD = 20;

/** Some of a monitor's steps; with the last of them goes what is said of the evaluation as a whole. */
type Part = {
  stored: StoredMonitor;
  steps: readonly RecordedStep[];
  all: readonly RecordedStep[] | undefined;
  surplus: Surplus | undefined;
};

// So that a unit of work is over in a moment, and yet a cycle is not hundreds of them.
const STEPS_PER_UNIT = 50;

/**
 * Stores what a cycle found, in small units of work: each holds the states of some subjects together with the incidents
 * that follow from them, so that a crash between two loses nothing and repeats nothing. Of a monitor or an install that
 * has changed since nothing is stored.
 */
export async function recordResults(cycle: Cycle, due: readonly StoredMonitor[]): Promise<void> {
  let unit: Part[] = [];
  let weight = 0;
  const flush = async () => {
    const parts = unit;
    unit = [];
    weight = 0;
    if (parts.length > 0) await cycle.app.db.write((tx) => recordParts(tx, cycle, parts));
    await yieldToEventLoop();
  };
  for (const stored of due) {
    const found = stepsOf(cycle, stored, cycle.results.get(stored.id) ?? []);
    const { recorded: all, surplus } = await limitEvents(cycle.app.db, stored.id, found, cycle.now);
    const news = all.filter(saysMore);
    for (let at = 0; at === 0 || at < news.length; at += STEPS_PER_UNIT) {
      const steps = news.slice(at, at + STEPS_PER_UNIT);
      if (weight + steps.length > STEPS_PER_UNIT) await flush();
      const isLast = at + STEPS_PER_UNIT >= news.length;
      unit.push({ stored, steps, ...(isLast ? { all, surplus } : { all: undefined, surplus: undefined }) });
      weight += steps.length;
    }
    await yieldToEventLoop();
  }
  await flush();
}

async function recordParts(tx: Tx, cycle: Cycle, parts: readonly Part[]): Promise<void> {
  const { install, now, problems } = cycle;
  const current = await findCurrent(tx, cycle, parts);
  const counted = parts.filter(({ stored }) => current.has(stored.id));
  for (const { stored, steps } of counted) {
    if (steps.length > 0)
      await recordSteps(
        tx,
        { installed_app_id: install.installed_app_id, monitor_id: stored.id },
        steps,
        now,
      );
  }
  for (const { stored, surplus } of counted) if (surplus) await recordOver(tx, cycle, stored, surplus);
  // A status that is to be set now that an incident is over.
  if (counted.some(({ steps }) => steps.some(({ step }) => step.closed)))
    await askForDelivery(tx, install, now);

  const done = counted.filter(({ all }) => all !== undefined).map(({ stored }) => stored.id);
  const evaluated = done.filter((id) => !problems.has(id));
  if (evaluated.length > 0) {
    await tx
      .updateTable("monitors")
      .set({ evaluated_at: now, ...NO_PROBLEM, backfilled: 1 })
      .where("id", "in", evaluated)
      .execute();
  }
  for (const id of done) {
    const problem = problems.get(id);
    if (problem !== undefined) await noteProblem(tx, id, problem, now);
  }
  for (const { stored, all } of counted) if (all) await tellWebhook(tx, cycle, stored, all);
}

function stepsOf(
  { now, states }: Cycle,
  { id, monitor, evaluated_at }: StoredMonitor,
  results: readonly SubjectResult[],
): RecordedStep[] {
  const known = states.get(id);
  const moment = { now, first: evaluated_at === null, newIncidentId };
  // A large selection keeps only those of its subjects that are more than plainly ok.
  const isLarge = results.length > SHOWN_SUBJECTS;
  const found = new Set(results.map(({ subject }) => subject));
  const outgrown = isLarge ? [...(known?.keys() ?? [])].filter((subject) => !found.has(subject)) : [];
  return [...results, ...outgrown.map((subject) => resultOf(subject, "gone"))].map((result) => {
    const { subject } = result;
    const previous = known?.get(subject);
    const step = advance(monitor, previous, result, moment);
    const next = step.next && (isTracked(step.next) || !isLarge) ? step.next : undefined;
    return { subject, result, previous, step: { ...step, next } };
  });
}

function newIncidentId(): string {
  return `inc_${randomBytes(15).toString("base64url")}`;
}

/** The monitors that are as they were evaluated, of an install that is too. */
async function findCurrent(tx: Tx, { install }: Cycle, parts: readonly Part[]): Promise<Set<string>> {
  const rows = await tx
    .selectFrom("monitors")
    .innerJoin("installs", "installs.installed_app_id", "monitors.installed_app_id")
    .select(["monitors.id", "monitors.revision"])
    .where(
      "monitors.id",
      "in",
      parts.map(({ stored }) => stored.id),
    )
    .where("monitors.deleted_at", "is", null)
    .where("installs.installed_app_id", "=", install.installed_app_id)
    .where("installs.state", "=", "active")
    .where("installs.generation", "=", install.generation)
    .execute();
  const revisions = new Map(rows.map(({ id, revision }) => [id, revision]));
  return new Set(
    parts.flatMap(({ stored }) => (revisions.get(stored.id) === stored.revision ? [stored.id] : [])),
  );
}

/** The webhook hears of it once a day. */
async function recordOver(
  tx: Tx,
  { install: { installed_app_id }, now }: Cycle,
  { id, monitor: { name, kind, severity } }: StoredMonitor,
  surplus: Surplus,
): Promise<void> {
  const unrecorded = await recordSurplus(tx, { installed_app_id, monitor_id: id }, surplus, now);
  if (unrecorded === undefined || surplus.lead.step.opened?.announcement !== "alert") return;
  const monitor = { id, name, kind, severity };
  const event = { type: "monitor.capped" as const, monitor, limit: EVENTS_PER_DAY, unrecorded };
  await enqueueWebhookEvent(tx, installed_app_id, event, now);
}

/** One message for each monitor and cycle. */
async function tellWebhook(
  tx: Tx,
  { install, now }: Cycle,
  { id, monitor }: StoredMonitor,
  steps: readonly RecordedStep[],
): Promise<void> {
  const opened = steps.filter(
    ({ step }) =>
      (step.opened &&
        (step.opened.announcement === "alert" || step.opened.announcement === "already_true")) ||
      step.unmuted !== undefined,
  );
  const closed = steps.filter(
    ({ step, previous }) => step.closed?.reason === "recovered" && previous?.incident?.muted !== true,
  );
  if (opened.length + closed.length === 0) return;
  const { name, kind, severity } = monitor;
  const event = {
    type: "monitor.incidents" as const,
    monitor: { id, name, kind, severity },
    opened: newsOf(opened),
    closed: newsOf(closed),
  };
  await enqueueWebhookEvent(tx, install.installed_app_id, event, now);
}

function newsOf(steps: readonly RecordedStep[]): { count: number; incidents: IncidentNews[] } {
  const incidents = steps.slice(0, TOLD).map(({ subject, result, step }) => ({
    id: step.opened?.id ?? step.unmuted ?? step.closed?.id ?? "",
    subject,
    entity: result.entity ?? null,
    value: result.value ?? null,
  }));
  return { count: steps.length, incidents };
}

/** Why none of the monitors that were due could be evaluated. */
export async function noteProblems(
  { db }: Pick<MonitorPlatform, "db">,
  due: readonly StoredMonitor[],
  problem: string,
  now: number,
): Promise<void> {
  await db.write(async (tx) => {
    for (const { id } of due) await noteProblem(tx, id, problem, now);
  });
}

async function noteProblem(tx: Tx, id: string, problem: string, now: number): Promise<void> {
  await tx
    .updateTable("monitors")
    .set((eb) => ({ problem, problem_since: eb.fn.coalesce("problem_since", eb.val(now)) }))
    .where("id", "=", id)
    .execute();
}

/** A monitor that is not due is as it was last seen: nothing would clear a problem before its hours begin again. */
export async function clearProblems(
  { db }: Pick<MonitorPlatform, "db">,
  idle: readonly StoredMonitor[],
): Promise<void> {
  const ids = idle.flatMap(({ id, problem }) => (problem === null ? [] : [id]));
  if (ids.length === 0) return;
  await db.write(async (tx) => {
    await tx.updateTable("monitors").set(NO_PROBLEM).where("id", "in", ids).execute();
    await tx
      .updateTable("monitor_states")
      .set({ state: "firing", reason: null })
      .where("monitor_id", "in", ids)
      .where("state", "=", "unknown")
      .where("incident_id", "is not", null)
      .execute();
    await tx
      .deleteFrom("monitor_states")
      .where("monitor_id", "in", ids)
      .where("state", "=", "unknown")
      .execute();
  });
}

/**
 * Plans the alerts of all incidents that wait for one: those of this cycle, and those of one that was cut short. A unit
 * of work for each monitor plans its alerts and asks for the job that raises them.
 */
export async function planWaitingAlerts(
  { db, clock }: Pick<MonitorPlatform, "db" | "clock">,
  install: Install,
  monitors: readonly StoredMonitor[],
): Promise<void> {
  const { installed_app_id } = install;
  const waiting = await db.read
    .selectFrom("incidents")
    .select("monitor_id")
    .distinct()
    .where("installed_app_id", "=", installed_app_id)
    .where("delivery", "=", "waiting")
    .execute();
  const mayAlert = (JSON.parse(install.granted_permissions) as string[]).includes("alerts:write");
  for (const { monitor_id } of waiting) {
    const stored = monitors.find(({ id }) => id === monitor_id);
    if (!stored) continue;
    await db.write(async (tx) => {
      const { monitor } = stored;
      const now = clock.now();
      const planned = await planAlerts(
        tx,
        { installed_app_id, monitor_id, monitor, explanation: explainMonitor(monitor), mayAlert },
        now,
      );
      if (planned > 0) await askForDelivery(tx, install, now);
    });
  }
  // The job may have been given up after an error of our own; what it left is still to be raised.
  const due = await findNextDue(db, installed_app_id);
  if (due !== undefined && due <= clock.now())
    await db.write((tx) => askForDelivery(tx, install, clock.now()));
}

async function askForDelivery(tx: Tx, { installed_app_id, generation }: Install, now: number): Promise<void> {
  await enqueueJob(tx, { kind: "deliver_alerts", installed_app_id, generation, due_at: now }, now);
}
