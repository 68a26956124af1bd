import { app } from "#app/app.ts";

import type { Monitor } from "../definition/monitor.ts";
import { stoppedRecording } from "../incidents/stopped-recording.ts";

export type AlertText = { title: string; description: string };

/** What an alert says of one incident. */
export type IncidentText = {
  id: string;
  subject: string;
  entity: string | null;
  value: string | null;
  compared_to: string | null;
  announcement: "alert" | "already_true" | "quiet" | "muted";
  opened_at: number;
};

const MAX_TITLE = 200;
const IDS_SHOWN = 20;

/**
 * The last line of an alert's description: by it a delivery whose answer was lost is found again, so whatever edits the
 * text of an alert has to keep it.
 */
export function markerOf(alertId: string): string {
  return `${app.slug}:${alertId}`;
}

export function hasMarker(description: string | undefined, alertId: string): boolean {
  return description?.trimEnd().split("\n").at(-1)?.trim() === markerOf(alertId);
}

export function incidentAlert(monitor: Monitor, explanation: string, incident: IncidentText): AlertText {
  const { value, compared_to, opened_at, announcement } = incident;
  return withMarker(monitor, incident.id, [
    monitor.alert.description ?? explanation,
    value === null
      ? undefined
      : compared_to === null
        ? `Value: ${value}.`
        : `Value: ${value}, compared with ${compared_to}.`,
    `Seen ${utc(opened_at)}.`,
    announcement === "already_true" ? "It was already true when the monitor was created." : undefined,
  ]);
}

/** `first`: up to twenty of the `count` incidents; the alert flags the entity of the first. */
export function sharedAlert(
  monitor: Monitor,
  explanation: string,
  { first, count }: { first: readonly IncidentText[]; count: number },
): AlertText {
  const [lead] = first;
  const ids = first.slice(0, IDS_SHOWN).map(({ entity, subject }) => entity ?? subject);
  return withMarker(monitor, lead!.id, [
    monitor.alert.description ?? explanation,
    `This is so of ${count}: ${ids.join(", ")}${count > ids.length ? `, and ${count - ids.length} more` : ""}.`,
    `Seen ${utc(lead!.opened_at)}.`,
    lead!.announcement === "already_true" ? "It was already true when the monitor was created." : undefined,
  ]);
}

/** Raised once a day, when a monitor has had as many events as a day may record. */
export function surplusAlert(
  monitor: Monitor,
  { id, unrecorded }: { id: string; unrecorded: number },
): AlertText {
  return withMarker(monitor, id, [
    stoppedRecording(unrecorded),
    `This alert is on the first of those. ${app.name} keeps counting; open the monitor there for the latest number, and narrow it if it matches more than it should.`,
  ]);
}

/** Raised once a day, when an install has had as many alerts as a day may bring. */
export function capAlert(alertId: string, limit: number): AlertText {
  return {
    title: `${app.name}: ${limit} alerts today, no more until tomorrow`,
    description: [
      `${limit} alerts were raised today (UTC), the most that a day may bring. What else is found today is kept and shown in ${app.name}, without an alert.`,
      markerOf(alertId),
    ].join("\n\n"),
  };
}

function withMarker(
  { name, severity, alert }: Monitor,
  id: string,
  lines: (string | undefined)[],
): AlertText {
  const title =
    alert.title ??
    (severity === "info" ? name : `${severity === "critical" ? "Critical" : "Warning"}: ${name}`);
  const text = lines.filter((line) => line !== undefined).join("\n");
  return { title: title.slice(0, MAX_TITLE), description: `${text}\n\n${markerOf(id)}` };
}

function utc(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
