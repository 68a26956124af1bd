export type AmountFormat = {
  /** Put before the digits: `USD 12.00`. */
  currency?: string;
  /** Groups of three, as people read them; off for CSV, JSON and form fields. Default true. */
  grouping?: boolean;
};

/**
 * Writes minor units as an exact amount in major units; no digit is ever rounded away.
 *
 * A precision made of twos and fives only (1, 100, 1000, 8 …) always gives the same number of decimals, the fewest
 * that hold one minor unit. For any other (3, 60 …) most amounts have no finite decimal: those are written as a mixed
 * fraction in lowest terms, `USD 33 1/3`.
 *
 * @throws RangeError when precision is below 1
 */
export function formatAmount(
  minor: bigint,
  precision: bigint,
  { currency, grouping = true }: AmountFormat = {},
): string {
  if (precision < 1n) throw new RangeError("A precision is an integer of at least 1");
  const magnitude = minor < 0n ? -minor : minor;
  const whole = (magnitude / precision).toString();
  const digits =
    (grouping ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole) +
    fractionDigits(magnitude % precision, precision);
  const signed = minor < 0n ? `-${digits}` : digits;
  return currency ? `${currency} ${signed}` : signed;
}

function fractionDigits(remainder: bigint, precision: bigint): string {
  const decimals = decimalsOf(precision);
  if (decimals === 0) return "";
  if (decimals !== undefined) {
    const scaled = (remainder * 10n ** BigInt(decimals)) / precision;
    return `.${scaled.toString().padStart(decimals, "0")}`;
  }
  if (remainder === 0n) return "";
  const divisor = greatestCommonDivisor(remainder, precision);
  return ` ${remainder / divisor}/${precision / divisor}`;
}

/** How many decimals one minor unit needs, or undefined where 1 / precision never ends. */
function decimalsOf(precision: bigint): number | undefined {
  const [withoutTwos, twos] = divideOut(precision, 2n);
  const [rest, fives] = divideOut(withoutTwos, 5n);
  return rest === 1n ? Math.max(twos, fives) : undefined;
}

function divideOut(value: bigint, factor: bigint): [rest: bigint, times: number] {
  let rest = value;
  let times = 0;
  for (; rest % factor === 0n; times += 1) rest /= factor;
  return [rest, times];
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}
