import { randomUUID } from "node:crypto";
import { CoreError } from "./core-error.ts";
import { type Ledger, newId } from "./ledger.ts";
import { commitHold, releaseHold } from "./postings.ts";
import type { Transaction } from "./rows.ts";

/** `amountAt` gives minor units at the hold's precision; undefined means all that remains. */
type Settlement = {
  action: "commit" | "void";
  amountAt: ((precision: bigint) => bigint) | undefined;
  skip_queue: boolean;
};

type Settled = { row: Transaction; queued: boolean };

/**
 * Commits or voids the holds under an id: an INFLIGHT row, the QUEUED row before it, a split's or bulk's id.
 * Synchronously the answer is the (first) child row; queued it is the row that was named, and errors are lost.
 */
export function updateInflight(ledger: Ledger, id: string, settlement: Settlement): Settled {
  if (settlement.skip_queue) return { row: settleAll(ledger, id, settlement), queued: false };
  const named = ledger.transactions.get(id);
  const targets = named === undefined ? heldUnder(ledger, id) : [named];
  if (targets.length === 0) throw new CoreError("TXN_NOT_FOUND", `Transaction with ID '${id}' not found`);
  if (ledger.pendingInflight.has(id)) {
    throw new CoreError("GEN_CONFLICT", `a commit or void is already queued for transaction ${id}`);
  }
  // A QUEUED id passes unchecked: Core looks at that row alone, which never changes.
  for (const target of targets) if (target.status !== "QUEUED") requireOpen(ledger, target, settlement);
  ledger.pendingInflight.add(id);
  ledger.queue.addOutcome(() => {
    ledger.pendingInflight.delete(id);
    try {
      settleAll(ledger, id, settlement);
    } catch (error) {
      if (!(error instanceof CoreError)) throw error; // nobody hears of it, as in Core
    }
  });
  return { row: targets[0]!, queued: true };
}

/** What of a hold is neither committed nor voided. */
export function remainingHold(ledger: Ledger, row: Transaction): bigint {
  const children = ledger.transactions.find("parent_transaction", row.transaction_id);
  if (children.some((child) => child.status === "VOID")) return 0n;
  return children
    .filter((child) => child.status === "APPLIED")
    .reduce((rest, child) => rest - child.precise_amount, row.precise_amount);
}

function settleAll(ledger: Ledger, id: string, settlement: Settlement): Transaction {
  const targets = findTargets(ledger, id);
  if (targets.length === 0) {
    throw new CoreError("TXN_NOT_INFLIGHT", `no transaction to ${settlement.action}`);
  }
  const amounts = targets.map((target) => requireOpen(ledger, target, settlement));
  const children = targets.map((target, index) => settle(ledger, target, amounts[index]!, settlement.action));
  return children[0]!;
}

function findTargets(ledger: Ledger, id: string): Transaction[] {
  const named = ledger.transactions.get(id);
  if (named?.status === "INFLIGHT") return [named];
  const held = heldUnder(ledger, id);
  if (held.length > 0 || named === undefined) return held;
  // Before its hold exists Core settles the QUEUED row itself, out of whatever is held between the two balances.
  return [named];
}

function heldUnder(ledger: Ledger, id: string): Transaction[] {
  const children = ledger.transactions.find("parent_transaction", id);
  return children.flatMap((child) => {
    if (child.status === "INFLIGHT") return [child];
    return child.status === "QUEUED" ? heldUnder(ledger, child.transaction_id) : [];
  });
}

/** The amount to settle. Throws when the row is no hold, is settled already, or has less left than is asked for. */
function requireOpen(ledger: Ledger, row: Transaction, { action, amountAt }: Settlement): bigint {
  const isHold = row.status === "INFLIGHT" || (row.status === "QUEUED" && row.meta_data.inflight === true);
  if (!isHold) throw new CoreError("TXN_NOT_INFLIGHT", "transaction is not in inflight status");
  const children = ledger.transactions.find("parent_transaction", row.transaction_id);
  if (children.some((child) => child.status === "VOID")) {
    throw new CoreError("TXN_ALREADY_VOIDED", "transaction has already been voided");
  }
  const remaining = remainingHold(ledger, row);
  if (remaining <= 0n) throw new CoreError("TXN_ALREADY_COMMITTED", "transaction has already been committed");
  if (action === "void" || amountAt === undefined) return remaining;
  const amount = amountAt(row.precision);
  if (amount > remaining) {
    throw new CoreError(
      "TXN_COMMIT_AMOUNT_EXCEEDED",
      `cannot commit ${amount}: only ${remaining} of the inflight amount remains`,
    );
  }
  return amount;
}

function settle(ledger: Ledger, held: Transaction, amount: bigint, action: "commit" | "void"): Transaction {
  const source = ledger.balances.get(held.source)!;
  const destination = ledger.balances.get(held.destination)!;
  if (action === "commit") commitHold({ source, destination, amount });
  else releaseHold({ source, destination, amount });
  ledger.balances.touch();
  const created_at = ledger.clock.now();
  return ledger.transactions.insert({
    ...held,
    transaction_id: newId("txn"),
    parent_transaction: held.transaction_id,
    reference: `ref_${randomUUID()}`,
    precise_amount: amount,
    status: action === "commit" ? "APPLIED" : "VOID",
    created_at,
    effective_date: created_at,
    meta_data: { ...held.meta_data },
  });
}
