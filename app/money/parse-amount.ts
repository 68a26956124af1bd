/** Why a text is not an amount; the words for people belong to the form that asked. */
export type AmountError = "empty" | "too_long" | "not_a_number" | "not_whole";

export const MAX_AMOUNT_LENGTH = 60;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Reads a plain decimal in major units ("10.50", "-3") as minor units.
 *
 * `precision` is how many minor units make one major unit (100 for cents); it may be any integer of at least 1.
 * Value × precision must be a whole number: nothing is ever rounded. No grouping, no exponent, no plus sign.
 */
export function parseAmount(text: string, precision: bigint): bigint | AmountError {
  const trimmed = text.trim();
  if (trimmed === "") return "empty";
  if (trimmed.length > MAX_AMOUNT_LENGTH) return "too_long";
  const match = DECIMAL.exec(trimmed);
  if (match === null) return "not_a_number";
  const [, sign, whole = "", fraction = ""] = match;
  const scaled = BigInt(whole + fraction) * precision;
  const divisor = 10n ** BigInt(fraction.length);
  if (scaled % divisor !== 0n) return "not_whole";
  const minor = scaled / divisor;
  return sign === "-" ? -minor : minor;
}
