import { CoreError } from "./core-error.ts";
import { formatQuotient } from "./decimal.ts";
import { type Ledger, isReferenceUsed } from "./ledger.ts";
import { outcomeStatus, requireTwoBalances } from "./post-transaction.ts";
import { apply, commitHold, hold, releaseHold, requireFunds } from "./postings.ts";
import { Projection } from "./projection.ts";
import type { Bulk } from "./record-bulk.ts";
import { splitIntoLegs } from "./record-transaction.ts";
import { findRefundable, refundRequest, selectForRefund } from "./refund.ts";
import type { Transaction } from "./rows.ts";
import type { SettlementItem } from "./settle-many.ts";
import type { TransactionRequest } from "./transaction-request.ts";
import { type Settlement, findSettled, requireOpen } from "./update-inflight.ts";

/** What a dry run answers. Amounts are text here, and money never moves. */
export type Preview = {
  dry_run: true;
  would_apply: boolean;
  rejection?: { code: string; reason: string; message: string };
  [more: string]: unknown;
};

type Described = Pick<TransactionRequest, "currency" | "precision"> & { amount: bigint };

/** Throws what a real call would for a balance that does not exist or shares that do not add up. */
export function previewTransaction(ledger: Ledger, request: TransactionRequest): Preview {
  return previewPosting(ledger, request, new Projection(ledger), true);
}

export function previewBulk(ledger: Ledger, bulk: Bulk): Preview {
  const shared = new Projection(ledger);
  const seen = new Set<string>();
  const results = bulk.transactions.map((item) => {
    const request = { ...item, inflight: bulk.inflight, skip_queue: bulk.skip_queue };
    if (seen.has(request.reference)) {
      return rejected(usedReference(request), describeRequest(request));
    }
    seen.add(request.reference);
    const projection = bulk.skip_queue ? shared : new Projection(ledger);
    return previewPosting(ledger, request, projection, !bulk.skip_queue);
  });
  return {
    ...summary(results),
    cumulative: bulk.skip_queue,
    atomic: bulk.atomic,
    results,
    ...(bulk.skip_queue && { balances: shared.describe() }),
  };
}

export function previewRefund(ledger: Ledger, id: string): Preview {
  const found = findRefundable(ledger, id);
  if (found.length === 0) throw new CoreError("TXN_NOT_FOUND", `transaction ${id} not found for refund`);
  const projection = new Projection(ledger);
  const errors: CoreError[] = [];
  let total = 0n;
  for (const row of attempt(errors, () => selectForRefund(ledger, id)) ?? []) {
    attempt(errors, () => {
      const request = refundRequest(ledger, row, { skip_queue: true });
      post(request, projection);
      total += row.precise_amount;
    });
  }
  const row = found[0]!;
  const described = {
    reference: `${row.transaction_id}_refund`,
    ...describe({ ...row, amount: total }),
    balances: projection.describe(),
  };
  if (errors.length > 0) return rejected(together(errors), described);
  const status = row.status === "VOID" ? "INFLIGHT" : "APPLIED";
  return { dry_run: true, would_apply: true, status, ...described };
}

export function previewSettlement(ledger: Ledger, id: string, settlement: Settlement): Preview {
  const errors: CoreError[] = [];
  const legs = attempt(errors, () => findSettled(ledger, id)) ?? [];
  if (errors[0]?.code === "TXN_NOT_FOUND") throw errors[0];
  const projection = new Projection(ledger);
  let total = 0n;
  for (const leg of legs) attempt(errors, () => (total += settleLeg(ledger, leg, settlement, projection)));
  const described = {
    operation: settlement.action,
    ...(legs[0] === undefined
      ? { currency: "", amount: 0, precise_amount: "0", precision: 0n }
      : describe({ ...legs[0], amount: total })),
    balances: projection.describe(),
  };
  if (errors.length > 0) return rejected(together(errors), described);
  const status = settlement.action === "commit" ? "APPLIED" : "VOID";
  return { dry_run: true, would_apply: true, status, ...described };
}

