import { CloudError, TOO_LARGE } from "./cloud-error.ts";
import { type Filter, filtersToBody, filtersToQuery, type Resource } from "./filters.ts";
import { isObject, readFlag, readInteger } from "./read-fields.ts";
import { readDetail } from "./records.ts";
import type { Call } from "./transport/call.server.ts";
import type { JsonObject, JsonValue } from "./transport/lossless-json.ts";
import { cloudPath } from "./transport/request.ts";

type ListQuery<R extends Resource> = {
  filters?: readonly Filter<R>[];
  /** From 1. */
  page?: number;
  /** A wish: Cloud may send fewer or more. */
  pageSize?: number;
  /** Ask for a counted total, for a number that people are shown. Transactions only; the others always count. */
  exactTotal?: boolean;
};

type Page<T> = {
  /** In the order they came, which Cloud does not promise. */
  rows: T[];
  /** How many match; undefined when Cloud did not say or only guessed. */
  total: number | undefined;
  /** Cloud's guess when it did not count: for people to read, never to page by. */
  estimate?: number;
};

type ScanQuery<R extends Resource, T> = {
  filters?: readonly Filter<R>[];
  /** Rows created later (ms UTC) are left out, so that paging stays over a fixed set; undefined for a small set. */
  createdUntil: number | undefined;
  pageSize?: number;
  /** Above so many, nothing is read. */
  most?: number;
  /**
   * Told of each row that cannot be read even alone, which is then left out; `before` is the row that came before it.
   * Without this, such a row is an error.
   */
  onUnreadable?: (before: T | undefined) => void;
};

export type Collection<R extends Resource, T> = {
  list: (query?: ListQuery<R>) => Promise<Page<T>>;
  /** @throws CloudError `not_found` */
  get: (id: string) => Promise<T>;
  /**
   * Every row that matches, once each, a page at a time: until a page is empty or as many rows were seen as Cloud
   * counted. An error on the way is thrown, so an end without one is the end of the rows.
   *
   * @throws TooManyRows
   */
  scan: (query: ScanQuery<R, T>) => AsyncGenerator<T[], void, undefined>;
};

/** More match than were to be read. */
export class TooManyRows extends Error {
  readonly total: number;

  constructor(total: number) {
    super(`${total} rows are too many`);
    this.total = total;
  }
}

const PAGE_SIZE = 100;
/** Pages asked for at once in a scan; the install's own limit is the same. */
const PAGES_AHEAD = 4;
/** A server that ignores `page` would send the same rows for ever. */
const STALE_PAGES = 3;
/** Rows that repeat because the table grew are not far apart. */
const RECENT_PAGES = 50;
/** Into how many a page that cannot be read is split. */
const PARTS = 10;

const FILTER_PATHS = {
  ledgers: cloudPath`/ledger/filter`,
  balances: cloudPath`/balances/filter`,
  transactions: cloudPath`/transactions/filter`,
  identities: cloudPath`/identities/filter`,
} as const;

/** Lists and details of one kind of record: the Data API, or the Filters API for what a query string cannot say. */
export function createCollection<R extends Resource, T>(
  call: Call,
  resource: R,
  idField: keyof T & string,
  read: (row: JsonValue) => T,
): Collection<R, T> {
  async function list({ filters = [], page = 1, pageSize, exactTotal }: ListQuery<R> = {}): Promise<Page<T>> {
    const strict = exactTotal === true && resource === "transactions";
    const query = strict ? undefined : filtersToQuery(resource, filters);
    const paging: [string, string][] = [["page", String(page)]];
    if (pageSize !== undefined) paging.push(["pageSize", String(pageSize)]);
    const body = query
      ? await call({
          method: "GET",
          path: { path: `/data/${resource}`, route: `/data/${resource}` },
          query: [...query, ...paging],
          scope: "data:read",
          repeatable: true,
        })
      : await call({
          method: "POST",
          path: FILTER_PATHS[resource],
          query: strict ? [...paging, ["strict_total", "true"]] : paging,
          body: filtersToBody(resource, filters),
          scope: "data:read",
          repeatable: true,
        });
    return readPage(body, read);
  }

  async function get(id: string): Promise<T> {
    const detail = cloudPath`/${id}`;
    const body = await call({
      method: "GET",
      path: { path: `/data/${resource}${detail.path}`, route: `/data/${resource}${detail.route}` },
      scope: "data:read",
      repeatable: true,
    });
    const row = readDetail(body, idField);
    if (row === undefined) throw new CloudError("not_found");
    return read(row);
  }

  async function* scan({
    filters = [],
    createdUntil,
    pageSize = PAGE_SIZE,
    most = Infinity,
    onUnreadable,
  }: ScanQuery<R, T>) {
    const bounded: Filter<R>[] = [...filters];
    if (createdUntil !== undefined)
      bounded.push({ field: "created_at", operator: "lte", value: createdUntil });
    const ask: ActionRequestPage<T> = (page, size) => list({ filters: bounded, page, pageSize: size });
    const ahead = new Map<number, Promise<Page<T>>>();
    const isNew = createRecent(PAGE_SIZE * RECENT_PAGES);
    let seen = 0;
    let perPage = pageSize;
    let lastExpected = 1;
    let stale = 0;
    for (let page = 1; ; page += 1) {
      const lastAhead = Math.max(page, Math.min(page + PAGES_AHEAD - 1, lastExpected));
      for (let next = page; next <= lastAhead; next += 1) {
        if (ahead.has(next)) continue;
        const asked = ask(next, pageSize);
        // It is awaited in its turn; until then, or when a page before it fails, nobody listens.
        asked.catch(() => undefined);
        ahead.set(next, asked);
      }
      const part = { begin: (page - 1) * perPage, rows: perPage, size: pageSize };
      const { rows, total, unread } = await ahead
        .get(page)!
        .then((read) => ({ ...read, unread: 0 }))
        .catch((error: unknown) => readInParts(ask, part, error, onUnreadable));
      ahead.delete(page);
      if (page === 1 && total !== undefined && total > most) throw new TooManyRows(total);
      if (rows.length + unread === 0) return;
      const fresh = rows.filter((row) => isNew(row[idField]));
      seen += fresh.length + unread;
      stale = fresh.length + unread === 0 ? stale + 1 : 0;
      if (stale === STALE_PAGES) throw new CloudError("malformed", { reason: "paging" });
      if (fresh.length > 0) yield fresh;
      if (total !== undefined && seen >= total) return;
      if (page === 1 && unread === 0 && total !== undefined) {
        perPage = rows.length;
        lastExpected = Math.ceil(total / rows.length);
      }
    }
  }

  return { list, get, scan };
}

