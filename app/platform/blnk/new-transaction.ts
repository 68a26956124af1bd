import type { JsonObject } from "./transport/lossless-json.ts";

/**
 * A transaction to be recorded. Amount and precision are always both sent: without a precision the same body means 100
 * times different money through Cloud and Core.
 */
export type NewTransaction = {
  /** Minor units. */
  precise_amount: bigint;
  precision: bigint;
  currency: string;
  /** A balance id, or an `@indicator`. */
  source: string;
  destination: string;
  /** Made with `createReference` and stored before the call. */
  reference: string;
  description: string;
  inflight?: boolean;
  /** Applied before the answer, so that errors are real; else a queue does it later. */
  skip_queue?: boolean;
  allow_overdraft?: boolean;
  /** Times in ms UTC. */
  effective_date?: number;
  scheduled_for?: number;
  inflight_expiry_date?: number;
  inflight_commit_date?: number;
  meta_data?: JsonObject;
};

const TIMES = ["effective_date", "scheduled_for", "inflight_expiry_date", "inflight_commit_date"] as const;

/** The body Core takes; only known fields, whatever else an object carries. */
export function newTransactionToBody(transaction: NewTransaction): object {
  const { precise_amount, precision, currency, source, destination, reference, description } = transaction;
  const { inflight, skip_queue, allow_overdraft, meta_data } = transaction;
  const times = TIMES.flatMap((field) => {
    const time = transaction[field];
    return time === undefined ? [] : [[field, new Date(time).toISOString()]];
  });
  return {
    precise_amount,
    precision,
    currency,
    source,
    destination,
    reference,
    description,
    inflight,
    skip_queue,
    allow_overdraft,
    meta_data,
    ...Object.fromEntries(times),
  };
}
