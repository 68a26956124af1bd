/** What Blnk sends, read without loss: an integer beyond 2^53 is a bigint. */
export type JsonValue = string | number | bigint | boolean | null | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

const MAX_DEPTH = 64;
/** Far beyond any amount, and short of where reading a bigint becomes slow. */
const MAX_DIGITS = 1_000;

/**
 * Parses JSON without losing digits. Integers within ±2^53 are numbers, larger ones bigint, however they are written
 * (`1e21`, `9007199254740993.0`). Any other that no double holds digit for digit (`0.99999999999999999`,
 * `1234567890123.456789`) comes as its text.
 *
 * @throws SyntaxError when it is not JSON or nests deeper than 64 levels
 */
export function parseJson(text: string): JsonValue {
  refuseDepth(text);
  // The reviver makes parsing several times slower: only for texts with a number that a double may not hold.
  const value: unknown = MAY_LOSE_DIGITS.test(text) ? JSON.parse(text, revive) : JSON.parse(text);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON holds nothing else
  return value as JsonValue;
}

/**
 * Writes JSON with bigints as bare integer literals, which is the only form Core accepts for `precise_amount`.
 *
 * @throws TypeError for NaN and infinities, which JSON would silently turn into null
 */
export function stringifyJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return JSON.rawJSON(item.toString());
    if (typeof item === "number" && !Number.isFinite(item)) throw new TypeError("JSON has no such number");
    return item;
  });
}

/** A decimal such as "10.50" as a bare JSON number, digit for digit. */
export function jsonDecimal(text: string): object {
  if (!NUMBER.test(text)) throw new TypeError("not a decimal");
  return JSON.rawJSON(text);
}

/** The integer that a JSON number's text stands for, or undefined when it is not one (or has over 1000 digits). */
export function exactInteger(text: string): bigint | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  if (whole === "") return undefined;
  const digits = whole + fraction;
  const shift = Number(exponent) - fraction.length;
  if (Math.abs(shift) + digits.length > MAX_DIGITS) return undefined;
  const kept = Math.max(digits.length + Math.min(shift, 0), 0);
  if (/[1-9]/.test(digits.slice(kept))) return undefined;
  const integer = BigInt(digits.slice(0, kept) + "0".repeat(Math.max(shift, 0)));
  return sign === "-" ? -integer : integer;
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** In a number's place, so that the digits of ids and hashes do not count. */
const MAY_LOSE_DIGITS = /(?:^|[:,[])\s*-?(?:[\d.]{16}|[\d.]+[eE])/;

declare global {
  interface JSON {
    /** In Node since 22, and not yet in TypeScript's library; nor is the third argument of a reviver. */
    rawJSON(text: string): object;
  }
}

function revive(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== "number" || source === undefined) return value;
  if (Number.isFinite(value) && !Number.isInteger(value))
    return isSameDecimal(String(value), source) ? value : source;
  const exact = exactInteger(source);
  if (exact === undefined) return source;
  return Number.isSafeInteger(value) ? value : exact;
}

function isSameDecimal(a: string, b: string): boolean {
  const [mantissa = "", exponent = "0"] = b.split(/e/i);
  const places = (mantissa.split(".")[1]?.length ?? 0) - Number(exponent);
  const integer = exactInteger(shiftPoint(b, places));
  return integer !== undefined && integer === exactInteger(shiftPoint(a, places));
}

function shiftPoint(decimal: string, places: number): string {
  const [mantissa, exponent = "0"] = decimal.split(/e/i);
  return `${mantissa}e${Number(exponent) + places}`;
}

/** Before the parser: JSON.parse accepts a nesting that everything after it would choke on. */
function refuseDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > MAX_DEPTH) throw new SyntaxError("JSON nests too deep");
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      default:
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
}
