import type { Database } from "#db/database.server.ts";

import { writeMonitor } from "./definition/write-monitor.ts";
import { listIncidents, type IncidentView } from "./monitor-history.server.ts";
import { listMonitors, type StoredMonitor } from "./monitors.server.ts";

/**
 * The monitors of an install in the shape of the import; with `withState` what they found too. The text comes in pieces,
 * because incidents are kept for more than a year.
 */
export async function* exportMonitors(
  db: Pick<Database, "read">,
  installedAppId: string,
  { withState }: { withState: boolean },
): AsyncGenerator<string, void, undefined> {
  yield '{"monitors":[';
  for (const [index, stored] of (await listMonitors(db.read, installedAppId)).entries()) {
    if (index > 0) yield ",";
    const json = writeMonitor(stored.monitor);
    if (!withState) {
      yield JSON.stringify(json);
      continue;
    }
    const { id } = stored;
    yield `${JSON.stringify({ ...json, id, state: await readStates(db, stored) }).slice(0, -1)},"incidents":[`;
    yield* writeIncidents(db, installedAppId, id);
    yield "]}";
  }
  yield "]}";
}

async function readStates({ read }: Pick<Database, "read">, { id, evaluated_at }: StoredMonitor) {
  const states = await read
    .selectFrom("monitor_states")
    .select(["subject", "state", "value", "evaluated_at"])
    .where("monitor_id", "=", id)
    .execute();
  // A state that stays the same is not written again.
  return states.map((row) => ({ ...row, evaluated_at: Math.max(row.evaluated_at, evaluated_at ?? 0) }));
}

const BATCH = 500;

async function* writeIncidents(
  db: Pick<Database, "read">,
  installedAppId: string,
  monitorId: string,
): AsyncGenerator<string, void, undefined> {
  let after: IncidentView | undefined;
  for (;;) {
    const incidents = await listIncidents(db, installedAppId, { monitorId, after, limit: BATCH });
    if (after && incidents.length > 0) yield ",";
    yield incidents.map(writeIncident).join();
    after = incidents.at(-1);
    if (incidents.length < BATCH) return;
  }
}

function writeIncident(incident: IncidentView): string {
  const { id, subject, opened_at, closed_at, reason, anomaly_id, delivery } = incident;
  return JSON.stringify({ id, subject, opened_at, closed_at, reason, anomaly_id, delivery });
}
