import type { Database } from "#db/database.server.ts";

import type { MonitorJson } from "./definition/monitor-schema.ts";
import { writeMonitor } from "./definition/write-monitor.ts";
import type { SubjectState } from "./episodes/advance.ts";
import { loadStates } from "./episodes/episodes.server.ts";
import { listEpisodes, type EpisodeView } from "./monitor-history.server.ts";
import { listMonitors } from "./monitors.server.ts";

export type ExportedMonitor = MonitorJson | (MonitorJson & Found);

type Found = {
  id: string;
  state: {
    subject: string;
    state: "ok" | "firing" | "unknown";
    value: string | null;
    evaluated_at: number;
  }[];
  episodes: Pick<
    EpisodeView,
    "id" | "subject" | "opened_at" | "closed_at" | "reason" | "anomaly_id" | "delivery"
  >[];
};

/** The monitors of an install in the shape of the import; with `withState` what they found too. */
export async function exportMonitors(
  db: Pick<Database, "read">,
  installedAppId: string,
  { withState }: { withState: boolean },
): Promise<{ monitors: ExportedMonitor[] }> {
  const monitors: ExportedMonitor[] = [];
  const states = withState
    ? await loadStates(db, installedAppId)
    : new Map<string, Map<string, SubjectState>>();
  for (const { id, monitor, evaluated_at: evaluatedAt } of await listMonitors(db.read, installedAppId)) {
    const json = writeMonitor(monitor);
    if (!withState) {
      monitors.push(json);
      continue;
    }
    const own = [...(states.get(id)?.values() ?? [])];
    const episodes = await listEpisodes(db, installedAppId, { monitorId: id });
    monitors.push({
      ...json,
      id,
      state: own.map(({ subject, state, value, evaluated_at }) => ({
        subject,
        state,
        value: value ?? null,
        // A state that stays the same is not written again.
        evaluated_at: Math.max(evaluated_at, evaluatedAt ?? 0),
      })),
      episodes: episodes.map(({ id, subject, opened_at, closed_at, reason, anomaly_id, delivery }) => ({
        id,
        subject,
        opened_at,
        closed_at,
        reason,
        anomaly_id,
        delivery,
      })),
    });
  }
  return { monitors };
}
