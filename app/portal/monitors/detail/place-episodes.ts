import type { EpisodeView } from "#app/monitors/monitor-history.server.ts";

export type PlacedEpisode = Pick<
  EpisodeView,
  | "id"
  | "subject"
  | "value"
  | "against"
  | "opened_at"
  | "closed_at"
  | "reason"
  | "anomaly_id"
  | "delivery"
  | "unrecorded"
> & {
  mayBeDoubled: boolean;
  announcement: EpisodeView["announcement"];
  /** Percent of the time line: where it begins, and how long it lasts. */
  from: number;
  width: number;
};

const LEAST_MS = 60 * 60_000;
const MOST_MS = 30 * 24 * LEAST_MS;

/**
 * Episodes on one time line, which ends now and begins with the first of them, but an hour ago at the latest and 30 days
 * ago at the earliest. One from before it stands at its beginning.
 */
export function placeEpisodes(
  episodes: readonly EpisodeView[],
  now: number,
): { since: number; rows: PlacedEpisode[] } {
  const oldest = Math.min(now, ...episodes.map(({ opened_at }) => opened_at));
  const since = now - Math.min(Math.max(now - oldest, LEAST_MS), MOST_MS);
  const percent = (at: number) => Math.round((Math.max(at - since, 0) / (now - since)) * 1000) / 10;
  const rows = episodes.map((episode) => {
    const { id, subject, value, against, opened_at, closed_at, reason, anomaly_id, delivery, unrecorded } =
      episode;
    const from = percent(opened_at);
    return {
      id,
      subject,
      value,
      against,
      opened_at,
      closed_at,
      reason,
      anomaly_id,
      delivery,
      unrecorded,
      announcement: episode.announcement,
      mayBeDoubled: episode.may_be_doubled,
      from,
      width: Math.max(percent(closed_at ?? now) - from, 0),
    };
  });
  return { since, rows };
}
