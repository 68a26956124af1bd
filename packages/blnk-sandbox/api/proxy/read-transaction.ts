import { CoreError } from "../../ledger/core-error.ts";
import { parseDecimal, roundHalfAway, times } from "../../ledger/decimal.ts";
import { parseInstant } from "../../ledger/instant.ts";
import type { Distribution } from "../../ledger/split.ts";
import type { TransactionRequest } from "../../ledger/transaction-request.ts";
import { type CoreVersion, isSince } from "../../ledger/core-version.ts";
import { BodyObject, blank, wordProblems } from "./read-object.ts";

// A float64 is exact to 15 significant digits; Core refuses an `amount` that has more.
const MOST_DIGITS = 15;

/** What Cloud adds to a body that lacks it; straight to Core it would be precision 1 and a refusal. */
type Injected = { precision: number; reference: string } | undefined;

export function readTransaction(
  body: BodyObject,
  injected: Injected,
  version: CoreVersion,
): TransactionRequest {
  // To Go 0 is absent.
  const precision = body.number("precision") || (injected?.precision ?? 0);
  const sent = {
    precise_amount: body.integer("precise_amount"),
    amount: body.has("amount") ? body.number("amount") : undefined,
    precision,
    currency: body.text("currency"),
    reference: body.has("reference") ? body.text("reference") : (injected?.reference ?? ""),
    description: body.text("description"),
    source: body.text("source").trim(),
    destination: body.text("destination").trim(),
    sources: body.list("sources").map(readDistribution),
    destinations: body.list("destinations").map(readDistribution),
    effective_date: body.instant("effective_date"),
  };
  const times = {
    scheduled_for: body.text("scheduled_for"),
    inflight_expiry_date: body.text("inflight_expiry_date"),
    inflight_commit_date: body.text("inflight_commit_date"),
  };
  const problems = wordProblems({
    ...findProblems(sent),
    ...findTimeProblems(times),
    ...(isSince(version, "0.15.3") && findNewerProblems(sent)),
    ...(isSince(version, "0.15.4") && sent.sources.length > 0 && sent.destinations.length > 0
      ? { sources: "either sources or destinations should be provided, not both" }
      : undefined),
  });
  if (problems !== undefined) throw new CoreError("TXN_VALIDATION_ERROR", problems, "errors");
  const unit = BigInt(precision === 0 ? 1 : precision);
  return {
    ...sent,
    precision: unit,
    precise_amount: sent.precise_amount ?? minorUnits(sent.amount!, unit),
    allow_overdraft: body.flag("allow_overdraft"),
    overdraft_limit: body.number("overdraft_limit"),
    inflight: body.flag("inflight"),
    skip_queue: body.flag("skip_queue"),
    atomic: body.flag("atomic"),
    dry_run: isSince(version, "0.15.3") && body.flag("dry_run"),
    scheduled_for: parseInstant(times.scheduled_for),
    inflight_expiry_date: parseInstant(times.inflight_expiry_date),
    inflight_commit_date: parseInstant(times.inflight_commit_date),
    meta_data: body.map("meta_data") ?? {},
  };
}

export function minorUnits(amount: number, precision: bigint): bigint {
  return roundHalfAway(times(parseDecimal(String(amount))!, precision));
}

type Sent = Pick<
  TransactionRequest,
  "currency" | "reference" | "description" | "source" | "destination" | "sources" | "destinations"
> & { precise_amount: bigint | undefined; amount: number | undefined; precision: number };

function findProblems(sent: Sent): Record<string, string | undefined> {
  return {
    amount: findAmountProblem(sent),
    currency: blank(sent.currency),
    description: blank(sent.description),
    destination: findSideProblem("destination", sent.destination, sent.destinations),
    precision: findPrecisionProblem(sent.precision),
    reference: blank(sent.reference),
    source: findSideProblem("source", sent.source, sent.sources),
  };
}

function findAmountProblem({ amount, precise_amount }: Sent): string | undefined {
  if (amount !== undefined && precise_amount !== undefined) {
    return "either amount or precise_amount should be provided, not both";
  }
  if (precise_amount !== undefined) return undefined;
  if (amount === undefined) return "either amount or precise_amount is required";
  const digits = String(parseDecimal(String(amount))!.digits).length;
  return digits > MOST_DIGITS ? `has more than ${MOST_DIGITS} significant digits` : undefined;
}

/** Before 0.15.3 Core found out only when it posted. */
function findNewerProblems(sent: Sent): Record<string, string> {
  const { amount, precise_amount, source, destination } = sent;
  const isSelf = source !== "" && source === destination;
  return {
    ...((precise_amount ?? 0n) < 0n && { amount: "precise_amount cannot be negative" }),
    ...((amount ?? 0) < 0 && { amount: "amount cannot be negative" }),
    ...(isSelf && { destination: "source and destination cannot be the same balance" }),
  };
}

function findPrecisionProblem(precision: number): string | undefined {
  if (!Number.isInteger(precision)) return "precision must be an integer value";
  return precision < 0 ? "precision must not be negative" : undefined;
}

function findSideProblem(name: string, single: string, many: Distribution[]): string | undefined {
  if (single !== "" && many.length > 0) return `either ${name} or ${name}s should be provided, not both`;
  return many.length > 0 ? undefined : blank(single);
}

function findTimeProblems(times: Record<string, string>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(times).map(([name, text]) => [
      name,
      text === "" || parseInstant(text) !== undefined ? undefined : "must be a valid date",
    ]),
  );
}

function readDistribution(value: unknown): Distribution {
  const item = new BodyObject(value);
  return {
    identifier: item.text("identifier"),
    distribution: item.text("distribution"),
    precise_distribution: item.has("precise_distribution") ? item.text("precise_distribution") : undefined,
  };
}
