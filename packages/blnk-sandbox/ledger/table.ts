import type { Micros } from "./instant.ts";

type Row = { created_at: Micros };

/** Rows in the order of (created_at, id), found by id and by the keys of the given indexes. Nothing is ever deleted. */
export class Table<R extends Row> {
  /** Grows with each change, so that a cached answer knows when it is stale. */
  version = 0;
  /** Answers to past queries, kept by whoever makes them, with the version that they are good for. */
  readonly selections = new Map<string, { version: number; rows: R[] }>();
  readonly idOf: (row: R) => string;
  readonly #idField: string;
  readonly #rows: R[] = [];
  readonly #byId = new Map<string, R>();
  readonly #indexes: { name: string; keysOf: (row: R) => string[]; rows: Map<string, R[]> }[];

  constructor(idField: string, idOf: (row: R) => string, indexes: Record<string, (row: R) => string[]> = {}) {
    this.#idField = idField;
    this.idOf = idOf;
    this.#indexes = Object.entries(indexes).map(([name, keysOf]) => ({ name, keysOf, rows: new Map() }));
  }

  insert(row: R): R {
    this.#rows.splice(this.#placeOf(row), 0, row);
    this.#byId.set(this.idOf(row), row);
    for (const { keysOf, rows } of this.#indexes) {
      for (const key of new Set(keysOf(row))) {
        const found = rows.get(key);
        if (found === undefined) rows.set(key, [row]);
        else found.push(row);
      }
    }
    this.version += 1;
    return row;
  }

  /** Says that a row's fields, but none that an index or the order reads, have changed. */
  touch(): void {
    this.version += 1;
  }

  get(id: string): R | undefined {
    return this.#byId.get(id);
  }

  hasIndex(field: string): boolean {
    return field === this.#idField || this.#indexes.some(({ name }) => name === field);
  }

  /** Rows by an index or by id, in the order of their insertion. */
  find(field: string, key: string): readonly R[] {
    if (field === this.#idField) return this.#byId.has(key) ? [this.#byId.get(key)!] : [];
    const index = this.#indexes.find(({ name }) => name === field);
    if (index === undefined) throw new Error(`there is no index on ${field}`);
    return index.rows.get(key) ?? [];
  }

  all(): readonly R[] {
    return this.#rows;
  }

  /** The order of the table, for sorting a part of it. */
  compare(left: R, right: R): number {
    return left.created_at - right.created_at || compareText(this.idOf(left), this.idOf(right));
  }

  /** The position of the first row created at or after a moment. */
  positionOf(at: Micros): number {
    return bisect(this.#rows, (row) => row.created_at < at);
  }

  #placeOf(row: R): number {
    const last = this.#rows.at(-1);
    if (last === undefined || this.compare(last, row) < 0) return this.#rows.length;
    return bisect(this.#rows, (other) => this.compare(other, row) < 0);
  }
}

export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function bisect<R>(rows: readonly R[], isBefore: (row: R) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(rows[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