export function previewMany(ledger: Ledger, items: SettlementItem[], action: Settlement["action"]): Preview {
  const results = items.map(({ transaction_id, amountAt }) => {
    const errors: CoreError[] = [];
    const preview = attempt(errors, () => previewSettlement(ledger, transaction_id, { action, amountAt }));
    return preview ?? rejected(errors[0]!, { operation: action });
  });
  return { ...summary(results), cumulative: false, atomic: false, results };
}

function previewPosting(
  ledger: Ledger,
  request: TransactionRequest,
  projection: Projection,
  showsBalances: boolean,
): Preview {
  const errors: CoreError[] = [];
  const legs = splitIntoLegs(ledger, request);
  for (const leg of legs) projection.sides(leg);
  if (isReferenceUsed(ledger, request.reference)) errors.push(usedReference(request));
  for (const leg of errors.length === 0 ? legs : []) attempt(errors, () => post(leg, projection));
  const described = {
    ...describeRequest(request),
    balances: showsBalances ? projection.describe() : null,
    ...(legs.length > 1 && { legs: legs.map((leg) => describeLeg(request, leg)) }),
  };
  if (errors[0] !== undefined) return rejected(errors[0], described);
  return { dry_run: true, would_apply: true, status: outcomeStatus(request), ...described };
}

function post(request: TransactionRequest, projection: Projection): void {
  const { source, destination } = projection.sides(request);
  const posting = { source, destination, amount: request.precise_amount };
  try {
    requireTwoBalances(source, destination);
    requireFunds(source, posting.amount, request);
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    throw new CoreError(error.code, `failed to apply transaction to balances: ${error.message}`);
  }
  if (request.inflight) hold(posting);
  else apply(posting);
}

function settleLeg(ledger: Ledger, leg: Transaction, settlement: Settlement, projection: Projection): bigint {
  const amount = requireOpen(ledger, leg, settlement);
  const posting = { ...projection.sides(leg), amount };
  if (settlement.action === "commit") commitHold(posting);
  else releaseHold(posting);
  return amount;
}

function attempt<T>(errors: CoreError[], run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    errors.push(error);
    return undefined;
  }
}

function together(errors: CoreError[]): CoreError {
  const messages = errors.map(({ message }) => message).join(" ");
  return new CoreError(errors[0]!.code, `error occurred during processing: [${messages}]`);
}

function rejected({ code, message }: CoreError, described: object): Preview {
  const reasons: Partial<Record<CoreError["code"], string>> = {
    TXN_INSUFFICIENT_FUNDS: "insufficient_funds",
  };
  const reason = /overdraft limit/.test(message) ? "overdraft_limit" : (reasons[code] ?? "other");
  return { dry_run: true, would_apply: false, rejection: { code, reason, message }, ...described };
}

function summary(results: Preview[]): Pick<Preview, "dry_run" | "would_apply"> {
  return { dry_run: true, would_apply: results.every(({ would_apply }) => would_apply) };
}

function usedReference({ reference }: TransactionRequest): CoreError {
  const message = `transaction validation failed: reference ${reference} has already been used`;
  return new CoreError("TXN_DUPLICATE_REFERENCE", message);
}

function describeRequest(request: TransactionRequest): object {
  return { reference: request.reference, ...describe({ ...request, amount: request.precise_amount }) };
}

function describeLeg(request: TransactionRequest, leg: TransactionRequest): object {
  const role = request.sources.length > 0 ? "source" : "destination";
  const { amount, precise_amount } = describe({ ...leg, amount: leg.precise_amount });
  return { identifier: leg[role], role, precise_amount, amount };
}

function describe({ currency, precision, amount }: Described) {
  const major = Number(formatQuotient(amount, precision) ?? Number(amount) / Number(precision));
  return { currency, amount: major, precise_amount: String(amount), precision };
}
