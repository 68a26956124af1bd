import { isIPv6 } from "node:net";

const MINUTE_MS = 60_000;

/**
 * How often a password may be tried: so many times a minute from one address, and from all together. Beyond that one
 * has to wait; nobody is ever locked out.
 */
export function createAttemptRate({
  perAddress = 5,
  overall = 30,
  now = () => performance.now(),
}: { perAddress?: number; overall?: number; now?: () => number } = {}) {
  // The attempts of the last minute; there are never more than `overall`.
  let attempts: { network: string; at: number }[] = [];
  return {
    /** Counts an attempt and answers 0, or how many milliseconds are left until there may be one. */
    begin(address: string): number {
      const network = networkOf(address);
      attempts = attempts.filter(({ at }) => at > now() - MINUTE_MS);
      const own = attempts.filter((attempt) => attempt.network === network);
      const wait = Math.max(waitFor(own, perAddress), waitFor(attempts, overall));
      if (wait === 0) attempts.push({ network, at: now() });
      return wait;
    },
  };

  function waitFor(made: readonly { at: number }[], most: number): number {
    return made.length < most ? 0 : made[0]!.at + MINUTE_MS - now();
  }
}

/** Whoever has one IPv6 address has its whole /64. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const [head = "", tail = ""] = address.toLowerCase().split("%", 1)[0]!.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const missing = 8 - groups.length - tail.split(":").filter((group) => group !== "").length;
  if (address.includes("::")) groups.push(...Array.from({ length: missing }, () => "0"));
  groups.push(...tail.split(":"));
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
