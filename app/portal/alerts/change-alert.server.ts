import { createHash } from "node:crypto";

import { recordActivity } from "#app/platform/activity/activity.server.ts";
import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { Alert } from "#app/platform/blnk/records.ts";
import { noteAlertStatus } from "#app/monitors/alerts/alert-deliveries.server.ts";
import { actorOf, type PortalSession } from "#app/platform/sessions/portal-session.server.ts";

import { joinMarker, splitMarker } from "./alert-marker.ts";
import { type Writing, writeClient } from "#app/platform/portal/write-client.server.ts";

export type AlertChange =
  | { change: "status"; status: string; seen: string }
  | { change: "text"; title?: string | undefined; description: string; seen: string };

export type ChangeOutcome =
  | { kind: "done" }
  /** Nothing was changed. */
  | { kind: "refused"; problem: string }
  | { kind: "unknown"; problem: string };

const BUDGET_MS = 30_000;

/** How an alert was when a form was shown: what was changed by somebody else since is not overwritten. */
export function seenVersion({
  status,
  title,
  description,
}: Pick<Alert, "status" | "title" | "description">): string {
  return createHash("sha256")
    .update(JSON.stringify([status, title, description]))
    .digest("base64url");
}

/**
 * Changes an alert's status or its text, and says that it is done once Cloud shows it so. Sent again it changes nothing.
 * The line by which a delivery is found again stays the description's last.
 */
export async function changeAlert(
  platform: Writing,
  session: PortalSession,
  anomalyId: string,
  input: AlertChange,
): Promise<ChangeOutcome> {
  const outcome = await attempt(writeClient(platform, session, BUDGET_MS), anomalyId, input);
  const { installed_app_id } = session.install;
  const now = platform.clock.now();
  await platform.db.write(async (tx) => {
    if (outcome.kind === "done" && input.change === "status")
      await noteAlertStatus(tx, installed_app_id, anomalyId, input.status);
    await recordActivity(
      tx,
      {
        ...actorOf(session),
        action: input.change === "status" ? "alert.status_set" : "alert.edited",
        target: anomalyId,
        result:
          outcome.kind === "done" ? (input.change === "status" ? input.status : "done") : outcome.problem,
      },
      now,
    );
  });
  return outcome;
}

async function attempt(
  { alerts }: Pick<CloudClient, "alerts">,
  anomalyId: string,
  input: AlertChange,
): Promise<ChangeOutcome> {
  try {
    const before = await alerts.get(anomalyId);
    if (shows(before, input)) return { kind: "done" };
    if (seenVersion(before) !== input.seen)
      return { kind: "refused", problem: "Somebody changed this alert since the page was loaded" };
    await alerts.update(anomalyId, bodyOf(before, input));
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    if (!error.mayBeDone) return { kind: "refused", problem: error.message };
  }
  try {
    if (shows(await alerts.get(anomalyId), input)) return { kind: "done" };
    return { kind: "unknown", problem: "Blnk Cloud does not show the change" };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { kind: "unknown", problem: `Whether it was done could not be seen: ${error.message}` };
  }
}

function bodyOf({ description = "" }: Alert, input: AlertChange) {
  if (input.change === "status") return { status: input.status };
  return {
    title: input.title ?? "",
    description: joinMarker(input.description, splitMarker(description).id),
  };
}

function shows(alert: Alert, input: AlertChange): boolean {
  if (input.change === "status") return alert.status?.toUpperCase() === input.status.toUpperCase();
  return alert.title === input.title && splitMarker(alert.description ?? "").text === input.description;
}
