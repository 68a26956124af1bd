import { randomUUID } from "node:crypto";
import { CoreError } from "../../ledger/core-error.ts";
import { isSince } from "../../ledger/core-version.ts";
import { formatQuotient } from "../../ledger/decimal.ts";
import { previewBulk, previewRefund, previewSettlement, previewTransaction } from "../../ledger/preview.ts";
import { recordBulk } from "../../ledger/record-bulk.ts";
import { type Recorded, recordTransaction } from "../../ledger/record-transaction.ts";
import { findRefundable, refund } from "../../ledger/refund.ts";
import type { TransactionRequest } from "../../ledger/transaction-request.ts";
import { findLegs, updateInflight } from "../../ledger/update-inflight.ts";
import { type Json, instantOrZero, transactionRecord } from "../records.ts";
import type { Answer, Call } from "../router.ts";
import { isDryRun } from "./dry-run.ts";
import { BodyObject, readObject } from "./read-object.ts";
import { readSettledAmount } from "./read-settled-amount.ts";
import { readTransaction } from "./read-transaction.ts";
import { whileLocked } from "./while-locked.ts";

const LARGEST_BULK = 10_000;
const CLOUD_PRECISION = 100;

export function createTransaction({ instance, body, switches }: Call): Answer {
  const injected = { precision: CLOUD_PRECISION, reference: `ref_${randomUUID()}` };
  const request = readTransaction(readObject(body), injected, switches.core_version);
  if (request.dry_run) return { status: 200, body: previewTransaction(instance.ledger, request) };
  return { status: 201, body: replyOf(request, recordTransaction(instance.ledger, request)) };
}

export function createBulk({ instance, body, switches }: Call): Answer {
  const bulk = readObject(body);
  const items = bulk.list("transactions");
  if (items.length === 0 && isSince(switches.core_version, "0.15.2"))
    throw new CoreError("TXN_BULK_EMPTY", "transactions cannot be empty");
  if (items.length > LARGEST_BULK) {
    throw new CoreError("TXN_BULK_LIMIT_EXCEEDED", `at most ${LARGEST_BULK} transactions are allowed`);
  }
  const inflight = bulk.flag("inflight");
  const run_async = bulk.flag("run_async");
  const request = {
    transactions: items.map((item, index) => readBulkItem(item, index, switches)),
    inflight,
    atomic: bulk.flag("atomic"),
    run_async,
    skip_queue: bulk.flag("skip_queue"),
  };
  if (isDryRun(bulk, switches)) return { status: 200, body: previewBulk(instance.ledger, request) };
  const batch_id = recordBulk(instance.ledger, request);
  if (run_async) {
    return {
      status: 202,
      body: { message: "Bulk transaction processing started", batch_id, status: "processing" },
    };
  }
  const status = inflight ? "inflight" : "applied";
  return { status: switches.bulk_status, body: { batch_id, status, transaction_count: items.length } };
}

export async function settleInflight({ instance, params, body, switches }: Call): Promise<Answer> {
  const sent = readObject(body);
  const action = sent.text("status").toLowerCase();
  if (action !== "commit" && action !== "void") {
    throw new CoreError("TXN_INVALID_STATUS_ACTION", "status must be one of: commit, void");
  }
  const settlement = { action, amountAt: readSettledAmount(sent, switches.core_version) } as const;
  if (isDryRun(sent, switches)) {
    return { status: 200, body: previewSettlement(instance.ledger, params.id!, settlement) };
  }
  const { ledger } = instance;
  // Commits and voids were synchronous before 0.15.
  const skip_queue = sent.flag("skip_queue") || switches.core_version === "0.14";
  const update = () => updateInflight(ledger, params.id!, { ...settlement, skip_queue });
  const { row, queued } = skip_queue
    ? await whileLocked(ledger, findLegs(ledger, params.id!), update)
    : update();
  return { status: 200, body: { ...transactionRecord(row), ...(queued && { queued }) } };
}

