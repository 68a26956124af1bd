import { setTimeout as sleep } from "node:timers/promises";

import { CloudError } from "./cloud-error.ts";
import type { NewTransaction } from "./new-transaction.ts";
import type { Transaction } from "./records.ts";

/** What became of a transaction, read back from the ledger. */
export type Outcome =
  | { state: "applied" | "inflight" | "rejected"; transaction: Transaction }
  /** Recorded, but not carried out within the time: still queued, or scheduled for later. */
  | { state: "pending"; transaction: Transaction }
  /** The reference belongs to a transaction that is not the one expected: ours was never recorded. */
  | { state: "different"; transaction: Transaction }
  /** Nothing has the reference. Check both balance ids, then send again with the *same* reference. */
  | { state: "not_recorded" };

/** What the caller sent, as far as a row must agree with it. */
export type ExpectedTransaction = Pick<
  NewTransaction,
  "precise_amount" | "precision" | "currency" | "source" | "destination"
>;

export type ConfirmOptions = {
  expected: ExpectedTransaction;
  /** How long to wait for an outcome. */
  waitMs?: number;
  /** The first pause between two looks; it grows to 2 s. */
  pollMs?: number;
};

const LONGEST_POLL_MS = 2_000;

export type ConfirmSources = {
  /** All rows with one of these references. */
  findByReference: (references: readonly string[]) => Promise<Transaction[]>;
  /** The balance id behind a side as it was sent, which may be an `@indicator`. */
  resolveSide: (side: string, currency: string) => Promise<string | undefined>;
  signal: AbortSignal | undefined;
};

/**
 * Follows a reference until its outcome is in the ledger. Core answers 201 to a queued transaction whatever becomes of
 * it, drops a reused reference without a word, and never changes the queued row: the outcome is a new row with the
 * reference `<R>_q`. "Not recorded" is only said after a read at the end of the time that found nothing.
 *
 * @throws CloudError when the ledger could not be read at the end of the time
 */
export async function confirmReference(
  { findByReference, resolveSide, signal }: ConfirmSources,
  reference: string,
  { expected, waitMs = 20_000, pollMs = 250 }: ConfirmOptions,
): Promise<Outcome> {
  const deadline = performance.now() + waitMs;
  for (let pause = pollMs; ; pause = Math.min(pause * 1.5, LONGEST_POLL_MS)) {
    const last = performance.now() >= deadline;
    const outcome = await look();
    if (outcome !== undefined && outcome.state !== "pending") return outcome;
    if (outcome?.transaction.status === "SCHEDULED") return outcome;
    if (last) return outcome ?? { state: "not_recorded" };
    await pauseFor(Math.min(pause, Math.max(deadline - performance.now(), 0)), signal);

    async function look(): Promise<Exclude<Outcome, { state: "not_recorded" }> | undefined> {
      const rows = await findByReference([reference, `${reference}_q`]).catch((error: unknown) => {
        if (last || !isPassing(error)) throw error;
        return [];
      });
      const row =
        rows.find((candidate) => candidate.reference === `${reference}_q`) ??
        rows.find((candidate) => candidate.reference === reference);
      if (row === undefined) return undefined;
      const state = (await agrees(row, expected, resolveSide)) ? stateOf(row) : "different";
      return { state, transaction: row };
    }
  }
}

function stateOf({ status }: Transaction): "applied" | "inflight" | "rejected" | "pending" {
  if (status === "APPLIED") return "applied";
  if (status === "INFLIGHT") return "inflight";
  return status === "REJECTED" ? "rejected" : "pending";
}

/**
 * References are all that Core compares: another body under a used reference is silently swallowed. What a row does not
 * say contradicts nothing.
 */
async function agrees(
  row: Transaction,
  expected: ExpectedTransaction,
  resolveSide: ConfirmSources["resolveSide"],
): Promise<boolean> {
  const isOr = (field: keyof ExpectedTransaction) =>
    row[field] === undefined || row[field] === expected[field];
  const sideAgrees = async (side: "source" | "destination") =>
    isOr(side) ||
    (expected[side].startsWith("@") && row[side] === (await resolveSide(expected[side], expected.currency)));
  return (
    isOr("precise_amount") &&
    isOr("precision") &&
    isOr("currency") &&
    (await sideAgrees("source")) &&
    (await sideAgrees("destination"))
  );
}

export function isPassing(error: unknown): boolean {
  return error instanceof CloudError && ["rate_limited", "locked", "unavailable"].includes(error.code);
}

/** @throws CloudError `cancelled` */
export async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal && { signal });
  } catch {
    throw new CloudError("cancelled");
  }
}
