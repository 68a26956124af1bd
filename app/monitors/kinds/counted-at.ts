import { OVERLAP_MS, type SeenTransaction } from "./facts.ts";

/** When a row counts: as it was created, or as it was first seen if it appeared later than scans look back. */
export function countedAt({ created_at, first_seen_at }: SeenTransaction): number {
  if (created_at === undefined) return first_seen_at;
  return first_seen_at - created_at > OVERLAP_MS ? first_seen_at : created_at;
}