export async function createRefund({ instance, params, body, switches }: Call): Promise<Answer> {
  const sent = readObject(body.trim() === "" ? "{}" : body);
  if (isDryRun(sent, switches)) return { status: 200, body: previewRefund(instance.ledger, params.id!) };
  const takesOptions = isSince(switches.core_version, "0.15.3");
  const options = {
    skip_queue: sent.flag("skip_queue"),
    description: takesOptions && sent.has("description") ? sent.text("description") : undefined,
    meta_data: takesOptions ? sent.map("meta_data") : undefined,
  };
  const { ledger } = instance;
  const found = findRefundable(ledger, params.id!);
  const row = await whileLocked(ledger, found, () => refund(ledger, params.id!, options));
  return { status: 201, body: { ...transactionRecord(row), allow_overdraft: true } };
}

export function readTransactionById({ instance, params }: Call): Answer {
  const row = instance.ledger.transactions.get(params.id!);
  if (row === undefined) throw new CoreError("TXN_NOT_FOUND", `Transaction with ID '${params.id}' not found`);
  return { status: 200, body: withoutEffectiveDate(transactionRecord(row)) };
}

export function readTransactionByReference({ instance, params }: Call): Answer {
  const [row] = instance.ledger.transactions.find("reference", params.reference!);
  if (row === undefined)
    throw new CoreError("TXN_NOT_FOUND", `Transaction with reference '${params.reference}' not found`);
  return { status: 200, body: withoutEffectiveDate(transactionRecord(row)) };
}

export function readTransactionLineage({ instance, params }: Call): Answer {
  const row = instance.ledger.transactions.get(params.id!);
  if (row === undefined) throw new CoreError("TXN_NOT_FOUND", `Transaction with ID '${params.id}' not found`);
  const shadows = instance.ledger.transactions.find("shadow_for", row.transaction_id);
  const { BLNK_FUND_ALLOCATION: fund_allocation } = row.meta_data;
  return {
    status: 200,
    body: {
      transaction_id: row.transaction_id,
      ...(fund_allocation !== undefined && { fund_allocation }),
      shadow_transactions: shadows.map(transactionRecord),
    },
  };
}

function readBulkItem(item: unknown, index: number, switches: Call["switches"]): TransactionRequest {
  const injected = switches.bulk_injection
    ? { precision: CLOUD_PRECISION, reference: `ref_${randomUUID()}` }
    : undefined;
  try {
    return readTransaction(new BodyObject(item), injected, switches.core_version);
  } catch (error) {
    if (!(error instanceof CoreError) || error.body !== "errors") throw error;
    throw new CoreError(error.code, `transactions[${index}]: ${error.message}`, "errors", { index });
  }
}

/** Core answers a POST with the request's own flags, most of which it then forgets. */
function replyOf(request: TransactionRequest, { row, legs }: Recorded): Json {
  const idOf = new Map(legs.map((leg) => [leg.identifier, leg.transaction_id]));
  const withIds = (items: TransactionRequest["sources"]) =>
    items.map((item) => ({ ...item, transaction_id: idOf.get(item.identifier) ?? "" }));
  const amount_string =
    request.amount === undefined ? formatQuotient(request.precise_amount, request.precision) : undefined;
  const { source, destination, ...record } = transactionRecord(row);
  return {
    ...record,
    ...(request.sources.length > 0 ? { sources: withIds(request.sources) } : { source }),
    ...(request.destinations.length > 0 ? { destinations: withIds(request.destinations) } : { destination }),
    ...(amount_string !== undefined && { amount_string }),
    allow_overdraft: request.allow_overdraft,
    overdraft_limit: request.overdraft_limit,
    inflight: request.inflight,
    skip_queue: request.skip_queue,
    atomic: request.atomic,
    inflight_expiry_date: instantOrZero(request.inflight_expiry_date),
    inflight_commit_date: instantOrZero(request.inflight_commit_date),
  };
}

function withoutEffectiveDate(found: Json): Json {
  const { effective_date: _, ...record } = found;
  return record;
}
