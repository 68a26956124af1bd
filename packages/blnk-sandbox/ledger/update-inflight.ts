import { randomUUID } from "node:crypto";
import { CoreError } from "./core-error.ts";
import { type Ledger, newId } from "./ledger.ts";
import { commitHold, releaseHold, settleWhatIsHeld } from "./postings.ts";
import { processEach } from "./process-each.ts";
import type { Transaction } from "./rows.ts";
import { withoutSettledFlag } from "./settled-flag.ts";

/** `amountAt` gives minor units at the hold's precision; undefined means all that remains. */
export type Settlement = {
  action: "commit" | "void";
  amountAt?: ((precision: bigint) => bigint) | undefined;
};

type Settled = { row: Transaction; queued: boolean };

// Core's queue tries an action again this often before it gives up.
const MOST_RETRIES = 5;

/**
 * Commits or voids the holds under an id: an INFLIGHT row, the QUEUED row before it, a split's or bulk's id.
 * Synchronously the answer is the (first) child row; queued it is the row that was named, and errors are lost.
 */
export function updateInflight(
  ledger: Ledger,
  id: string,
  settlement: Settlement & { skip_queue: boolean },
): Settled {
  if (settlement.skip_queue) {
    const [row] = processEach(findLegs(ledger, id), (leg) => settle(ledger, leg, settlement));
    if (row === undefined) throw new CoreError("TXN_NOT_INFLIGHT", `no transaction to ${settlement.action}`);
    return { row, queued: false };
  }
  const row = validateQueued(ledger, id, settlement);
  if (ledger.pendingInflight.has(id)) {
    throw new CoreError("GEN_CONFLICT", "a commit or void is already queued for this transaction");
  }
  ledger.pendingInflight.add(id);
  const actionId = newId("act");
  ledger.queue.addTask(
    () => {
      settleInBackground(ledger, id, settlement, actionId);
      ledger.pendingInflight.delete(id);
    },
    { mostRetries: MOST_RETRIES },
  );
  return { row: { ...row, transaction_id: id }, queued: true };
}

/** As Core's worker does: what is settled already is skipped, anything else is an error to try again. */
export function settleInBackground(
  ledger: Ledger,
  id: string,
  settlement: Settlement,
  actionId: string,
): void {
  for (const leg of findLegs(ledger, id)) {
    const reference = `${leg.transaction_id}_${settlement.action}_${actionId}`;
    try {
      settle(ledger, leg, settlement, reference);
    } catch (error) {
      if (!(error instanceof CoreError) || !TERMINAL.includes(error.code)) throw error;
    }
  }
}

const TERMINAL = [
  "TXN_ALREADY_COMMITTED",
  "TXN_ALREADY_VOIDED",
  "TXN_NOT_INFLIGHT",
  "TXN_COMMIT_AMOUNT_EXCEEDED",
  "TXN_DUPLICATE_REFERENCE",
];

/**
 * Settles one row by its own id, as Core's expiry and bulk actions do. Under a QUEUED id Core sees neither what became
 * of the hold nor that it was rejected, and takes the amount out of whatever is held between the two balances.
 */
export function settleRow(ledger: Ledger, id: string, settlement: Settlement): Transaction {
  const row = ledger.transactions.get(id);
  if (row === undefined) throw notFound(id);
  return settle(ledger, row, settlement);
}

/** What of a hold is neither committed nor voided, as Core reckons: by the children of that very row. */
export function remainingHold(ledger: Ledger, row: Transaction): bigint {
  const children = ledger.transactions.find("parent_transaction", row.transaction_id);
  if (children.some((child) => child.status === "VOID")) return 0n;
  return children
    .filter((child) => child.status === "APPLIED")
    .reduce((rest, child) => rest - child.precise_amount, row.precise_amount);
}

/** The holds under an id, newest first; before a hold exists its QUEUED row, unless that was rejected. */
export function findLegs(ledger: Ledger, id: string): Transaction[] {
  const named = ledger.transactions.get(id);
  const under = [...(named ? [named] : []), ...ledger.transactions.find("parent_transaction", id)];
  const linked = ledger.transactions.find("queued_parent", id);
  const held = [...new Set([...under, ...linked])].filter(({ status }) => status === "INFLIGHT");
  const legs = held.length > 0 ? held : under.filter((row) => isWaitingHold(ledger, row));
  return legs.sort((left, right) => right.created_at - left.created_at);
}

