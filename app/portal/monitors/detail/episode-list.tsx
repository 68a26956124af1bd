import { stoppedRecording } from "#app/monitors/episodes/stopped-recording.ts";
import { EmptyNote } from "#app/ui/notes.tsx";
import { Panel } from "#app/ui/panel.tsx";
import { RelativeTime, useExactTime } from "#app/ui/relative-time.tsx";

import { RecordLink } from "#app/platform/portal/record-link.tsx";
import { MonitorValue } from "../monitor-value.tsx";
import { SubjectLink } from "../subject-link.tsx";
import type { PlacedEpisode } from "./place-episodes.ts";

const SHOWN = 20;

/** Each with its place on one time line, the newest first. */
export function EpisodeList({
  since,
  rows,
  loadedAt,
}: {
  since: number;
  rows: PlacedEpisode[];
  loadedAt: number;
}) {
  const exactTime = useExactTime();
  if (rows.length === 0) {
    return (
      <EmptyNote>An episode begins when the condition becomes true, and ends when it no longer is.</EmptyNote>
    );
  }
  const more = rows.slice(SHOWN);
  return (
    <Panel>
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
    </Panel>
  );
}

function Rows({ rows, loadedAt }: { rows: PlacedEpisode[]; loadedAt: number }) {
  return (
    <ul className="text-small">
      {rows.map((episode) => (
        <li key={episode.id} className="space-y-1 border-t border-line px-4 py-2.5">
          <Bar {...episode} />
          <p className="flex flex-wrap justify-between gap-x-4">
            {episode.unrecorded === null ? (
              <SubjectLink subject={episode.subject} />
            ) : (
              <span>{stoppedRecording(episode.unrecorded)}</span>
            )}
            <span>
              <MonitorValue value={episode.value} />
              {episode.against !== null && (
                <>
                  {" "}
                  <span className="text-quiet">against</span> <MonitorValue value={episode.against} />
                </>
              )}
            </span>
          </p>
          <p className="flex flex-wrap justify-between gap-x-4 text-quiet">
            <Lasted {...episode} loadedAt={loadedAt} />
            <Announced {...episode} />
          </p>
        </li>
      ))}
    </ul>
  );
}

/** An event has no length: it is drawn as a mark. */
function Bar({ from, width, closed_at }: PlacedEpisode) {
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

const REASONS: Record<NonNullable<PlacedEpisode["reason"]>, string> = {
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
}: Pick<PlacedEpisode, "opened_at" | "closed_at" | "reason"> & { loadedAt: number }) {
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

const DELIVERIES: Record<PlacedEpisode["delivery"], string> = {
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

function Announced({ delivery, announcement, anomaly_id, mayBeDoubled }: PlacedEpisode) {
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
