import { createHash } from "node:crypto";
import type { Micros } from "./instant.ts";
import type { MetaData } from "./rows.ts";
import type { Distribution } from "./split.ts";

/** A transaction as asked for, validated by the API. Either side is one identifier or a split. */
export type TransactionRequest = {
  precise_amount: bigint;
  /** Major units when the caller sent those; the hash is made over it. */
  amount: number | undefined;
  precision: bigint;
  currency: string;
  reference: string;
  description: string;
  source: string;
  destination: string;
  sources: Distribution[];
  destinations: Distribution[];
  allow_overdraft: boolean;
  overdraft_limit: number;
  inflight: boolean;
  skip_queue: boolean;
  atomic: boolean;
  dry_run: boolean;
  effective_date: Micros | undefined;
  scheduled_for: Micros | undefined;
  inflight_expiry_date: Micros | undefined;
  inflight_commit_date: Micros | undefined;
  meta_data: MetaData;
};

type Asked = Pick<
  TransactionRequest,
  "precise_amount" | "precision" | "currency" | "reference" | "description"
> &
  Partial<TransactionRequest>;

/** A request with what was left out at its zero value. */
export function newRequest(asked: Asked): TransactionRequest {
  return {
    amount: undefined,
    source: "",
    destination: "",
    sources: [],
    destinations: [],
    allow_overdraft: false,
    overdraft_limit: 0,
    inflight: false,
    skip_queue: false,
    atomic: false,
    dry_run: false,
    effective_date: undefined,
    scheduled_for: undefined,
    inflight_expiry_date: undefined,
    inflight_commit_date: undefined,
    meta_data: {},
    ...asked,
  };
}

type Hashed = Pick<TransactionRequest, "reference" | "currency" | "source" | "destination"> & {
  amount: number | undefined;
};

export function hashTransaction({ amount = 0, reference, currency, source, destination }: Hashed): string {
  return createHash("sha256").update(`${amount}${reference}${currency}${source}${destination}`).digest("hex");
}