function isWaitingHold(ledger: Ledger, row: Transaction): boolean {
  if (row.status !== "QUEUED" || row.meta_data.inflight !== true) return false;
  const outcomes = ledger.transactions.find("reference", `${row.reference}_q`);
  const children = ledger.transactions.find("parent_transaction", row.transaction_id);
  return (
    !outcomes.some(({ status }) => status === "REJECTED") &&
    !children.some(({ status }) => status === "INFLIGHT")
  );
}

/** What Core checks before it queues an action. A QUEUED id passes: that row never changes and has no such children. */
function validateQueued(ledger: Ledger, id: string, settlement: Settlement): Transaction {
  const legs = findSettled(ledger, id);
  if (legs[0]!.transaction_id === id) requireOpen(ledger, legs[0]!, settlement);
  else if (legs.every((leg) => remainingHold(ledger, leg) === 0n)) throw alreadyCommitted(settlement);
  return legs[0]!;
}

/** What Core takes an id for where it only looks: the very row if it is a hold, even QUEUED, or else the holds under it. */
export function findSettled(ledger: Ledger, id: string): Transaction[] {
  const named = ledger.transactions.get(id);
  if (named !== undefined && isHold(named)) return [named];
  const legs = findLegs(ledger, id);
  if (legs.length === 0) throw named === undefined ? notFound(id) : notInflight();
  return legs;
}

/** The amount to settle. Throws when the row is no hold, is settled already, or has less left than is asked for. */
export function requireOpen(ledger: Ledger, row: Transaction, settlement: Settlement): bigint {
  if (!isHold(row)) throw notInflight();
  const children = ledger.transactions.find("parent_transaction", row.transaction_id);
  if (children.some((child) => child.status === "VOID")) {
    throw new CoreError("TXN_ALREADY_VOIDED", "transaction has already been voided");
  }
  const remaining = remainingHold(ledger, row);
  if (remaining <= 0n) throw alreadyCommitted(settlement);
  if (settlement.action === "void" || settlement.amountAt === undefined) return remaining;
  const amount = settlement.amountAt(row.precision);
  if (amount > remaining) {
    throw new CoreError(
      "TXN_COMMIT_AMOUNT_EXCEEDED",
      `cannot commit more than the remaining amount. Available: ${remaining}, Requested: ${amount}`,
    );
  }
  return amount;
}

function isHold({ status, meta_data }: Transaction): boolean {
  return status === "INFLIGHT" || (status === "QUEUED" && meta_data.inflight === true);
}

function settle(
  ledger: Ledger,
  held: Transaction,
  settlement: Settlement,
  reference = `ref_${randomUUID()}`,
): Transaction {
  const amount = requireOpen(ledger, held, settlement);
  const source = ledger.balances.get(held.source)!;
  const destination = ledger.balances.get(held.destination)!;
  const isCommit = settlement.action === "commit";
  const posting = { source, destination, amount };
  if (!ledger.isSince("0.15.2")) settleWhatIsHeld(posting, isCommit);
  else if (isCommit) commitHold(posting);
  else releaseHold(posting);
  ledger.balances.touch();
  const created_at = ledger.clock.now();
  const child = ledger.transactions.insert({
    ...held,
    transaction_id: newId("txn"),
    parent_transaction: held.transaction_id,
    reference,
    precise_amount: amount,
    status: isCommit ? "APPLIED" : "VOID",
    created_at,
    effective_date: created_at,
    meta_data: withoutSettledFlag(ledger, held.meta_data),
  });
  settleShadows(ledger, held, settlement.action);
  return child;
}

/** The shadows of a hold are committed whole by the first part of it that is, and then not voided with the rest. */
function settleShadows(ledger: Ledger, held: Transaction, action: Settlement["action"]): void {
  for (const shadow of ledger.transactions.find("shadow_for", held.transaction_id)) {
    const isOpen = shadow.status === "INFLIGHT" && remainingHold(ledger, shadow) > 0n;
    if (isOpen) settle(ledger, shadow, { action });
  }
}

function notFound(id: string): CoreError {
  return new CoreError("TXN_NOT_FOUND", `Transaction with ID '${id}' not found`);
}

function notInflight(): CoreError {
  return new CoreError("TXN_NOT_INFLIGHT", "transaction is not in inflight status");
}

function alreadyCommitted({ action }: Settlement): CoreError {
  return new CoreError("TXN_ALREADY_COMMITTED", `cannot ${action}. Transaction already committed`);
}
