import { app } from "#app/app.ts";
import { CloudError } from "#app/blnk/cloud-error.ts";
import type { CloudClient } from "#app/blnk/cloud.server.ts";
import { isObject } from "#app/blnk/read-fields.ts";
import type { Transaction } from "#app/blnk/records.ts";
import type { Clock } from "#app/clock.ts";
import type { Database } from "#db/database.server.ts";

import type { Action } from "./action.ts";
import { markNoted, markQueued, settleAction } from "./actions.server.ts";

/** How long after the call a row may still appear. */
const GIVEN_UP_MS = 2 * 60_000;

type Found =
  | { state: "applied" | "queued"; transaction: Transaction }
  | { state: "rejected"; transaction: Transaction; problem: string }
  | { state: "absent" };

type Confirming = { db: Database; clock: Clock };

/**
 * Looks in the ledger for what came of an action that was sent, and stores it once it is certain; else the action stays
 * under way. An action that Blnk refused is rejected when nothing of it is there.
 */
export async function confirmAction(
  { db, clock }: Confirming,
  client: CloudClient,
  action: Action,
  { waitMs, refusal }: { waitMs: number; refusal?: string | undefined },
): Promise<void> {
  // It never came to the call.
  const found: Found =
    action.sent_at === null
      ? { state: "absent" }
      : await lookFor(client, action, refusal === undefined ? waitMs : 0);
  const now = clock.now();
  switch (found.state) {
    case "applied": {
      const { transaction_id: result_id, meta_data } = found.transaction;
      const noted = isNoted(meta_data[app.slug], action);
      await db.write((tx) => settleAction(tx, action, { state: "applied", result_id, noted }, now));
      if (!noted) await noteReason({ db }, client, { ...action, result_id });
      break;
    }
    case "rejected": {
      const { problem, transaction } = found;
      const result_id = transaction.transaction_id;
      await db.write((tx) => settleAction(tx, action, { state: "rejected", problem, result_id }, now));
      break;
    }
    case "queued":
      await db.write((tx) => markQueued(tx, action, found.transaction.transaction_id));
      break;
    case "absent":
      if (refusal !== undefined) {
        await db.write((tx) => settleAction(tx, action, { state: "rejected", problem: refusal }, now));
      } else if (now - (action.sent_at ?? 0) >= GIVEN_UP_MS) {
        await db.write((tx) => settleAction(tx, action, { state: "not_recorded" }, now));
      }
  }
}

async function lookFor(client: CloudClient, action: Action, waitMs: number): Promise<Found> {
  if (action.kind === "commit" || action.kind === "void") return await lookForChild(client, action, waitMs);
  const { amount: precise_amount, precision, currency, source, destination } = action;
  const outcome = await client.transactions.confirm(action.reference, {
    expected: { precise_amount, precision, currency, source, destination },
    waitMs,
  });
  switch (outcome.state) {
    case "applied":
      return { state: "applied", transaction: outcome.transaction };
    case "inflight":
    case "pending":
      return { state: "queued", transaction: outcome.transaction };
    case "rejected": {
      const problem = outcome.transaction.rejection_reason ?? "Blnk rejected it and does not say why";
      return { state: "rejected", transaction: outcome.transaction, problem };
    }
    case "different":
      return {
        state: "rejected",
        transaction: outcome.transaction,
        problem: "Another transaction has its reference, so this one was not recorded",
      };
    case "not_recorded":
      return { state: "absent" };
  }
}

/** A commit or void has no reference: it is told by the row that was not there before the call. */
async function lookForChild(
  { holds }: Pick<CloudClient, "holds">,
  action: Action & { kind: "commit" | "void" },
  waitMs: number,
): Promise<Found> {
  const now = await holds.get(action.target_id);
  const before = {
    ...now,
    children: now.children.filter((child) => action.children_before?.includes(child.transaction_id)),
  };
  const asked =
    action.kind === "commit"
      ? ({ action: "commit", precise_amount: action.amount } as const)
      : ({ action: "void" } as const);
  const outcome = await holds.confirm(before, asked, { waitMs });
  return outcome.state === "confirmed"
    ? { state: "applied", transaction: outcome.transaction }
    : { state: "absent" };
}

function isNoted(own: unknown, { id }: Action): boolean {
  return isObject(own as never) && (own as { action_id?: unknown }).action_id === id;
}

/** Writes the reason beside its row, where the call could not carry it or an older Core left it out. */
export async function noteReason(
  { db }: Pick<Confirming, "db">,
  { metadata }: Pick<CloudClient, "metadata">,
  action: Action & { result_id: string },
): Promise<void> {
  try {
    const { id: action_id, reason } = action;
    await metadata.update(action.result_id, app.slug, (own) => ({ ...own, action_id, reason }));
  } catch (error) {
    // The money has moved; the job writes it later.
    if (error instanceof CloudError) return;
    throw error;
  }
  await db.write((tx) => markNoted(tx, action));
}
