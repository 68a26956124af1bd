import { CoreError } from "./core-error.ts";
import { type Decimal, compare, parseDecimal, subtract, times, truncate } from "./decimal.ts";

export type Distribution = {
  identifier: string;
  distribution: string;
  precise_distribution: string | undefined;
};

export type Share = { identifier: string; amount: bigint };

const ZERO: Decimal = { digits: 0n, scale: 0 };

/**
 * Divides a total among items as Core does: fixed amounts first, then percentages of the total, then `left`; whatever
 * truncation leaves over goes to the largest share. Shares below one minor unit come out as 0, and an under-allocation
 * is no error: the largest share takes the rest.
 */
export function splitTotal(total: bigint, items: Distribution[], precision: bigint): Share[] {
  const shares = new Map(items.map(({ identifier }) => [identifier, 0n]));
  if (total <= 1n) {
    shares.set(items[0]!.identifier, total);
    return sharesOf(shares);
  }
  let rest: Decimal = { digits: total, scale: 0 };
  let percents = ZERO;
  for (const item of items) {
    const amount = fixedAmount(item, precision);
    if (amount === undefined) continue;
    if (compare(amount, rest) > 0) throw splitError("fixed amount exceeds remaining transaction amount");
    shares.set(item.identifier, truncate(amount));
    rest = subtract(rest, amount);
  }
  for (const item of items) {
    const percent = percentage(item);
    if (percent === undefined) continue;
    percents = subtract(percents, { digits: -percent.digits, scale: percent.scale });
    if (compare(percents, { digits: 100n, scale: 0 }) > 0) throw overAllocation();
    const amount = { digits: percent.digits * total, scale: percent.scale + 2 };
    shares.set(item.identifier, truncate(amount));
    rest = subtract(rest, amount);
  }
  if (compare(rest, ZERO) < 0) throw overAllocation();
  const left = items.find(isLeft);
  if (left !== undefined) shares.set(left.identifier, truncate(rest));
  return giveRemainder(total, shares);
}

function giveRemainder(total: bigint, shares: Map<string, bigint>): Share[] {
  const given = [...shares.values()].reduce((sum, amount) => sum + amount, 0n);
  const [largest] = [...shares].reduce((best, share) => (share[1] > best[1] ? share : best));
  shares.set(largest, shares.get(largest)! + total - given);
  return sharesOf(shares);
}

function sharesOf(shares: Map<string, bigint>): Share[] {
  return [...shares].map(([identifier, amount]) => ({ identifier, amount }));
}

function isLeft(item: Distribution): boolean {
  return item.precise_distribution === undefined && item.distribution === "left";
}

function fixedAmount(item: Distribution, precision: bigint): Decimal | undefined {
  if (item.precise_distribution !== undefined) return readNumber(item.precise_distribution);
  if (isLeft(item) || item.distribution.endsWith("%")) return undefined;
  return times(readNumber(item.distribution), precision);
}

function percentage(item: Distribution): Decimal | undefined {
  if (item.precise_distribution !== undefined || !item.distribution.endsWith("%")) return undefined;
  return readNumber(item.distribution.slice(0, -1));
}

function readNumber(text: string): Decimal {
  const value = parseDecimal(text.trim());
  if (value === undefined || value.digits < 0n) throw splitError(`invalid distribution '${text}'`);
  return value;
}

function overAllocation(): CoreError {
  return splitError("total distributions exceed 100% or total amount");
}

function splitError(message: string): CoreError {
  return new CoreError("TXN_VALIDATION_ERROR", `failed to split transaction: ${message}`);
}
