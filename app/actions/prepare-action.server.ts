import { app } from "#app/app.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { createReference } from "#app/platform/blnk/reference.server.ts";
import type { Clock } from "#app/platform/clock.ts";
import type { PortalSession } from "#app/platform/sessions/portal-session.server.ts";
import { mintSecret } from "#app/platform/sessions/secrets.server.ts";
import type { Database } from "#db/database.server.ts";
import type { ActionRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { findLimitProblem } from "./limits/action-limits.server.ts";
import { findAction } from "./actions.server.ts";
import { type ActionPlan, type ActionRequest, planAction } from "./plan-action.server.ts";

export type Preparation = { kind: "prepared"; actionId: string } | { kind: "refused"; problem: string };

/**
 * Checks what is asked for and stores it, so that it can be shown as it will be sent. Nothing is sent before
 * `startAction`. The form's key becomes the action's id: the same form sent twice is one action.
 */
export async function prepareAction(
  { db, clock }: { db: Database; clock: Clock },
  client: CloudClient,
  session: PortalSession,
  request: ActionRequest,
  { formKey, reason, assume }: { formKey: string; reason: string; assume: (currency: string) => bigint },
): Promise<Preparation> {
  let plan: ActionPlan;
  try {
    plan = await planAction(client, request, assume);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { kind: "refused", problem: `${error.message}.` };
  }
  const { amount, problems } = plan;
  if (problems.length > 0) return { kind: "refused", problem: problems.join(" ") };
  if (amount === undefined) return { kind: "refused", problem: "Enter an amount." };
  const now = clock.now();
  const row = toRow(session, plan, amount, { id: formKey, reason, now });
  const limit = await findLimitProblem(
    db.read,
    session.install.instance_id,
    { ...plan, id: formKey, amount },
    now,
  );
  if (limit !== undefined) return { kind: "refused", problem: `${limit}.` };
  return { kind: "prepared", actionId: await db.write((tx) => storePrepared(tx, row)) };
}

type NewAction = Omit<ActionRow, "reference"> & { reference: string | null };

function toRow(
  { install, launchId, userId }: PortalSession,
  { kind, target, lock_id, sides, currency, precision }: ActionPlan,
  amount: bigint,
  { id, reason, now }: { id: string; reason: string; now: number },
): NewAction {
  const target_id = target?.transaction_id ?? null;
  const { installed_app_id } = install;
  return {
    id,
    installed_app_id,
    launch_id: launchId,
    user_id: userId,
    kind,
    target_id,
    lock_id,
    source: sides.source.balance!.balance_id,
    destination: sides.destination.balance!.balance_id,
    amount: amount.toString(),
    precision: precision.toString(),
    currency,
    reason,
    reference:
      kind === "adjustment"
        ? createReference(app.slug, installed_app_id)
        : kind === "refund"
          ? `${target_id}_refund`
          : null,
    children_before: null,
    state: "prepared",
    result_id: null,
    problem: null,
    noted: 0,
    created_at: now,
    started_at: null,
    sent_at: null,
    settled_at: null,
  };
}

const ASKED = [
  "kind",
  "target_id",
  "source",
  "destination",
  "amount",
  "precision",
  "currency",
  "reason",
] as const;

/** A form that was changed after going back is another action, never a change of the one that may be confirmed already. */
async function storePrepared(tx: Tx, row: NewAction): Promise<string> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("actions")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 1n) return row.id;
  const stored = await findAction(tx, row.installed_app_id, row.id);
  const isSame =
    stored?.launch_id === row.launch_id &&
    ASKED.every((field) => String(stored[field]) === String(row[field]));
  if (isSame) return row.id;
  const id = mintSecret(16);
  await tx
    .insertInto("actions")
    .values({ ...row, id })
    .execute();
  return id;
}
