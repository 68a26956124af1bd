import type { Selectable } from "kysely";

import type { Database } from "#db/database.server.ts";
import type { EvaluationRow, MonitorStateRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { askForResolution } from "../alerts/alert-deliveries.server.ts";
import type { SubjectResult } from "../kinds/facts.ts";
import { batches } from "../reads/batches.ts";
import { type CloseReason, isTracked, type Step, type SubjectState } from "./advance.ts";

/** One subject's step, what it came from, and what was stored of it before. */
export type RecordedStep = {
  subject: string;
  result: SubjectResult;
  previous: SubjectState | undefined;
  step: Step;
};

const KEPT_PER_SUBJECT = 500;

/** Whether a step says anything that is not stored already, but for the time. */
export function saysMore({ previous, step: { next, opened, unmuted, closed } }: RecordedStep): boolean {
  if (opened ?? unmuted ?? closed) return true;
  if (!previous || !next) return previous !== next;
  return JSON.stringify({ ...previous, evaluated_at: 0 }) !== JSON.stringify({ ...next, evaluated_at: 0 });
}

/** Subjects that an evaluation has to look at whatever their balance is. */
export function trackedOf(states: ReadonlyMap<string, SubjectState>): Set<string> {
  const tracked = [...states.values()].filter(isTracked);
  return new Set(tracked.map(({ subject }) => subject));
}

/** Of these subjects of an event monitor, those that have had their incident. */
export async function findEvents(
  { read }: Pick<Database, "read">,
  monitorId: string,
  subjects: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const some of batches(subjects)) {
    const rows = await read
      .selectFrom("incidents")
      .select("subject")
      .where("monitor_id", "=", monitorId)
      .where("is_event", "=", 1)
      .where("subject", "in", some)
      .execute();
    found.push(...rows.map(({ subject }) => subject));
  }
  return found;
}

/** Those that had it since a time. */
export async function listEventsSince(
  { read }: Pick<Database, "read">,
  monitorId: string,
  since: number,
): Promise<string[]> {
  const rows = await read
    .selectFrom("incidents")
    .select("subject")
    .where("monitor_id", "=", monitorId)
    .where("is_event", "=", 1)
    .where("opened_at", ">=", since)
    .execute();
  return rows.map(({ subject }) => subject);
}

/** The states of all live monitors of an install, by monitor and subject. */
export async function loadStates(
  { read }: Pick<Database, "read">,
  installedAppId: string,
): Promise<Map<string, Map<string, SubjectState>>> {
  const rows = await read
    .selectFrom("monitor_states")
    .innerJoin("monitors", "monitors.id", "monitor_states.monitor_id")
    .selectAll("monitor_states")
    .where("monitors.installed_app_id", "=", installedAppId)
    .where("monitors.deleted_at", "is", null)
    .execute();
  const states = new Map<string, Map<string, SubjectState>>();
  for (const row of rows) {
    const own = states.get(row.monitor_id) ?? new Map<string, SubjectState>();
    states.set(row.monitor_id, own.set(row.subject, stateOf(row)));
  }
  return states;
}

/** Stores steps of one monitor, incidents and states together; safe to repeat for events, which are counted once for ever. */
export async function recordSteps(
  tx: Tx,
  owner: { installed_app_id: string; monitor_id: string },
  steps: readonly RecordedStep[],
  now: number,
): Promise<void> {
  for (const recorded of steps) await recordIncident(tx, owner, recorded, now);
  await recordStates(tx, owner.monitor_id, steps, now);
}

