import { CloudError } from "./cloud-error.ts";
import { exactInteger, type JsonObject, type JsonValue } from "./transport/lossless-json.ts";
import { NOT_SHOWN } from "./transport/slim-json.ts";

/*
 * Cloud's own shapes are not documented, so fields are read leniently into strict types: a field that is absent, null
 * or of another type is undefined, and what is undefined is not known. In particular no amount is ever read as 0
 * because it is missing.
 */

export function readObject(value: JsonValue | undefined): JsonObject {
  if (!isObject(value)) throw new CloudError("malformed", { reason: "not an object" });
  return value;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An id, without which a record is of no use. @throws CloudError `malformed` */
export function readId(value: JsonValue | undefined): string {
  const id = readText(value);
  if (id === undefined) throw new CloudError("malformed", { reason: "no id" });
  return id;
}

/** Text that has something in it; Blnk sends "" where there is nothing. */
export function readText(value: JsonValue | undefined): string | undefined {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** An integer sent as a number, a bigint or text ("12", "12.0", "1e3"); undefined unless it is exactly one. */
export function readInteger(value: JsonValue | undefined): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "string") return exactInteger(value);
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : undefined;
}

export function readFlag(value: JsonValue | undefined): boolean {
  return value === true || value === "true";
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}/;

/** An RFC 3339 time in ms UTC; undefined for Go's zero time (year 1), which Blnk sends for "not set". */
export function readTime(value: JsonValue | undefined): number | undefined {
  if (typeof value !== "string" || !TIMESTAMP.test(value) || value < "0002") return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

/** Metadata as it came, or {} when there is none. */
export function readMetadata(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** Whether only single values of it were kept, so that nothing may be written back from what was read. */
export function isCut(meta_data: JsonObject): boolean {
  return Object.hasOwn(meta_data, NOT_SHOWN);
}

export function readList(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
