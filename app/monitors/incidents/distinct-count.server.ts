import { hash } from "node:crypto";

/**
 * How many different values there were, within about 3 %, in a kilobyte however many (HyperLogLog, Flajolet et al. 2007).
 * One that is added again changes nothing.
 */
export type DistinctCount = Uint8Array;

const INDEX_BITS = 10;
const REGISTERS = 2 ** INDEX_BITS;

export function emptyCount(): DistinctCount {
  return new Uint8Array(REGISTERS);
}

export function addValue(count: DistinctCount, value: string): void {
  const digest = hash("sha256", value, "buffer");
  const register = digest.readUInt32BE(0) >>> (32 - INDEX_BITS);
  const rank = Math.clz32(digest.readUInt32BE(4)) + 1;
  count[register] = Math.max(count[register]!, rank);
}

export function estimate(count: DistinctCount): number {
  let sum = 0;
  let empty = 0;
  for (const rank of count) {
    sum += 2 ** -rank;
    if (rank === 0) empty += 1;
  }
  const raw = ((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS ** 2) / sum;
  const isSmall = raw <= 2.5 * REGISTERS && empty > 0;
  return Math.round(isSmall ? REGISTERS * Math.log(REGISTERS / empty) : raw);
}
