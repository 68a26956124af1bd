import assert from "node:assert/strict";
import { inspect } from "node:util";
import { isObject } from "../json.ts";

/** A JSON object, read loosely: a case looks only at the members it is about. */
export type Body = Record<string, unknown>;

export function objectOf(value: unknown): Body {
  assert.ok(isObject(value), `an object was expected, not ${inspect(value)}`);
  return value;
}

export function listOf(value: unknown): Body[] {
  assert.ok(Array.isArray(value), "a list was expected");
  return value.map(objectOf);
}

/** Minor units, however the target spells them. */
export function integerOf(value: unknown): bigint {
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "string")
    return BigInt(value);
  throw new assert.AssertionError({ message: `an integer was expected, not ${inspect(value)}` });
}
