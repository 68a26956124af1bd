import { recordActivity } from "#app/platform/activity/activity.server.ts";
import { enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import { formatAmount } from "#app/money/format-amount.ts";
import type { PortalSession } from "#app/platform/sessions/portal-session.server.ts";
import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { findLimitProblem } from "./limits/action-limits.server.ts";
import { type Action, mayStart, readAction } from "./action.ts";

const CONFIRM_ACTION = "confirm_action";

/** When the job looks for what came of an action, if nothing was known before: checks and call have ended by then. */
const CONFIRM_AFTER_MS = 50_000;

/** Rows of this install only, whatever id is asked for. */
export async function findAction(
  handle: Tx | Database["read"],
  installedAppId: string,
  id: string,
): Promise<Action | undefined> {
  const row = await handle
    .selectFrom("actions")
    .selectAll()
    .where("id", "=", id)
    .where("installed_app_id", "=", installedAppId)
    .executeTakeFirst();
  return row && readAction(row);
}

/** What was sent and of which nothing is known yet, the newest first. */
export async function listUnderWay(
  { read }: Pick<Database, "read">,
  installedAppId: string,
): Promise<Action[]> {
  const rows = await read
    .selectFrom("actions")
    .selectAll()
    .where("installed_app_id", "=", installedAppId)
    .where("state", "=", "under_way")
    .orderBy("started_at", "desc")
    .execute();
  return rows.map(readAction);
}

/**
 * Takes an action that was prepared in this launch, for whoever asks first; everybody else gets undefined, as does one
 * that a limit or another action forbids, which is over with this.
 */
export async function claimAction(
  tx: Tx,
  session: PortalSession,
  id: string,
  now: number,
): Promise<Action | undefined> {
  const { installed_app_id, instance_id, generation } = session.install;
  const action = await findAction(tx, installed_app_id, id);
  if (!action || action.launch_id !== session.launchId || !mayStart(action)) return undefined;
  const problem =
    (await findLimitProblem(tx, instance_id, action, now)) ??
    (await findLockProblem(tx, instance_id, action));
  const state = problem === undefined ? "under_way" : "rejected";
  const { amount, precision, currency, reason } = action;
  await tx
    .updateTable("actions")
    .set({
      state,
      problem: problem ?? null,
      started_at: now,
      sent_at: null,
      settled_at: problem ? now : null,
    })
    .where("id", "=", id)
    .execute();
  const result = problem ?? `${formatAmount(amount, precision, { currency })}: ${reason}`;
  await recordActionActivity(tx, action, problem === undefined ? "started" : "rejected", result, now);
  if (problem !== undefined) return undefined;
  await enqueueConfirmation(tx, { ...action, generation }, now + CONFIRM_AFTER_MS, now);
  return { ...action, state, started_at: now, sent_at: null };
}

/** The money is the instance's, in which the app may be installed twice. */
async function findLockProblem(
  tx: Tx,
  instanceId: string,
  { lock_id, kind }: Action,
): Promise<string | undefined> {
  if (lock_id === null) return undefined;
  const other = await tx
    .selectFrom("actions")
    .innerJoin("installs", "installs.installed_app_id", "actions.installed_app_id")
    .select("actions.id")
    .where("installs.instance_id", "=", instanceId)
    .where("actions.lock_id", "=", lock_id)
    .where("actions.state", "=", "under_way")
    .executeTakeFirst();
  if (!other) return undefined;
  return kind === "adjustment"
    ? "The same adjustment may still go through. Tidemark is checking, so this one was not sent"
    : "Another action on the same transaction may still go through. Tidemark is checking, so this one was not sent";
}

export async function enqueueConfirmation(
  tx: Tx,
  { id, installed_app_id, generation }: { id: string; installed_app_id: string; generation: number },
  due_at: number,
  now: number,
): Promise<void> {
  const job = { kind: CONFIRM_ACTION, installed_app_id, generation, due_at };
  await enqueueJob(tx, { ...job, subject: id, payload: { action_id: id } }, now);
}

/** Right before the call: from now on it may have reached Blnk. Undefined when it was given up meanwhile. */
export async function markSent(
  tx: Tx,
  action: Action,
  childrenBefore: readonly string[],
  now: number,
): Promise<Action | undefined> {
  const row = await tx
    .updateTable("actions")
    .set({ sent_at: now, children_before: JSON.stringify(childrenBefore) })
    .where("id", "=", action.id)
    .where("state", "=", "under_way")
    .returningAll()
    .executeTakeFirst();
  return row && readAction(row);
}

/** It is in the ledger, but its outcome is not. */
export async function markQueued(tx: Tx, { id }: Action, transactionId: string): Promise<void> {
  await tx
    .updateTable("actions")
    .set({ result_id: transactionId })
    .where("id", "=", id)
    .where("state", "=", "under_way")
    .execute();
}

export type Settlement =
  /** With a problem: not as it was asked for. */
  | { state: "applied"; result_id: string; noted: boolean; problem?: string }
  | { state: "rejected"; problem: string; result_id?: string }
  | { state: "not_recorded" };

/** The end of an action, told once: whoever read it back first says what it was. */
export async function settleAction(
  tx: Tx,
  action: Action,
  settlement: Settlement,
  now: number,
): Promise<void> {
  const { noted, ...outcome } = { noted: false, ...settlement };
  const { numUpdatedRows } = await tx
    .updateTable("actions")
    .set({ ...outcome, noted: noted ? 1 : 0, settled_at: now })
    .where("id", "=", action.id)
    .where("state", "=", "under_way")
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  const { amount, precision, currency } = action;
  const money = formatAmount(amount, precision, { currency });
  const result = {
    applied: `${money} as ${"result_id" in settlement ? settlement.result_id : ""}`,
    rejected: "",
    not_recorded: `${money} is not in the ledger`,
  }[settlement.state];
  const problem = "problem" in settlement ? settlement.problem : undefined;
  await recordActionActivity(tx, action, settlement.state, problem ?? result, now);
}

export async function markNoted(tx: Tx, { id }: Action): Promise<void> {
  await tx.updateTable("actions").set({ noted: 1 }).where("id", "=", id).execute();
}

async function recordActionActivity(
  tx: Tx,
  { installed_app_id, launch_id, user_id, kind, target_id, source }: Action,
  word: string,
  result: string,
  now: number,
): Promise<void> {
  const who = { installed_app_id, launch_id, user_id };
  await recordActivity(tx, { ...who, action: `${kind}.${word}`, target: target_id ?? source, result }, now);
}

/** What was done in an install goes on in the one that follows it. */
export async function moveActions(tx: Tx, from: string, to: string): Promise<void> {
  await tx
    .updateTable("actions")
    .set({ installed_app_id: to })
    .where("installed_app_id", "=", from)
    .execute();
}

/** A key was proven: what was sent under an earlier one is looked for with it. Wake the worker after the commit. */
export async function resumeConfirming(
  tx: Tx,
  { installed_app_id, generation }: { installed_app_id: string; generation: number },
  now: number,
): Promise<void> {
  const open = await tx
    .selectFrom("actions")
    .select("id")
    .where("installed_app_id", "=", installed_app_id)
    .where("state", "=", "under_way")
    .execute();
  for (const { id } of open)
    await enqueueConfirmation(tx, { id, installed_app_id, generation }, now + CONFIRM_AFTER_MS, now);
}
