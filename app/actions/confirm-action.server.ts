import { setTimeout as sleep } from "node:timers/promises";

import { app } from "#app/app.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { readTransactionChain } from "#app/platform/blnk/read-transaction-chain.server.ts";
import type { Transaction } from "#app/platform/blnk/records.ts";
import type { ChainRow, TransactionChain } from "#app/platform/blnk/transaction-chain.ts";
import type { Clock } from "#app/platform/clock.ts";
import type { Database } from "#db/database.server.ts";

import type { Action } from "./action.ts";
import { markNoted, markQueued, settleAction, type Settlement } from "./actions.server.ts";
import { ownPart } from "./own-note.server.ts";

/** How long after it was sent a call may still take effect: docs/decisions/013. */
export const LATEST_EFFECT_MS = 10 * 60_000;

type Found =
  | { state: "applied" | "queued"; transaction: Pick<Transaction, "transaction_id"> }
  /** A refund was there already, and its money moved forward again. */
  | { state: "reversed"; transaction: Pick<Transaction, "transaction_id"> }
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
  const now = clock.now();
  // It never came to the call.
  const found: Found =
    action.sent_at === null ? { state: "absent" } : await lookFor(client, action, waitMs, refusal);
  const settle = (settlement: Settlement) =>
    db.write((tx) => settleAction(tx, action, settlement, clock.now()));
  switch (found.state) {
    case "applied":
      await settle({ state: "applied", result_id: found.transaction.transaction_id, noted: false });
      await noteReason({ db }, client, { ...action, result_id: found.transaction.transaction_id });
      break;
    case "reversed":
      await settle({
        state: "applied",
        result_id: found.transaction.transaction_id,
        noted: true,
        problem:
          "The transaction had been refunded already. Blnk refused to refund it again, but undid that refund: the money moved forward once more",
      });
      break;
    case "rejected": {
      const { problem, transaction } = found;
      await settle({ state: "rejected", problem, result_id: transaction.transaction_id });
      break;
    }
    case "queued":
      await db.write((tx) => markQueued(tx, action, found.transaction.transaction_id));
      break;
    case "absent":
      if (refusal !== undefined) await settle({ state: "rejected", problem: refusal });
      else if (action.sent_at === null || now - action.sent_at >= LATEST_EFFECT_MS)
        await settle({ state: "not_recorded" });
  }
}

async function lookFor(
  client: CloudClient,
  action: Action,
  waitMs: number,
  refusal: string | undefined,
): Promise<Found> {
  switch (action.kind) {
    case "commit":
    case "void":
      return await lookForChild(client, action, waitMs);
    case "adjustment":
      return await lookForReference(client, action, refusal === undefined ? waitMs : 0);
    case "refund": {
      // Whose a refund is that is there in spite of a refusal, is no question: it is somebody else's.
      const found: Found =
        refusal === undefined ? await lookForReference(client, action, waitMs) : { state: "absent" };
      if (found.state !== "applied" && refusal === undefined) return found;
      return (await lookForReversal(client, action, refusal === undefined ? 0 : waitMs)) ?? found;
    }
  }
}

async function lookForReference(
  client: CloudClient,
  action: Action & { kind: "refund" | "adjustment" },
  waitMs: number,
): Promise<Found> {
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

const POLL_MS = 1_000;

/**
 * Up to 0.15.3, Core answers a second refund with 409 and refunds the first one beside it. Undefined when nothing of that
 * kind came of this call.
 */
async function lookForReversal(
  client: CloudClient,
  { target_id, children_before }: Action & { kind: "refund" },
  waitMs: number,
): Promise<Found | undefined> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const last = performance.now() >= deadline;
    const { chain } = await readTransactionChain(client, target_id);
    const isRefunded = chain.steps.some(
      ({ part, row }) => part === "refund" && row.parent_transaction === target_id,
    );
    const reversals = chain.steps.filter(
      ({ part, row }) =>
        part === "refund_reversed" &&
        !children_before?.includes(row.transaction_id) &&
        isBelow(chain, row, target_id),
    );
    const applied = reversals.find(({ row }) => row.status === "APPLIED");
    if (applied) return { state: "reversed", transaction: applied.row };
    const open = reversals.find(({ row }) => row.status === "QUEUED");
    if (last && open) return { state: "queued", transaction: open.row };
    if (last || !isRefunded) return undefined;
    await sleep(POLL_MS);
  }
}

function isBelow(chain: TransactionChain, row: ChainRow, id: string): boolean {
  const parent = chain.steps.find((step) => step.row.transaction_id === row.parent_transaction)?.row;
  return parent !== undefined && (parent.transaction_id === id || isBelow(chain, parent, id));
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

/** Writes the reason beside its row, where the call could not carry it or an older Core left it out. */
export async function noteReason(
  { db }: Pick<Confirming, "db">,
  client: Pick<CloudClient, "metadata" | "transactions">,
  action: Action & { result_id: string },
): Promise<void> {
  const { id: action_id, reason, result_id } = action;
  try {
    const row = await client.transactions.get(result_id);
    if (ownPart(row.meta_data)["action_id"] !== action_id) {
      if (!(await mayNote(client, action, row))) return;
      await client.metadata.update(result_id, app.slug, (own) => ({ ...own, action_id, reason }));
    }
  } catch (error) {
    // The money has moved; the job writes it later.
    if (error instanceof CloudError) return;
    throw error;
  }
  await db.write((tx) => markNoted(tx, action));
}

/**
 * Core hands metadata down: a row is born with its parent's, and a change of a row's is written to its children too. Another
 * action's reason on the row is inherited only if the row is this action's by its reference; and no child may lose its own.
 */
async function mayNote(
  { transactions }: Pick<CloudClient, "transactions">,
  { id, reference }: Action,
  row: Transaction,
): Promise<boolean> {
  const { action_id } = ownPart(row.meta_data);
  const isByReference = reference !== null && [reference, `${reference}_q`].includes(row.reference ?? "");
  if (action_id !== undefined && !isByReference) return false;
  const filters = [{ field: "parent_transaction", operator: "eq", value: row.transaction_id }] as const;
  for await (const page of transactions.scan({ filters, createdUntil: undefined })) {
    for (const { parent_transaction, meta_data } of page) {
      const own = ownPart(meta_data);
      const isInherited = own["action_id"] === id || own["action_id"] === action_id;
      if (parent_transaction === row.transaction_id && Object.keys(own).length > 0 && !isInherited)
        return false;
    }
  }
  return true;
}
