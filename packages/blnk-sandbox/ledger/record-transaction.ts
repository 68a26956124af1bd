import type { Ledger } from "./ledger.ts";
import { type Origin, newRow, outcomeStatus, postTransaction } from "./post-transaction.ts";
import { rollBack } from "./roll-back.ts";
import type { Status, Transaction } from "./rows.ts";
import { scheduleSettlement } from "./schedule-settlement.ts";
import { shuffled } from "./shuffled.ts";
import { type Share, splitTotal } from "./split.ts";
import type { TransactionRequest } from "./transaction-request.ts";

/** What the caller is told: for a split, a transaction that is never stored, and the legs that are. */
export type Recorded = { row: Transaction; legs: Leg[] };

type Leg = Share & { transaction_id: string };

const NO_ORIGIN: Origin = { parent: "" };

/** Records a transaction, or the legs of a split; a failing leg leaves the earlier ones posted unless `atomic`. */
export function recordTransaction(ledger: Ledger, request: TransactionRequest, under = NO_ORIGIN): Recorded {
  const takeBack = (row: Transaction) =>
    rollBack(ledger, String(row.meta_data.QUEUED_PARENT_TRANSACTION), request.inflight);
  const origin = { ...under, ...(request.atomic && { onRejected: takeBack }) };
  const isSplit = request.sources.length > 0 || request.destinations.length > 0;
  const recorded = isSplit
    ? recordSplit(ledger, request, origin)
    : { row: postTransaction(ledger, request, origin), legs: [] };
  scheduleSettlement(ledger, request, recorded.row.transaction_id);
  return recorded;
}

function recordSplit(ledger: Ledger, request: TransactionRequest, origin: Origin): Recorded {
  const requests = splitIntoLegs(ledger, request);
  const parent = newRow(ledger, request, origin);
  const splitId = parent.transaction_id;
  const legs: Leg[] = [];
  try {
    for (const leg of requests) {
      const row = postTransaction(ledger, leg, {
        ...origin,
        parent: splitId,
        batch: origin.batch ?? splitId,
      });
      const identifier = request.destinations.length > 0 ? leg.destination : leg.source;
      legs.push({ identifier, amount: leg.precise_amount, transaction_id: row.transaction_id });
    }
  } catch (error) {
    if (request.atomic) rollBack(ledger, splitId, request.inflight);
    throw error;
  }
  const status: Status = request.skip_queue ? outcomeStatus(request) : parent.status;
  return { row: { ...parent, status }, legs };
}

/** The postings of a request: itself, or one for each share of a split. */
export function splitIntoLegs(ledger: Ledger, request: TransactionRequest): TransactionRequest[] {
  const isFanOut = request.destinations.length > 0;
  const items = isFanOut ? request.destinations : request.sources;
  if (items.length === 0) return [request];
  // Core walks a Go map, whose order is random.
  const shares = shuffled(splitTotal(request.precise_amount, items, request.precision), ledger.random);
  return shares.map((share, index) => legRequest(request, share, isFanOut, index + 1));
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
