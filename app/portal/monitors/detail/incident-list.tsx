import { stoppedRecording } from "#app/monitors/incidents/stopped-recording.ts";
import { EmptyNote } from "#app/ui/notes.tsx";
import { Card } from "#app/ui/card.tsx";
import { RelativeTime, useExactTime } from "#app/ui/relative-time.tsx";

import { RecordLink } from "#app/platform/portal/record-link.tsx";
import { MonitorValue } from "../monitor-value.tsx";
import { SubjectLink } from "../subject-link.tsx";
import type { PlacedIncident } from "./place-incidents.ts";

const SHOWN = 20;

/** Each with its place on one time line, the newest first. */
export function IncidentList({
  since,
  rows,
  loadedAt,
}: {
  since: number;
  rows: PlacedIncident[];
  loadedAt: number;
}) {
  const exactTime = useExactTime();
  if (rows.length === 0) {
    return (
      <EmptyNote>
        An incident begins when the condition becomes true, and ends when it no longer is.
      </EmptyNote>
    );
  }
  const more = rows.slice(SHOWN);
  return (
    <Card>
      <p className="flex justify-between gap-4 px-4 py-2 text-label text-quiet">
        <span>{exactTime(since)}</span>
        <span>now</span>
      </p>
      <Rows rows={rows.slice(0, SHOWN)} loadedAt={loadedAt} />
      {more.length > 0 && (
        <details>
          <summary className="border-t border-line px-4 py-2 text-small text-link">
            {more.length} more
          </summary>
          <Rows rows={more} loadedAt={loadedAt} />
        </details>
      )}
    </Card>
  );
}

function Rows({ rows, loadedAt }: { rows: PlacedIncident[]; loadedAt: number }) {
  return (
    <ul className="text-small">
      {rows.map((incident) => (
        <li key={incident.id} className="space-y-1 border-t border-line px-4 py-2.5">
          <Bar {...incident} />
          <p className="flex flex-wrap justify-between gap-x-4">
            {incident.unrecorded === null ? (
              <SubjectLink subject={incident.subject} />
            ) : (
              <span>{stoppedRecording(incident.unrecorded)}</span>
            )}
            <span>
              <MonitorValue value={incident.value} />
              {incident.compared_to !== null && (
                <>
                  {" "}
                  <span className="text-quiet">against</span> <MonitorValue value={incident.compared_to} />
                </>
              )}
            </span>
          </p>
          <p className="flex flex-wrap justify-between gap-x-4 text-quiet">
            <Lasted {...incident} loadedAt={loadedAt} />
            <Announced {...incident} />
          </p>
        </li>
      ))}
    </ul>
  );
}

/** An event has no length: it is drawn as a mark. */
function Bar({ from, width, closed_at }: PlacedIncident) {
  const isOpen = closed_at === null;
  return (
    <svg aria-hidden className="h-2.5 w-full">
      <rect x="0" y="4" width="100%" height="2" className="fill-line" />
      <rect
        x={`${Math.min(from, 99)}%`}
        y="1"
        width={`${Math.max(width, 1)}%`}
        height="8"
        rx="2"
        className={isOpen ? "fill-bad" : "fill-quiet"}
      />
    </svg>
  );
}

const REASONS: Record<NonNullable<PlacedIncident["reason"]>, string> = {
  recovered: "recovered",
  gone: "left the selection",
  edited: "monitor edited",
  deleted: "monitor deleted",
  event: "",
};

function Lasted({
  opened_at,
  closed_at,
  reason,
  loadedAt,
}: Pick<PlacedIncident, "opened_at" | "closed_at" | "reason"> & { loadedAt: number }) {
  return (
    <span>
      <RelativeTime at={opened_at} loadedAt={loadedAt} />
      {closed_at === null && ", open"}
      {closed_at !== null && reason !== "event" && (
        <>
          {" to "}
          <RelativeTime at={closed_at} loadedAt={loadedAt} />
          {reason && `, ${REASONS[reason]}`}
        </>
      )}
    </span>
  );
}

const DELIVERIES: Record<PlacedIncident["delivery"], string> = {
  waiting: "alert planned",
  muted: "muted",
  capped: "over the day's limit of alerts",
  none: "no alert",
  pending: "alert waits to be raised",
  sending: "alert sent, outcome not known yet",
  delivered: "alert raised",
  parked: "alert given up",
  dropped: "alert dropped",
};

function Announced({ delivery, announcement, anomaly_id, mayBeDoubled }: PlacedIncident) {
  const words = announcement === "quiet" ? "quiet: already true" : DELIVERIES[delivery];
  return (
    <span>
      {anomaly_id === null ? (
        words
      ) : (
        <RecordLink kind="alerts" id={anomaly_id}>
          {words}
        </RecordLink>
      )}
      {mayBeDoubled && ", may be doubled"}
    </span>
  );
}
