import { CloudError } from "./cloud-error.ts";
import type { Collection } from "./collection.server.ts";
import { isPassing, pauseFor } from "./confirm.server.ts";
import type { Transaction } from "./records.ts";
import { isChildOf, remainingOf, settlementParents } from "./remaining-of.ts";
import type { Call } from "./transport/call.server.ts";
import { cloudPath } from "./transport/request.ts";

/** An inflight transaction and what became of it: its row stays INFLIGHT for ever, its children tell the rest. */
export type Hold = {
  row: Transaction;
  /** Its commits (APPLIED) and its release (VOID). */
  children: Transaction[];
  /** What can still be committed or voided; undefined when an amount is not known. */
  remaining: bigint | undefined;
};

/** A commit of `precise_amount`, or of all that remains, or the release of what remains. */
export type HoldAction = { action: "commit"; precise_amount?: bigint } | { action: "void" };

export type HoldOutcome =
  | { state: "confirmed"; transaction: Transaction }
  /** No such child row within the time; the hold as it is now. */
  | { state: "not_confirmed"; hold: Hold };

export function holds(
  call: Call,
  rows: Collection<"transactions", Transaction>,
  signal: AbortSignal | undefined,
) {
  /** @throws CloudError `invalid` for anything but an INFLIGHT row: a queued or bulk id settles the wrong thing */
  async function get(id: string): Promise<Hold> {
    const row = await rows.get(id);
    if (row.status !== "INFLIGHT")
      throw new CloudError("invalid", {}, "Only an inflight transaction is a hold");
    const settlements: Transaction[] = [];
    const filters = [
      { field: "parent_transaction", operator: "in", values: settlementParents(row) },
    ] as const;
    for await (const page of rows.scan({ filters, createdUntil: undefined })) settlements.push(...page);
    return holdOf(row, settlements);
  }

  return {
    get,

    /**
     * Commits or voids a hold that was just read. It is sent once, for Core has no reference for it: whatever this
     * returns or throws, `confirm` tells what happened.
     */
    async settle(hold: Hold, action: HoldAction): Promise<void> {
      refuseUnsettleable(hold, action);
      await call({
        method: "PUT",
        path: cloudPath`/proxy/transactions/inflight/${hold.row.transaction_id}`,
        body: {
          status: action.action,
          ...(action.action === "commit" && { precise_amount: action.precise_amount }),
          // Done before the answer: the queue accepts what it will then skip without a word.
          skip_queue: true,
        },
        scope: "data:write",
        repeatable: false,
      });
    },

    /** Looks for the row that an action made, which was not there in `before`, the hold as it was read then. */
    async confirm(
      before: Hold,
      action: HoldAction,
      { waitMs = 20_000, pollMs = 250 } = {},
    ): Promise<HoldOutcome> {
      const deadline = performance.now() + waitMs;
      for (;;) {
        const last = performance.now() >= deadline;
        const hold = await get(before.row.transaction_id).catch((error: unknown) => {
          if (last || !isPassing(error)) throw error;
          return before;
        });
        const transaction = hold.children.find(
          (child) => isNew(child, before) && isResultOf(child, action, before),
        );
        if (transaction !== undefined) return { state: "confirmed", transaction };
        if (last) return { state: "not_confirmed", hold };
        await pauseFor(Math.min(pollMs, Math.max(deadline - performance.now(), 0)), signal);
      }
    },
  };
}

function holdOf(row: Transaction, rows: readonly Transaction[]): Hold {
  return { row, children: rows.filter((child) => isChildOf(child, row)), remaining: remainingOf(row, rows) };
}

function refuseUnsettleable({ remaining }: Hold, action: HoldAction): void {
  if (remaining === undefined) throw new CloudError("malformed", { reason: "incomplete transaction" });
  if (remaining <= 0n) throw new CloudError("conflict", {}, "Nothing remains of this hold");
  if (action.action === "void" || action.precise_amount === undefined) return;
  if (action.precise_amount <= 0n || action.precise_amount > remaining) {
    throw new CloudError("invalid", {}, "The amount must be more than zero and at most what remains");
  }
}

function isNew(child: Transaction, before: Hold): boolean {
  return before.children.every(({ transaction_id }) => transaction_id !== child.transaction_id);
}

function isResultOf(child: Transaction, action: HoldAction, before: Hold): boolean {
  if (action.action === "void") return child.status === "VOID";
  const amount = action.precise_amount ?? before.remaining;
  return child.status === "APPLIED" && child.precise_amount === amount;
}
