import { setTimeout as sleep } from "node:timers/promises";

import { app } from "#app/app.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { Cloud, CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Hold } from "#app/platform/blnk/holds.server.ts";
import type { Clock } from "#app/platform/clock.ts";
import { sessionCredentials } from "#app/platform/installs/cloud-access.server.ts";
import type { Sealer } from "#app/platform/installs/sealer.server.ts";
import type { Log } from "#app/platform/http/log.server.ts";
import type { PortalSession } from "#app/platform/sessions/portal-session.server.ts";
import type { Database } from "#db/database.server.ts";

import type { Action } from "./action.ts";
import { claimAction, enqueueConfirmation, findAction, markSent, settleAction } from "./actions.server.ts";
import { confirmAction } from "./confirm-action.server.ts";
import { type ActionPlan, type ActionRequest, planAction } from "./plan-action.server.ts";
import { refusalText } from "./refusal-text.ts";

export type ActionPlatform = { db: Database; cloud: Cloud; sealer: Sealer; clock: Clock; log: Log };

const CHECK_MS = 8_000;
const WRITE_MS = 30_000;
const CONFIRM_MS = 15_000;

export type StartOptions = {
  /** How long the page that asked is kept waiting; the work goes on without it. */
  patienceMs?: number;
  /** How long the ledger is looked at for a row before that is left to the job. */
  waitMs?: number;
};

/**
 * Carries out an action that was prepared in this launch, once however often it is asked for. Resolves when its outcome is
 * known, and else after a moment: by then it goes on in this process, and after that in a job.
 */
export async function startAction(
  platform: ActionPlatform,
  session: PortalSession,
  actionId: string,
  { patienceMs = 2_500, waitMs = 7_500 }: StartOptions = {},
): Promise<void> {
  const { db, clock, log } = platform;
  const action = await db.write((tx) => claimAction(tx, session, actionId, clock.now()));
  if (!action) return;
  const work = carryOut(platform, session, action, waitMs).catch((err: unknown) =>
    log.error({ event: "action_interrupted", action_id: actionId, err }, "an action is left to its job"),
  );
  await Promise.race([work, sleep(patienceMs, undefined, { ref: false })]);
}

async function carryOut(
  platform: ActionPlatform,
  session: PortalSession,
  action: Action,
  waitMs: number,
): Promise<void> {
  const { db, clock, cloud } = platform;
  // Not tied to the request: what was begun is brought to its end.
  const client = (budgetMs: number) => cloud.client(sessionCredentials(platform, session), { budgetMs });
  const checked = await checkAgain(client(CHECK_MS), action);
  if ("problem" in checked) {
    const { problem } = checked;
    await db.write((tx) => settleAction(tx, action, { state: "rejected", problem }, clock.now()));
    return;
  }
  const sent = await db.write((tx) => markSent(tx, action, checked.plan.rowsBefore, clock.now()));
  if (!sent) return;
  const error = await send(client(WRITE_MS), sent, checked.plan.hold);
  const refusal = error && isRefusal(error, action) ? refusalText(error) : undefined;
  if (refusal !== undefined && (action.kind === "commit" || action.kind === "void")) {
    // It was sent once, so what the ledger may show beside the refusal is somebody else's.
    await db.write((tx) => settleAction(tx, sent, { state: "rejected", problem: refusal }, clock.now()));
    return;
  }
  await confirmAction(platform, client(CONFIRM_MS), sent, { waitMs, refusal });
  const after = await findAction(db.read, action.installed_app_id, action.id);
  if (after?.state !== "under_way" && (after?.state !== "applied" || after.noted)) return;
  const { generation } = session.install;
  await db.write((tx) => enqueueConfirmation(tx, { ...action, generation }, clock.now(), clock.now()));
}

/** The ledger may have changed since the action was shown: it is sent only as it was shown. */
async function checkAgain(
  client: CloudClient,
  action: Action,
): Promise<{ plan: ActionPlan } | { problem: string }> {
  try {
    const plan = await planAction(client, requestOf(action), () => action.precision);
    if (plan.problems.length > 0) return { problem: plan.problems.join(" ").replace(/\.$/, "") };
    const isSame =
      plan.amount === action.amount &&
      plan.precision === action.precision &&
      plan.currency === action.currency &&
      plan.sides.source.balance?.balance_id === action.source &&
      plan.sides.destination.balance?.balance_id === action.destination;
    return isSame ? { plan } : { problem: "The ledger has changed since this was shown" };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { problem: `It could not be checked once more: ${error.message}` };
  }
}

/** What an action asks for, to be planned anew. A void is of all that remains: `checkAgain` compares how much that is. */
export function requestOf({ kind, target_id, source, destination, amount }: Action): ActionRequest {
  if (kind === "adjustment") return { kind, source, destination, amount };
  return kind === "commit" ? { kind, target: target_id, amount } : { kind, target: target_id };
}

/** Sends it once. Whatever came back, only the ledger tells what happened. */
async function send(
  client: CloudClient,
  action: Action,
  hold: Hold | undefined,
): Promise<CloudError | undefined> {
  const meta_data = { [app.slug]: { action_id: action.id, reason: action.reason } };
  try {
    switch (action.kind) {
      case "commit":
        await client.holds.settle(hold!, { action: "commit", precise_amount: action.amount });
        break;
      case "void":
        await client.holds.settle(hold!, { action: "void" });
        break;
      case "refund":
        await client.transactions.refund(action.target_id, { meta_data });
        break;
      case "adjustment": {
        const { precision, currency, source, destination, reference } = action;
        await client.transactions.create({
          precise_amount: action.amount,
          precision,
          currency,
          source,
          destination,
          reference,
          description: action.reason,
          meta_data,
          // Errors are real only without the queue; and it never overdraws.
          skip_queue: true,
        });
      }
    }
    return undefined;
  } catch (error) {
    if (error instanceof CloudError) return error;
    throw error;
  }
}

/** A reference of ours that is used already tells of an earlier try, which may not be in the ledger yet. */
function isRefusal(error: CloudError, { kind }: Action): boolean {
  return !error.mayBeDone && !(kind === "adjustment" && error.code === "conflict");
}
