import { app } from "#app/app.ts";
import type { WebhookRow } from "#db/schema.ts";

import type { MonitorKind, Severity } from "../definition/monitor.ts";
import { stoppedRecording } from "../incidents/stopped-recording.ts";

export type IncidentNews = { id: string; subject: string; entity: string | null; value: string | null };

type MonitorNamed = { id: string; name: string; kind: MonitorKind; severity: Severity };

/** What a webhook is told. Lists hold the first twenty, the counts all. */
export type WebhookEvent =
  | {
      type: "monitor.incidents";
      monitor: MonitorNamed;
      opened: { count: number; incidents: IncidentNews[] };
      closed: { count: number; incidents: IncidentNews[] };
    }
  | { type: "monitor.capped"; monitor: MonitorNamed; limit: number; unrecorded: number }
  | { type: "monitors.not_evaluated"; since: number; reason: string }
  | { type: "monitors.recovered" }
  | { type: "key.rejected" }
  | { type: "delivery.parked"; delivery_id: string }
  | { type: "alerts.capped"; limit: number }
  | { type: "webhook.test" };

/** The body of a message in the shape that the receiver expects. */
export function webhookBody(
  format: WebhookRow["format"],
  event: WebhookEvent,
  instanceId: string,
  createdAt: number,
): string {
  if (format === "slack") return JSON.stringify({ text: escapeSlack(sentenceOf(event)) });
  const { type, ...data } = event;
  return JSON.stringify({
    type,
    timestamp: new Date(createdAt).toISOString(),
    data: { instance_id: instanceId, ...data },
  });
}

/** Slack's own three; with them no text can mention a channel, name a user or disguise a link. */
export function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function sentenceOf(event: WebhookEvent): string {
  switch (event.type) {
    case "monitor.incidents": {
      const { monitor, opened, closed } = event;
      const news = [listOf("now", opened), listOf("over", closed)].filter((text) => text !== "");
      return `${app.name}: ${monitor.name} (${monitor.severity}): ${news.join("; ")}`;
    }
    case "monitor.capped":
      return `${app.name}: ${event.monitor.name}: ${stoppedRecording(event.unrecorded)}`;
    case "monitors.not_evaluated":
      return `${app.name}: monitors have not been evaluated since ${new Date(event.since).toISOString()}: ${event.reason}`;
    case "monitors.recovered":
      return `${app.name}: monitors are checked again.`;
    case "key.rejected":
      return `${app.name}: Blnk Cloud refuses this install's key, so nothing is watched. Install the app again.`;
    case "delivery.parked":
      return `${app.name}: an alert could not be raised in Blnk Cloud (${event.delivery_id}).`;
    case "alerts.capped":
      return `${app.name}: ${event.limit} alerts were raised today, no more until tomorrow.`;
    case "webhook.test":
      return `${app.name}: this is a test.`;
  }
}

function listOf(word: string, { count, incidents }: { count: number; incidents: IncidentNews[] }): string {
  if (count === 0) return "";
  const named = incidents.map(({ entity, subject, value }) =>
    value === null ? (entity ?? subject) : `${entity ?? subject} at ${value}`,
  );
  return `${word} ${named.join(", ")}${count > named.length ? ` and ${count - named.length} more` : ""}`;
}
