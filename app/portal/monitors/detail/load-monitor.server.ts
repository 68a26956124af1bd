import type { Monitor } from "#app/monitors/definition/monitor.ts";
import { findUnrecorded } from "#app/monitors/incidents/daily-ceiling.server.ts";
import { stoppedRecording } from "#app/monitors/incidents/stopped-recording.ts";
import { isMuted } from "#app/monitors/kinds/schedule/schedule.ts";
import { findMonitorDetail, type MonitorDetail } from "#app/monitors/monitor-history.server.ts";
import type { Database } from "#db/database.server.ts";

import { drawTimeChart } from "#app/platform/portal/charts/draw-time-chart.server.ts";
import type { TimeChart } from "#app/platform/portal/charts/time-chart.ts";
import type { MonitorState } from "../monitor-state.tsx";
import { placeIncidents } from "./place-incidents.ts";

export type MonitorPageData = NonNullable<Awaited<ReturnType<typeof loadMonitor>>>;

/** All that is known of one monitor of this install; undefined when there is none. */
export async function loadMonitor(
  db: Pick<Database, "read">,
  { installedAppId, id, now }: { installedAppId: string; id: string; now: number },
) {
  const detail = await findMonitorDetail(db, installedAppId, id);
  if (!detail) return undefined;
  const unrecorded = await findUnrecorded(db, id, now);
  const { stored, explanation, states, incidents, evaluations, deliveries } = detail;
  const { monitor } = stored;
  return {
    loadedAt: now,
    id,
    name: stored.name,
    severity: monitor.severity,
    explanation,
    problem: stored.problem,
    stopped: unrecorded === undefined ? undefined : stoppedRecording(unrecorded),
    evaluatedAt: stored.evaluated_at,
    isPaused: !monitor.enabled,
    state: stateOf(detail),
    open: incidents.filter(({ closed_at }) => closed_at === null).length,
    mute: muteOf(monitor, now),
    chart: drawValues(evaluations, now),
    states: states.map(({ subject, state, value, compared_to, reason, evaluated_at }) => ({
      subject,
      state,
      value,
      compared_to,
      reason,
      // One that was found again as it was is not stored again.
      evaluatedAt: Math.max(evaluated_at, stored.evaluated_at ?? 0),
    })),
    incidents: placeIncidents(incidents, now),
    evaluations: evaluations.map(({ id, subject, at, state, value, reason }) => ({
      id,
      subject,
      at,
      state,
      value,
      reason,
    })),
    deliveries: deliveries.map((delivery) => ({
      id: delivery.id,
      title: delivery.title,
      state: delivery.state,
      mayBeDoubled: delivery.may_be_doubled === 1,
      error: delivery.error,
      anomalyId: delivery.anomaly_id,
      resolution: delivery.resolution,
      createdAt: delivery.created_at,
      attempts: delivery.attempts_made.map(({ channel, at, outcome }) => ({ channel, at, outcome })),
    })),
  };
}

function stateOf({ stored: { monitor, problem, evaluated_at }, states }: MonitorDetail): MonitorState {
  if (!monitor.enabled) return "paused";
  const found = new Set(states.map(({ state }) => state));
  if (found.has("firing")) return "firing";
  if (problem !== null || found.has("unknown")) return "unknown";
  return evaluated_at === null ? undefined : "ok";
}

function muteOf(monitor: Monitor, now: number) {
  const ends = monitor.mute.flatMap((mute) =>
    mute.type === "until" && mute.until > now ? [mute.until] : [],
  );
  return {
    isMuted: isMuted(monitor, now),
    until: ends.length === 0 ? undefined : Math.max(...ends),
    windows: monitor.mute.filter(({ type }) => type === "window").length,
  };
}

/** The values of a monitor with one subject; several cannot be told apart in one line. */
function drawValues(evaluations: MonitorDetail["evaluations"], now: number): TimeChart | undefined {
  const [subject, ...others] = new Set(evaluations.map((evaluation) => evaluation.subject));
  if (subject === undefined || others.length > 0) return undefined;
  const points = evaluations
    .flatMap(({ at, value }) => {
      const number = Number(value ?? Number.NaN);
      return value !== null && Number.isFinite(number) ? [{ at, value: number, text: value }] : [];
    })
    .toReversed();
  const [first] = points;
  if (!first || points.length < 2) return undefined;
  return drawTimeChart({ points, from: first.at, until: now, shape: "step" });
}
