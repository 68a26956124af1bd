import type { Ledger } from "./ledger.ts";
import { type Origin, newRow, outcomeStatus, postTransaction } from "./post-transaction.ts";
import { refundRow } from "./refund.ts";
import type { Status, Transaction } from "./rows.ts";
import { shuffled } from "./shuffled.ts";
import { type Share, splitTotal } from "./split.ts";
import type { TransactionRequest } from "./transaction-request.ts";
import { updateInflight } from "./update-inflight.ts";

/** What the caller is told: for a split, a transaction that is never stored, and the legs that are. */
export type Recorded = { row: Transaction; legs: Leg[] };

type Leg = Share & { transaction_id: string };

const NO_ORIGIN: Origin = { parent: "" };

/** Records a transaction, or the legs of a split; a failing leg leaves the earlier ones posted unless `atomic`. */
export function recordTransaction(ledger: Ledger, request: TransactionRequest, origin = NO_ORIGIN): Recorded {
  const isSplit = request.sources.length > 0 || request.destinations.length > 0;
  if (isSplit) return recordSplit(ledger, request, origin);
  return { row: postTransaction(ledger, request, origin), legs: [] };
}

function recordSplit(ledger: Ledger, request: TransactionRequest, origin: Origin): Recorded {
  const isFanOut = request.destinations.length > 0;
  const items = isFanOut ? request.destinations : request.sources;
  // Core walks a Go map, whose order is random.
  const shares = shuffled(splitTotal(request.precise_amount, items, request.precision), ledger.random);
  const parent = newRow(ledger, request, origin);
  const splitId = parent.transaction_id;
  const legs: Leg[] = [];
  try {
    for (const [index, share] of shares.entries()) {
      const leg = legRequest(request, share, isFanOut, index + 1);
      const row = postTransaction(ledger, leg, { ...origin, parent: splitId, batch: splitId });
      legs.push({ ...share, transaction_id: row.transaction_id });
    }
  } catch (error) {
    const posted = legs.map((leg) => ledger.transactions.get(leg.transaction_id)!);
    if (request.atomic) reverse(ledger, posted);
    throw error;
  }
  const status: Status = request.skip_queue ? outcomeStatus(request) : parent.status;
  return { row: { ...parent, status }, legs };
}

function legRequest(
  request: TransactionRequest,
  share: Share,
  isFanOut: boolean,
  number: number,
): TransactionRequest {
  return {
    ...request,
    precise_amount: share.amount,
    amount: undefined,
    reference: `${request.reference}${request.skip_queue ? "-" : "_"}${number}`,
    source: isFanOut ? request.source : share.identifier,
    destination: isFanOut ? share.identifier : request.destination,
    sources: [],
    destinations: [],
  };
}

/** Takes back rows that were just posted, newest first, by rows of their own. */
export function reverse(ledger: Ledger, rows: Transaction[]): void {
  for (const row of rows.toReversed()) {
    if (row.status === "INFLIGHT") {
      updateInflight(ledger, row.transaction_id, { action: "void", amountAt: undefined, skip_queue: true });
    } else {
      refundRow(ledger, row, { skip_queue: true });
    }
  }
}
