import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Database } from "#db/database.server.ts";

import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import { splitMarker } from "./alert-marker.ts";
import { choiceOf, statusChoices } from "./alert-statuses.ts";
import { seenVersion } from "./change-alert.server.ts";

export function loadAlert(
  readCloud: ReadCloud,
  db: Pick<Database, "read">,
  { installedAppId, anomalyId, now }: { installedAppId: string; anomalyId: string; now: number },
) {
  return {
    loadedAt: now,
    anomalyId,
    alert: readCloud("alerts:read", (client) => readAlert(client, db, installedAppId, anomalyId)),
  };
}

export type AlertRead = Awaited<ReturnType<typeof readAlert>>;

async function readAlert(
  { alerts }: Pick<CloudClient, "alerts">,
  db: Pick<Database, "read">,
  installedAppId: string,
  anomalyId: string,
) {
  const [alert, custom] = await Promise.all([alerts.get(anomalyId), alerts.statuses.list()]);
  const statuses = statusChoices(custom.statuses);
  const { text, id } = splitMarker(alert.description ?? "");
  return {
    ...alert,
    description: text,
    status: choiceOf(alert.status, statuses),
    statuses,
    seen: seenVersion(alert),
    monitor: id === undefined ? undefined : await findMonitorName(db, installedAppId, id),
  };
}

async function findMonitorName(
  { read }: Pick<Database, "read">,
  installedAppId: string,
  incidentId: string,
): Promise<string | undefined> {
  const row = await read
    .selectFrom("incidents")
    .innerJoin("monitors", "monitors.id", "incidents.monitor_id")
    .select("monitors.name")
    .where("incidents.id", "=", incidentId)
    .where("incidents.installed_app_id", "=", installedAppId)
    .executeTakeFirst();
  return row?.name;
}
