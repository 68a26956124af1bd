import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { Install } from "#app/platform/installs/installs.server.ts";

import type { MonitorPlatform } from "../monitor-platform.server.ts";
import { type AlertDelivery, recordAttempt } from "./alert-deliveries.server.ts";

const RETRY_MS = 60_000;
/** After a day the alert is somebody else's. */
const PATIENCE_MS = 24 * 60 * 60_000;

/**
 * Sets the status of alerts whose incidents are over, unless somebody has changed it since it was last seen: then a
 * person is at work there. Setting it twice changes nothing, so an unknown outcome is just asked again.
 */
export async function resolveAlerts({
  app,
  install,
  client,
}: {
  app: MonitorPlatform;
  install: Install;
  client: CloudClient;
}): Promise<void> {
  const due = await app.db.read
    .selectFrom("alert_deliveries")
    .selectAll()
    .where("installed_app_id", "=", install.installed_app_id)
    .where("resolution", "=", "due")
    .where("due_at", "<=", app.clock.now())
    .orderBy("due_at")
    .limit(500)
    .execute();
  for (const delivery of due) {
    const outcome = await resolveAlert(client, delivery);
    const now = app.clock.now();
    const again = outcome === "later" && now - (delivery.delivered_at ?? 0) < PATIENCE_MS;
    await app.db.write(async (tx) => {
      await tx
        .updateTable("alert_deliveries")
        .set(
          again
            ? { due_at: now + RETRY_MS }
            : outcome === "done"
              ? { resolution: "done", status_seen: delivery.resolve_status }
              : { resolution: "left" },
        )
        // When Cloud is down, it is for all of them.
        .where("id", "in", again ? due.map(({ id }) => id) : [delivery.id])
        .where("resolution", "=", "due")
        .execute();
      await recordAttempt(tx, {
        installed_app_id: delivery.installed_app_id,
        channel: "status",
        delivery_id: delivery.id,
        at: now,
        outcome,
      });
    });
    if (again) return;
  }
}

async function resolveAlert(
  client: CloudClient,
  { anomaly_id, status_seen, resolve_status }: AlertDelivery,
): Promise<"done" | "left" | "later"> {
  try {
    const { status } = await client.alerts.get(anomaly_id!);
    if (sameStatus(status, resolve_status)) return "done";
    if (!sameStatus(status, status_seen)) return "left";
    await client.alerts.update(anomaly_id!, { status: resolve_status! });
    return "done";
  } catch (error) {
    if (!(error instanceof CloudError) || ["stopped", "cancelled", "unauthorised"].includes(error.code))
      throw error;
    return ["missing_scope", "forbidden", "not_found", "invalid", "conflict"].includes(error.code)
      ? "left"
      : "later";
  }
}

/** Status keys are upper case, but Cloud takes them in any. */
function sameStatus(one: string | undefined | null, other: string | null): boolean {
  return one !== undefined && one !== null && one.toUpperCase() === other?.toUpperCase();
}
