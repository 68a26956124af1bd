/** An exact decimal: `digits / 10^scale`. */
export type Decimal = { digits: bigint; scale: number };

const LITERAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

export function parseDecimal(text: string): Decimal | undefined {
  const match = LITERAL.exec(text);
  if (match === null) return undefined;
  const fraction = match[3] ?? "";
  const digits = BigInt(`${match[1]}${match[2]}${fraction}`);
  const scale = fraction.length - Number(match[4] ?? 0);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

export function times(value: Decimal, factor: bigint): Decimal {
  return { digits: value.digits * factor, scale: value.scale };
}

export function subtract(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { digits: rescaled(left, scale) - rescaled(right, scale), scale };
}

export function compare(left: Decimal, right: Decimal): number {
  const { digits } = subtract(left, right);
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

export function truncate(value: Decimal): bigint {
  return value.digits / 10n ** BigInt(value.scale);
}

export function roundHalfAway(value: Decimal): bigint {
  const unit = 10n ** BigInt(value.scale);
  const half = value.digits < 0n ? -unit : unit;
  return (value.digits * 2n + half) / (unit * 2n);
}

/** `minor / precision` written out, or undefined when the fraction does not end. */
export function formatQuotient(minor: bigint, precision: bigint): string | undefined {
  const sign = minor < 0n ? "-" : "";
  const size = minor < 0n ? -minor : minor;
  let rest = size % precision;
  let fraction = "";
  for (; rest !== 0n && fraction.length < 40; rest %= precision) {
    rest *= 10n;
    fraction += String(rest / precision);
  }
  if (rest !== 0n) return undefined;
  return `${sign}${size / precision}${fraction === "" ? "" : `.${fraction}`}`;
}

function rescaled(value: Decimal, scale: number): bigint {
  return value.digits * 10n ** BigInt(scale - value.scale);
}
