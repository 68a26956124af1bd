import type { Ledger } from "./ledger.ts";
import type { MetaData } from "./rows.ts";

/** The metadata of a row that holds nothing: before 0.15.3 Core left `inflight: true` on commits and voids. */
export function withoutSettledFlag(ledger: Ledger, meta_data: MetaData): MetaData {
  if (!ledger.isSince("0.15.3")) return { ...meta_data };
  const { inflight: _, ...rest } = meta_data;
  return rest;
}
