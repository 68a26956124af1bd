/**
 * JSON that loses no digit. A whole number beyond double precision arrives as bigint. One that is spelled with a
 * point or an exponent (`1e3`, `10.0`) arrives as its literal, since Core takes it for a float but not for a big.Int.
 * Throws a SyntaxError.
 */
export function parseJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, { source }) => {
    if (typeof value !== "number" || source === undefined) return value;
    if (/^-?\d+$/.test(source)) return Number.isSafeInteger(value) ? value : BigInt(source);
    return Number.isInteger(value) ? JSON.rawJSON(source) : value;
  });
}

/** Writes bigints as bare integers, and literals as they came. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "bigint" ? JSON.rawJSON(String(item)) : item,
  );
}

/** The number behind a value of `parseJson`, rounded to a double as Go's float64 would. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  return JSON.isRawJSON(value) ? Number(value.rawJSON) : undefined;
}

/** A value as PostgreSQL's `->>` gives it: text without quotes, and null for null. */
export function plainText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  return String(asNumber(value) ?? writeJson(value));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type RawJson = { readonly rawJSON: string };

// Node has these since 22; TypeScript's library does not list them yet.
declare global {
  interface JSON {
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
    ): unknown;
    rawJSON(text: string): RawJson;
    isRawJSON(value: unknown): value is RawJson;
  }
}
