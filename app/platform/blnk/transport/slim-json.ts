/** Which metadata of records is kept: only these dotted paths, or, when left out, all of a record that is not too large. */
export type KeptMetadata = readonly string[] | undefined;

/** Stands in metadata that was too large to be kept, of which there are only single values. */
export const NOT_SHOWN = "(not shown)";
const WHY_NOT_SHOWN = '"This metadata is too large to show."';

/** What Core itself writes there and we read, however much else there is. */
const SYSTEM_KEYS = [
  "inflight",
  "blnk_rejection_reason",
  "QUEUED_PARENT_TRANSACTION",
  "_shadow_for",
  "allow_overdraft",
  "_provider",
  "_lineage_type",
];

const MAX_DEPTH = 64;
const MAX_KEPT_BYTES = 6 * 1024 * 1024;
const MAX_METADATA_BYTES = 64 * 1024;
/** A longer text is cut there. */
const MAX_TEXT_BYTES = 64 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;

/**
 * Takes the metadata out of an answer while it arrives, so that no size, depth or number of values in it is ever held or
 * parsed: whoever may write metadata must not stop what reads it. Numbers in what is kept that a double may not hold are
 * put in quotes. Metadata that was too large says so under `NOT_SHOWN`.
 */
export class JsonSlimmer {
  readonly #paths: ReadonlySet<string>;
  readonly #prefixes: ReadonlySet<string>;
  readonly #all: boolean;
  #out: Uint8Array[] = [];
  #kept = 0;
  /** The end of what came last, where it ended within a token. */
  #rest: Uint8Array = new Uint8Array();
  #inString = false;
  #escaped = false;
  #depth = 0;
  /** The string before was the key of metadata. */
  #isNamed = false;
  #lastString = "";
  /** Containers that are open in a part of metadata where nothing is wanted. */
  #skipped = 0;
  #metadata: Metadata | undefined;

  constructor(kept: KeptMetadata) {
    const paths = [...SYSTEM_KEYS, ...(kept ?? [])];
    this.#all = kept === undefined;
    this.#paths = new Set(paths);
    this.#prefixes = new Set(paths.flatMap(prefixesOf));
  }

