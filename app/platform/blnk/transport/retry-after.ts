import { readHttpDate } from "./http-date.ts";

/** A day: nobody waits longer, and a timer cannot hold much more than three weeks. */
const LONGEST_MS = 86_400_000;

/**
 * `Retry-After` in milliseconds, from seconds or an HTTP date. What is in the past is 0; what is no time at all, or
 * repeated, is undefined: then our own backoff decides.
 */
export function readRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== "string") return undefined;
  const text = header.trim();
  if (/^\d{1,15}$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_MS);
  const at = readHttpDate(text);
  return at === undefined ? undefined : Math.min(Math.max(at - now, 0), LONGEST_MS);
}