type ActionRequestPage<T> = (page: number, size: number) => Promise<Page<T>>;
type Part = {
  /** How many rows come before it, and how many are in it. */
  begin: number;
  rows: number;
  /** What was asked for as one page, in vain. */
  size: number;
};

/** Reads a page that is too large, or that one of its rows spoils, in ever smaller pages, down to single rows. */
async function readInParts<T>(
  ask: ActionRequestPage<T>,
  { begin, rows: length, size }: Part,
  error: unknown,
  onUnreadable: ((before: T | undefined) => void) | undefined,
): Promise<Page<T> & { unread: number }> {
  if (size === 1 || !isOfItsRows(error, onUnreadable !== undefined)) throw error;
  const part = Math.max(1, Math.floor(size / PARTS));
  const rows: T[] = [];
  let unread = 0;
  let spoiled = 0;
  for (let at = begin; at < begin + length;) {
    const page = Math.floor(at / part) + 1;
    const end = page * part;
    const found = await ask(page, part)
      .then((read) => ({ ...read, unread: 0 }))
      .catch(async (failure: unknown) => {
        if (part > 1) {
          return readInParts(ask, { begin: end - part, rows: part, size: part }, failure, onUnreadable);
        }
        spoiled += isTooLarge(failure) ? 0 : 1;
        // Where not even its neighbours can be read, it is not the row.
        const isAlone = rows.length === 0 && spoiled > 1;
        if (isAlone || !onUnreadable || !isOfItsRows(failure, true)) throw failure;
        onUnreadable(rows.at(-1));
        return { rows: [], unread: 1 };
      });
    if (found.rows.length > part) throw error;
    if (found.rows.length + found.unread === 0) break;
    rows.push(...found.rows.slice(Math.max(at - (end - part), 0)));
    unread += found.unread;
    at = end;
  }
  if (rows.length === 0 && spoiled > 0) throw error;
  return { rows, total: undefined, unread };
}

/** Whether an answer may be read in parts; without somebody to tell of a row that cannot be, only if it is too large. */
function isOfItsRows(error: unknown, mayLose: boolean): boolean {
  if (isTooLarge(error)) return true;
  if (!(error instanceof CloudError) || !mayLose) return false;
  return error.code === "malformed" || (error.status === 500 && error.coreCode === undefined);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof CloudError && error.reason === TOO_LARGE;
}

/** Whether something is seen for the first time, among the last so many. */
function createRecent(most: number): (id: unknown) => boolean {
  const seen = new Set<unknown>();
  return (id) => {
    if (seen.has(id)) return false;
    seen.add(id);
    if (seen.size > most) for (const oldest of seen) return seen.delete(oldest);
    return true;
  };
}

function readPage<T>(body: JsonValue, read: (row: JsonValue) => T): Page<T> {
  if (Array.isArray(body)) return { rows: body.map(read), total: undefined };
  // An empty list may come as null.
  const data = isObject(body) && (body["data"] === null ? [] : body["data"]);
  if (!isObject(body) || !Array.isArray(data)) throw new CloudError("malformed", { reason: "not a list" });
  return { rows: data.map(read), ...readTotal(body, data.length) };
}

function readTotal(body: JsonObject, rows: number): Pick<Page<unknown>, "total" | "estimate"> {
  const total = readInteger(body["total"]);
  if (total === undefined || total < BigInt(rows)) return { total: undefined };
  const estimated = readFlag(body["total_is_estimate"]) || body["total_source"] === "estimate";
  return estimated ? { total: undefined, estimate: Number(total) } : { total: Number(total) };
}
