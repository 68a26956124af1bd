import { setTimeout as sleep } from "node:timers/promises";

import type { Selectable } from "kysely";

import { recordActivity } from "#app/platform/activity/activity.server.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import { hasMarker } from "#app/monitors/alerts/alert-text.ts";
import { actorOf, type PortalSession } from "#app/platform/sessions/portal-session.server.ts";
import type { FlagRow } from "#db/schema.ts";

import { joinMarker } from "./alert-marker.ts";
import { type Writing, writeClient } from "#app/platform/portal/write-client.server.ts";

export type FlagInput = {
  /** Minted with the form: however often that is sent, one alert is raised. */
  formKey: string;
  entityId: string;
  title?: string | undefined;
  description: string;
};

export type FlagOutcome =
  | { kind: "raised"; anomalyId: string }
  /** Safe to try again. */
  | { kind: "not_raised"; problem: string }
  | { kind: "unknown"; problem: string };

const SEND_MS = 15_000;
const LOOK_MS = 10_000;
/** How long after an ambiguous answer Cloud may still be storing the alert. */
const LOOK_AFTER_MS = 2000;
const POLL_MS = 250;

/**
 * Raises an alert by hand. Cloud has no idempotency key for alerts and deletes none, so the form's key is stored before
 * the call and rides in the description's last line, by which an alert whose answer was lost is found again.
 */
export async function raiseFlag(
  platform: Writing,
  session: PortalSession,
  input: FlagInput,
): Promise<FlagOutcome> {
  const before = await claim(platform, session, input);
  const settled = before === "sending" ? await waitForOther(platform, input.formKey) : before;
  if (settled && typeof settled === "object") return settled;
  const outcome =
    (settled === "new" ? undefined : await look(platform, session, input.formKey)) ??
    (await send(platform, session, input));
  await finish(platform, session, input, outcome);
  return outcome;
}

/** Takes the key for this call, unless it was used: then what became of it. */
async function claim({ db }: Writing, session: PortalSession, { formKey, entityId }: FlagInput) {
  return await db.write(async (tx): Promise<FlagOutcome | "new" | "retry" | "sending"> => {
    const inserted = await tx
      .insertInto("flags")
      .values({
        form_key: formKey,
        launch_id: session.launchId,
        entity_id: entityId,
        state: "sending",
        anomaly_id: null,
        problem: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 1n) return "new";
    const row = await tx
      .selectFrom("flags")
      .selectAll()
      .where("form_key", "=", formKey)
      .where("launch_id", "=", session.launchId)
      .where("entity_id", "=", entityId)
      .executeTakeFirst();
    if (!row) return { kind: "not_raised", problem: "This form belongs to another page. Open it again." };
    if (row.state === "sending") return "sending";
    if (row.state === "raised") return outcomeOf(row);
    await tx.updateTable("flags").set({ state: "sending" }).where("form_key", "=", formKey).execute();
    return row.state === "not_raised" ? "new" : "retry";
  });
}

/** The same form was sent twice at once. A call that never ended was cut off with the process, and is looked for. */
async function waitForOther({ db }: Writing, formKey: string): Promise<FlagOutcome | "retry"> {
  const deadline = performance.now() + SEND_MS + LOOK_AFTER_MS + 2 * LOOK_MS;
  while (performance.now() < deadline) {
    await sleep(POLL_MS);
    const row = await db.read
      .selectFrom("flags")
      .selectAll()
      .where("form_key", "=", formKey)
      .executeTakeFirst();
    if (row && row.state !== "sending") return outcomeOf(row);
  }
  return "retry";
}

function outcomeOf({ state, anomaly_id, problem }: Selectable<FlagRow>): FlagOutcome {
  if (state === "raised") return { kind: "raised", anomalyId: anomaly_id! };
  return { kind: state === "not_raised" ? "not_raised" : "unknown", problem: problem ?? "" };
}

async function send(platform: Writing, session: PortalSession, input: FlagInput): Promise<FlagOutcome> {
  const { formKey, entityId, title, description } = input;
  try {
    const alert = { ...(title && { title }), description: joinMarker(description, formKey) };
    const { anomaly_id } = await writeClient(platform, session, SEND_MS).alerts.flag(entityId, alert);
    return { kind: "raised", anomalyId: anomaly_id };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    if (!error.mayBeDone) return { kind: "not_raised", problem: error.message };
    await sleep(LOOK_AFTER_MS);
    const found = await look(platform, session, formKey);
    return found ?? { kind: "not_raised", problem: `${error.message}, and no alert was recorded` };
  }
}

/** Looks through all alerts for the key; undefined when it certainly is not there. */
async function look(
  platform: Writing,
  session: PortalSession,
  formKey: string,
): Promise<FlagOutcome | undefined> {
  const problem = "There was no answer, and the alerts could not be read to see whether it was raised";
  try {
    const { alerts, complete } = await writeClient(platform, session, LOOK_MS).alerts.list();
    const alert = alerts.find(({ description }) => hasMarker(description, formKey));
    if (alert) return { kind: "raised", anomalyId: alert.anomaly_id };
    return complete ? undefined : { kind: "unknown", problem };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { kind: "unknown", problem };
  }
}

async function finish(
  { db, clock }: Writing,
  session: PortalSession,
  { formKey, entityId }: FlagInput,
  outcome: FlagOutcome,
): Promise<void> {
  const raised = outcome.kind === "raised";
  await db.write(async (tx) => {
    await tx
      .updateTable("flags")
      .set({
        state: outcome.kind,
        anomaly_id: raised ? outcome.anomalyId : null,
        problem: raised ? null : outcome.problem,
      })
      .where("form_key", "=", formKey)
      .execute();
    await recordActivity(
      tx,
      {
        ...actorOf(session),
        action: "alert.raised",
        target: entityId,
        result: raised ? `raised as ${outcome.anomalyId}` : outcome.problem,
      },
      clock.now(),
    );
  });
}
