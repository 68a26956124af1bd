import { CoreError } from "./core-error.ts";
import { type Ledger, isReferenceUsed, newId, resolveBalance } from "./ledger.ts";
import { traceFunds } from "./lineage.ts";
import { apply, hold, requireFunds } from "./postings.ts";
import { withoutSettledFlag } from "./settled-flag.ts";
import type { Balance, MetaData, Status, Transaction } from "./rows.ts";
import { type TransactionRequest, hashTransaction } from "./transaction-request.ts";

/** What a transaction hangs under: a bulk or split (`batch`), a refunded row, or (`""`) nothing. */
export type Origin = {
  parent: string;
  batch?: string;
  sequence?: number;
  onRejected?: (row: Transaction) => void;
};

/** Posts one movement at once (`skip_queue`), or acknowledges it and posts in the background, where no error reaches the caller. */
export function postTransaction(ledger: Ledger, request: TransactionRequest, origin: Origin): Transaction {
  return request.skip_queue ? postNow(ledger, request, origin) : enqueue(ledger, request, origin);
}

function postNow(ledger: Ledger, request: TransactionRequest, origin: Origin): Transaction {
  const { currency, reference } = request;
  const source = resolveBalance(ledger, request.source, currency);
  const destination = resolveBalance(ledger, request.destination, currency);
  if (isReferenceUsed(ledger, reference)) {
    throw new CoreError("TXN_DUPLICATE_REFERENCE", `reference ${reference} has already been used`);
  }
  if (source === undefined) throw unknownBalance(request.source);
  if (destination === undefined) throw unknownBalance(request.destination);
  const row = newRow(ledger, request, origin);
  if (isNothing(ledger, request)) return { ...row, status: outcomeStatus(request), precise_amount: 0n };
  requireFunds(source, request.precise_amount, request);
  requireTwoBalances(source, destination);
  return storeOutcome(ledger, request, source, destination, {
    ...row,
    source: source.balance_id,
    destination: destination.balance_id,
    scheduled_for: undefined, // with skip_queue Core applies a scheduled transaction at once
  });
}

function enqueue(ledger: Ledger, request: TransactionRequest, origin: Origin): Transaction {
  const acknowledged = newRow(ledger, request, origin);
  acknowledged.meta_data.QUEUED_PARENT_TRANSACTION = origin.batch ?? acknowledged.transaction_id;
  ledger.queue.addInsert(() => insertQueued(ledger, request, origin, acknowledged));
  return acknowledged;
}

function insertQueued(ledger: Ledger, request: TransactionRequest, origin: Origin, row: Transaction): void {
  if (isReferenceUsed(ledger, row.reference)) return;
  const isUnknown = (identifier: string) =>
    !identifier.startsWith("@") && ledger.balances.get(identifier) === undefined;
  if (isUnknown(request.source) || isUnknown(request.destination)) return;
  const source = resolveBalance(ledger, request.source, request.currency)!;
  const destination = resolveBalance(ledger, request.destination, request.currency)!;
  const pair = { source: source.balance_id, destination: destination.balance_id };
  const lane = { queue_lane: "normal", queue_pair_key: `${pair.source}|${pair.destination}|${row.currency}` };
  const stored = { ...row, ...pair, meta_data: { ...row.meta_data, ...lane } };
  ledger.transactions.insert(stored);
  ledger.queue.addOutcome(() => decideQueued(ledger, request, origin, stored), request.scheduled_for);
}

function decideQueued(
  ledger: Ledger,
  request: TransactionRequest,
  origin: Origin,
  queued: Transaction,
): void {
  const reference = `${queued.reference}_q`;
  if (isReferenceUsed(ledger, reference)) return;
  if (isNothing(ledger, request)) return;
  const source = ledger.balances.get(queued.source)!;
  const destination = ledger.balances.get(queued.destination)!;
  const row = {
    ...queued,
    transaction_id: newId("txn"),
    parent_transaction: queued.transaction_id,
    reference,
    meta_data: { ...queued.meta_data },
  };
  try {
    requireFunds(source, request.precise_amount, request);
    requireTwoBalances(source, destination);
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    row.meta_data.blnk_rejection_reason = `failed to apply transaction to balances: ${error.message}`;
    const rejected = ledger.transactions.insert({ ...row, status: "REJECTED" });
    origin.onRejected?.(rejected);
    return;
  }
  storeOutcome(ledger, request, source, destination, row);
}

/** Before 0.15 Core took an amount of nothing, or of less, and stored no outcome. */
function isNothing(ledger: Ledger, { precise_amount }: TransactionRequest): boolean {
  return precise_amount <= 0n && !ledger.isSince("0.15.2");
}

function storeOutcome(
  ledger: Ledger,
  request: TransactionRequest,
  source: Balance,
  destination: Balance,
  row: Transaction,
): Transaction {
  const status = outcomeStatus(request);
  const posting = { source, destination, amount: request.precise_amount };
  if (status === "INFLIGHT") hold(posting);
  else apply(posting);
  ledger.balances.touch();
  const meta_data = status === "INFLIGHT" ? row.meta_data : withoutSettledFlag(ledger, row.meta_data);
  const stored = ledger.transactions.insert({ ...row, status, meta_data });
  traceFunds(ledger, stored);
  return stored;
}

/** Core writes one row twice under its optimistic lock and loses to itself, where it saw only `@x` and its id before. */
export function requireTwoBalances(source: Balance, destination: Balance): void {
  if (source.balance_id !== destination.balance_id) return;
  const message = `balance with ID '${source.balance_id}' may have been updated or deleted by another transaction`;
  throw new CoreError("GEN_CONFLICT", `Optimistic locking failure: ${message}`);
}

export function newRow(ledger: Ledger, request: TransactionRequest, origin: Origin): Transaction {
  const created_at = ledger.clock.now();
  return {
    transaction_id: newId("txn"),
    parent_transaction: origin.parent,
    source: request.source,
    destination: request.destination,
    reference: request.reference,
    precise_amount: request.precise_amount,
    precision: request.precision,
    currency: request.currency,
    description: request.description,
    status: request.scheduled_for === undefined ? "QUEUED" : "SCHEDULED",
    created_at,
    effective_date: request.effective_date ?? created_at,
    scheduled_for: request.scheduled_for,
    hash: hashTransaction(request),
    meta_data: systemMetaData(request, origin),
  };
}

function systemMetaData(request: TransactionRequest, { sequence }: Origin): MetaData {
  return {
    ...request.meta_data,
    ...(request.inflight && { inflight: true }),
    ...(request.atomic && { atomic: true }),
    ...(request.allow_overdraft && { allow_overdraft: true }),
    ...(sequence !== undefined && { sequence }),
  };
}

export function outcomeStatus(request: TransactionRequest): Status {
  return request.inflight ? "INFLIGHT" : "APPLIED";
}

function unknownBalance(id: string): CoreError {
  return new CoreError("TXN_NOT_FOUND", `Balance with ID '${id}' not found`);
}
