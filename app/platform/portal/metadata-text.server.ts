import type { JsonObject } from "#app/platform/blnk/transport/lossless-json.ts";

/** Metadata as JSON for people, every digit of it. */
export function metadataText(metadata: JsonObject): string {
  return JSON.stringify(metadata, keepDigits, 2);
}

function keepDigits(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? JSON.rawJSON(value.toString()) : value;
}
