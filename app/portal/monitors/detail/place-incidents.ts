import type { IncidentView } from "#app/monitors/monitor-history.server.ts";

export type PlacedIncident = Pick<
  IncidentView,
  | "id"
  | "subject"
  | "value"
  | "compared_to"
  | "opened_at"
  | "closed_at"
  | "reason"
  | "anomaly_id"
  | "delivery"
  | "unrecorded"
> & {
  mayBeDoubled: boolean;
  announcement: IncidentView["announcement"];
  /** Percent of the time line: where it begins, and how long it lasts. */
  from: number;
  width: number;
};

const LEAST_MS = 60 * 60_000;
const MOST_MS = 30 * 24 * LEAST_MS;

/**
 * Incidents on one time line, which ends now and begins with the first of them, but an hour ago at the latest and 30 days
 * ago at the earliest. One from before it stands at its beginning.
 */
export function placeIncidents(
  incidents: readonly IncidentView[],
  now: number,
): { since: number; rows: PlacedIncident[] } {
  const oldest = Math.min(now, ...incidents.map(({ opened_at }) => opened_at));
  const since = now - Math.min(Math.max(now - oldest, LEAST_MS), MOST_MS);
  const percent = (at: number) => Math.round((Math.max(at - since, 0) / (now - since)) * 1000) / 10;
  const rows = incidents.map((incident) => {
    const {
      id,
      subject,
      value,
      compared_to,
      opened_at,
      closed_at,
      reason,
      anomaly_id,
      delivery,
      unrecorded,
    } = incident;
    const from = percent(opened_at);
    return {
      id,
      subject,
      value,
      compared_to,
      opened_at,
      closed_at,
      reason,
      anomaly_id,
      delivery,
      unrecorded,
      announcement: incident.announcement,
      mayBeDoubled: incident.may_be_doubled,
      from,
      width: Math.max(percent(closed_at ?? now) - from, 0),
    };
  });
  return { since, rows };
}