async function recordIncident(
  tx: Tx,
  { installed_app_id, monitor_id }: { installed_app_id: string; monitor_id: string },
  { subject, result, step: { opened, unmuted, closed } }: RecordedStep,
  now: number,
): Promise<void> {
  if (opened) {
    const { id, announcement } = opened;
    const over = closed?.id === id ? closed : undefined;
    await tx
      .insertInto("incidents")
      .values({
        id,
        installed_app_id,
        monitor_id,
        subject,
        entity: result.entity ?? null,
        announcement,
        is_event: over?.reason === "event" ? 1 : 0,
        value: result.value ?? null,
        compared_to: result.compared_to ?? null,
        opened_at: now,
        closed_at: over ? now : null,
        close_reason: over?.reason ?? null,
        delivery:
          announcement === "quiet"
            ? "none"
            : announcement === "muted"
              ? over
                ? "none"
                : "muted"
              : "waiting",
        alert_id: null,
        unrecorded: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    if (over) return;
  }
  if (unmuted !== undefined) {
    await tx
      .updateTable("incidents")
      .set({ delivery: "waiting" })
      .where("id", "=", unmuted)
      .where("delivery", "=", "muted")
      .execute();
  }
  if (closed) await close(tx, monitor_id, closed.id, closed.reason, now);
}

async function recordStates(
  tx: Tx,
  monitor_id: string,
  steps: readonly RecordedStep[],
  now: number,
): Promise<void> {
  const forgotten = steps
    .filter(({ previous, step }) => previous && !step.next)
    .map(({ subject }) => subject);
  if (forgotten.length > 0) {
    await tx
      .deleteFrom("monitor_states")
      .where("monitor_id", "=", monitor_id)
      .where("subject", "in", forgotten)
      .execute();
  }
  const kept = steps.flatMap(({ step }) => (step.next ? [{ monitor_id, ...rowOf(step.next) }] : []));
  if (kept.length > 0) {
    const [{ monitor_id: _, subject: __, ...columns }] = kept as [(typeof kept)[number]];
    await tx
      .insertInto("monitor_states")
      .values(kept)
      .onConflict((conflict) =>
        conflict
          .columns(["monitor_id", "subject"])
          .doUpdateSet((eb) =>
            Object.fromEntries(
              Object.keys(columns).map((name) => [name, eb.ref(`excluded.${name as "state"}`)]),
            ),
          ),
      )
      .execute();
  }
  await recordEvaluations(
    tx,
    steps.flatMap((step) => evaluationOf(step, monitor_id, now)),
  );
}

type Evaluation = Omit<Selectable<EvaluationRow>, "id">;

/** Nothing when it says what the last one said, was an event, whose incident is its record, or left without one. */
function evaluationOf(
  { subject, result, previous, step: { next } }: RecordedStep,
  monitor_id: string,
  at: number,
): Evaluation[] {
  const state = next?.state ?? "ok";
  if (result.outcome === "happened" || (result.outcome === "gone" && previous?.state === "ok")) return [];
  if (
    previous &&
    previous.state === state &&
    previous.value === result.value &&
    previous.reason === result.reason
  )
    return [];
  return [{ monitor_id, subject, at, state, value: result.value ?? null, reason: result.reason ?? null }];
}

async function recordEvaluations(tx: Tx, evaluations: readonly Evaluation[]): Promise<void> {
  if (evaluations.length === 0) return;
  await tx.insertInto("evaluations").values(evaluations).execute();
  for (const { monitor_id, subject } of evaluations) {
    const oldest = tx
      .selectFrom("evaluations")
      .select("at")
      .where("monitor_id", "=", monitor_id)
      .where("subject", "=", subject)
      .orderBy("at", "desc")
      .limit(1)
      .offset(KEPT_PER_SUBJECT);
    await tx
      .deleteFrom("evaluations")
      .where("monitor_id", "=", monitor_id)
      .where("subject", "=", subject)
      .where("at", "<=", oldest)
      .execute();
  }
}

/** Closes all open incidents of a monitor, and leaves the alerts' status to people. */
export async function closeIncidents(
  tx: Tx,
  monitorId: string,
  reason: Extract<CloseReason, "edited" | "deleted">,
  now: number,
): Promise<void> {
  await tx
    .updateTable("incidents")
    .set({ closed_at: now, close_reason: reason })
    .where("monitor_id", "=", monitorId)
    .where("closed_at", "is", null)
    .execute();
  await tx
    .updateTable("incidents")
    .set({ delivery: "none" })
    .where("monitor_id", "=", monitorId)
    .where("delivery", "=", "muted")
    .execute();
}

async function close(tx: Tx, monitorId: string, id: string, reason: CloseReason, now: number): Promise<void> {
  const [closed] = await tx
    .updateTable("incidents")
    .set((eb) => ({
      closed_at: now,
      close_reason: reason,
      delivery: eb
        .case()
        .when("delivery", "=", "muted")
        .then("none" as const)
        .else(eb.ref("delivery"))
        .end(),
    }))
    .where("monitor_id", "=", monitorId)
    .where("id", "=", id)
    .where("closed_at", "is", null)
    .returning("alert_id")
    .execute();
  if (closed && closed.alert_id !== null) await askForResolution(tx, [closed.alert_id], now);
}

function stateOf(row: Selectable<MonitorStateRow>): SubjectState {
  return {
    subject: row.subject,
    state: row.state,
    entity: row.entity ?? undefined,
    value: row.value ?? undefined,
    compared_to: row.compared_to ?? undefined,
    reason: row.reason ?? undefined,
    evaluated_at: row.evaluated_at,
    holds_since: row.holds_since ?? undefined,
    same_reads: row.same_reads,
    incident: row.incident_id === null ? undefined : { id: row.incident_id, muted: row.incident_muted === 1 },
  };
}

function rowOf({ incident, ...state }: SubjectState): Omit<Selectable<MonitorStateRow>, "monitor_id"> {
  return {
    subject: state.subject,
    state: state.state,
    entity: state.entity ?? null,
    value: state.value ?? null,
    compared_to: state.compared_to ?? null,
    reason: state.reason ?? null,
    evaluated_at: state.evaluated_at,
    holds_since: state.holds_since ?? null,
    same_reads: state.same_reads,
    incident_id: incident?.id ?? null,
    incident_muted: incident?.muted ? 1 : 0,
  };
}
