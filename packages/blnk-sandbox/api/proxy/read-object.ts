import { asNumber, isObject, parseJson } from "../../json.ts";
import { CoreError } from "../../ledger/core-error.ts";
import { type Micros, parseInstant } from "../../ledger/instant.ts";
import type { MetaData } from "../../ledger/rows.ts";

/**
 * A JSON object read as Go reads one into a struct: an absent or null member has its zero value, one of another type
 * makes the whole body "Invalid input".
 */
export class BodyObject {
  readonly #members: Record<string, unknown>;
  readonly #key: "error" | "errors";

  /** `key` names where Core puts the text of a refusal on this route. */
  constructor(value: unknown, key: "error" | "errors" = "error") {
    if (!isObject(value)) throw malformed(key);
    this.#members = value;
    this.#key = key;
  }

  has(name: string): boolean {
    return (this.#members[name] ?? null) !== null;
  }

  text(name: string): string {
    return this.#read(name, "", (value) => (typeof value === "string" ? value : undefined));
  }

  flag(name: string): boolean {
    return this.#read(name, false, (value) => (typeof value === "boolean" ? value : undefined));
  }

  /** A float64. */
  number(name: string): number {
    return this.#read(name, 0, asNumber);
  }

  /** A big.Int: only a bare integer literal will do. */
  integer(name: string): bigint | undefined {
    return this.#read<bigint | undefined>(name, undefined, (value) => {
      if (typeof value === "bigint") return value;
      return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : undefined;
    });
  }

  instant(name: string): Micros | undefined {
    return this.#read<Micros | undefined>(name, undefined, (value) =>
      typeof value === "string" ? parseInstant(value) : undefined,
    );
  }

  map(name: string): MetaData | undefined {
    return this.#read<MetaData | undefined>(name, undefined, (value) =>
      isObject(value) ? value : undefined,
    );
  }

  list(name: string): unknown[] {
    return this.#read<unknown[]>(name, [], (value) => (Array.isArray(value) ? value : undefined));
  }

  #read<T>(name: string, absent: T, convert: (value: unknown) => T | undefined): T {
    if (!this.has(name)) return absent;
    const value = convert(this.#members[name]);
    if (value === undefined) throw malformed(this.#key);
    return value;
  }
}

export function readObject(body: string, key: "error" | "errors" = "error"): BodyObject {
  try {
    return new BodyObject(parseJson(body), key);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed(key);
    throw error;
  }
}

function malformed(key: "error" | "errors"): CoreError {
  return new CoreError("GEN_MALFORMED_REQUEST", "Invalid input", key);
}

/** Problems by field, worded as Core's validator words them, or undefined when there are none. */
export function wordProblems(problems: Record<string, string | undefined>): string | undefined {
  const found = Object.entries(problems).filter(([, problem]) => problem !== undefined);
  if (found.length === 0) return undefined;
  return `${found
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([field, problem]) => `${field}: ${problem}`)
    .join("; ")}.`;
}

/** Core asks for a text, not for one that says anything: a blank is one. */
export function blank(text: string): string | undefined {
  return text === "" ? "cannot be blank" : undefined;
}