  /** @throws RangeError when what is kept grows too large, SyntaxError when it nests too deep */
  push(chunk: Uint8Array): void {
    this.#rest = this.#take(
      this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]),
      false,
    ).slice();
  }

  /** The slimmed JSON. */
  finish(): Uint8Array {
    this.#take(this.#rest, true);
    return Buffer.concat(this.#out);
  }

  /** @returns what is left: a token whose end has not come */
  #take(bytes: Uint8Array, last: boolean): Uint8Array {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let from = 0;
    let at = 0;
    let metadata = this.#metadata;
    const keep = (end: number) => {
      if (end > from && (!metadata || metadata.raw)) this.#keep(buffer.subarray(from, end));
      from = end;
    };
    const endMetadata = () => {
      keep(at);
      this.#endMetadata();
      metadata = undefined;
    };
    while (at < buffer.length) {
      const byte = buffer[at]!;
      if (this.#inString || byte === QUOTE) {
        const isWhole = !this.#inString;
        const begin = at;
        const end = this.#endOfString(buffer, isWhole ? at + 1 : at);
        if (end === -1 && isWhole && !last && buffer.length - begin < MAX_TEXT_BYTES) {
          this.#escaped = false;
          keep(begin);
          return buffer.subarray(begin);
        }
        this.#inString = end === -1;
        at = end === -1 ? buffer.length : end;
        if (this.#skipped > 0) continue;
        const isShort = isWhole && end !== -1 && end - begin <= MAX_TEXT_BYTES;
        if (!isShort && !metadata) {
          if (isWhole) keep(cutOf(buffer, begin, begin + MAX_TEXT_BYTES));
          if (end !== -1) this.#keep(CLOSING_QUOTE);
          from = at;
        }
        if (end === -1) continue;
        if (!metadata) this.#isNamed = isShort && isMetadataKey(buffer, begin, end);
        else {
          this.#lastString = isShort && metadata.isWay ? buffer.toString("latin1", begin + 1, end - 1) : "";
          metadata.scalar(isShort && metadata.isWanted ? buffer.toString("latin1", begin, end) : undefined);
          if (metadata.isOver) endMetadata();
        }
        continue;
      }
      if (this.#skipped > 0) {
        if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#skipped += 1;
        else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.#skipped -= 1;
        at += 1;
        if (this.#skipped === 0) metadata!.scalar(undefined);
        if (metadata!.isOver) endMetadata();
        continue;
      }
      if (metadata && isScalarByte(byte)) {
        let end = at;
        while (end < buffer.length && isScalarByte(buffer[end]!)) end += 1;
        if (end === buffer.length && !last && end - at < MAX_TEXT_BYTES) {
          keep(at);
          return buffer.subarray(at);
        }
        const text = buffer.toString("latin1", at, end);
        const quoted = MAY_LOSE_DIGITS.test(text) ? `"${text}"` : text;
        if (quoted !== text) {
          keep(at);
          if (metadata.raw) this.#keep(Buffer.from(quoted, "latin1"));
          from = end;
        }
        metadata.scalar(quoted);
        at = end;
        if (metadata.isOver) endMetadata();
        continue;
      }
      at += 1;
      switch (byte) {
        case OPEN_OBJECT:
        case OPEN_ARRAY:
          if (!metadata) {
            if (++this.#depth > MAX_DEPTH) throw new SyntaxError("JSON nests too deep");
          } else if (metadata.raw === undefined && metadata.isDeadEnd(byte === OPEN_OBJECT))
            this.#skipped = 1;
          else if (!metadata.open(byte === OPEN_OBJECT)) this.#dropMetadata();
          break;
        case CLOSE_OBJECT:
        case CLOSE_ARRAY:
          if (!metadata) this.#depth -= 1;
          else {
            metadata.close();
            if (metadata.isOver) endMetadata();
          }
          break;
        case COLON:
          if (metadata) metadata.key(this.#lastString);
          else if (this.#isNamed) {
            keep(at);
            metadata = this.#metadata = new Metadata(this.#paths, this.#prefixes);
            if (this.#all) metadata.raw = { out: this.#out.length, kept: this.#kept };
          }
          this.#isNamed = false;
          break;
        case COMMA:
          metadata?.next();
          break;
        default:
      }
    }
    keep(at);
    return new Uint8Array();
  }

  #endOfString(buffer: Buffer, start: number): number {
    let at = start;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    // Most are short: a call of `indexOf` costs more than a few steps.
    for (const soon = Math.min(at + 64, buffer.length); at < soon; at += 1) {
      const byte = buffer[at]!;
      if (byte === QUOTE) return at + 1;
      if (byte === BACKSLASH) break;
    }
    for (;;) {
      const quote = buffer.indexOf(QUOTE, at);
      const end = quote === -1 ? buffer.length : quote;
      let backslashes = 0;
      while (end - 1 - backslashes >= at && buffer[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
      if (quote === -1) {
        this.#escaped = backslashes % 2 === 1;
        return -1;
      }
      if (backslashes % 2 === 0) return quote + 1;
      at = quote + 1;
    }
  }

  #keep(bytes: Uint8Array): void {
    this.#kept += bytes.length;
    const raw = this.#metadata?.raw;
    if (raw && this.#kept - raw.kept > MAX_METADATA_BYTES) return this.#dropMetadata();
    if (this.#kept > MAX_KEPT_BYTES) throw new RangeError("too much is left");
    this.#out.push(bytes.slice());
  }

  /** Forgets what was kept of it so far but for single values. */
  #dropMetadata(): void {
    const { raw } = this.#metadata!;
    if (!raw) return;
    this.#out.length = raw.out;
    this.#kept = raw.kept;
    this.#metadata!.raw = undefined;
    this.#metadata!.omit();
  }

  #endMetadata(): void {
    const picked = this.#metadata!.raw ? "" : this.#metadata!.write();
    this.#metadata = undefined;
    this.#keep(Buffer.from(picked, "latin1"));
  }
}

const NAME = Buffer.from('"meta_data"');

function isMetadataKey(buffer: Buffer, begin: number, end: number): boolean {
  if (end - begin !== NAME.length) return false;
  return NAME.every((byte, index) => buffer[begin + index] === byte);
}

const CLOSING_QUOTE = Buffer.from('"');
const LONGEST_ESCAPE = 12;

/** Where a string can be cut: not within a character, nor within an escape. */
function cutOf(buffer: Buffer, begin: number, most: number): number {
  for (let cut = most - 1; cut > begin; cut -= 1) {
    const isWithin = (buffer[cut]! & 0xc0) === 0x80;
    if (!isWithin && !buffer.subarray(cut - LONGEST_ESCAPE, cut).includes(BACKSLASH)) return cut;
  }
  return begin + 1;
}

function prefixesOf(path: string): string[] {
  const keys = path.split(".");
  return keys.slice(1).map((_, index) => keys.slice(0, index + 1).join("."));
}

const MAY_LOSE_DIGITS = /^-?(?:[\d.]{16}|[\d.]+[eE])/;

/** Of a number, true, false or null. */
function isScalarByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    byte === 0x45
  );
}

type Tree = Map<string, Tree | string>;

/** One value of metadata as it passes: only the single values at the wanted paths are kept. */
class Metadata {
  raw: { out: number; kept: number } | undefined;
  isOver = false;
  #depth = 0;
  readonly #paths: ReadonlySet<string>;
  readonly #prefixes: ReadonlySet<string>;
  readonly #picked: Tree = new Map();
  /** The path of each object that may hold a wanted value; undefined for the others, and for lists. */
  readonly #ways: (string | undefined)[] = [];
  #path: string | undefined;

  constructor(paths: ReadonlySet<string>, prefixes: ReadonlySet<string>) {
    this.#paths = paths;
    this.#prefixes = prefixes;
  }

  /** Whether a string here may be the key to a wanted value, or one. */
  get isWay(): boolean {
    return this.#ways[this.#depth] !== undefined;
  }

  get isWanted(): boolean {
    return this.#path !== undefined && this.#paths.has(this.#path);
  }

  /** Whether nothing that is wanted can be in a container that opens here. */
  isDeadEnd(isObject: boolean): boolean {
    return !isObject || (this.#depth > 0 && (this.#path === undefined || !this.#prefixes.has(this.#path)));
  }

  /** @returns whether it may still be kept as it is */
  open(isObject: boolean): boolean {
    const way = this.isDeadEnd(isObject) ? undefined : this.#depth === 0 ? "" : `${this.#path}.`;
    this.#depth += 1;
    this.#path = undefined;
    this.#ways[this.#depth] = way;
    return this.#depth < MAX_DEPTH - 4;
  }

  close(): void {
    this.#depth -= 1;
    this.#path = undefined;
    this.isOver = this.#depth === 0;
  }

  key(name: string): void {
    const way = this.#ways[this.#depth];
    this.#path = way === undefined ? undefined : way + name;
  }

  next(): void {
    this.#path = undefined;
  }

  /** @param text as JSON, a byte a character; undefined for one that is too long */
  scalar(text: string | undefined): void {
    if (this.#depth === 0) {
      // No object at all.
      this.isOver = true;
      return;
    }
    if (this.#path === undefined || text === undefined || !this.#paths.has(this.#path)) return;
    const keys = this.#path.split(".");
    let tree = this.#picked;
    for (const key of keys.slice(0, -1)) {
      const below = tree.get(key);
      const next: Tree = typeof below === "object" ? below : new Map();
      tree.set(key, next);
      tree = next;
    }
    tree.set(keys.at(-1)!, text);
  }

  omit(): void {
    this.#picked.set(NOT_SHOWN, WHY_NOT_SHOWN);
  }

  write(tree = this.#picked): string {
    const members = [...tree].map(
      ([key, value]) => `"${key}":${typeof value === "string" ? value : this.write(value)}`,
    );
    return `{${members.join(",")}}`;
  }
}
