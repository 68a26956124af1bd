import { CloudError } from "./cloud-error.ts";
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

type ScanQuery<R extends Resource> = {
  filters?: readonly Filter<R>[];
  /** Rows created later (ms UTC) are left out, so that paging stays over a fixed set; undefined for a small set. */
  createdUntil: number | undefined;
  pageSize?: number;
};

export type Collection<R extends Resource, T> = {
  list: (query?: ListQuery<R>) => Promise<Page<T>>;
  /** @throws CloudError `not_found` */
  get: (id: string) => Promise<T>;
  /**
   * Every row that matches, once each, a page at a time: until a page is empty or as many rows were seen as Cloud
   * counted. An error on the way is thrown, so an end without one is the end of the rows.
   */
  scan: (query: ScanQuery<R>) => AsyncGenerator<T[], void, undefined>;
};

const PAGE_SIZE = 100;
/** Pages asked for at once in a scan; the install's own limit is the same. */
const PAGES_AHEAD = 4;
/** A server that ignores `page` would send the same rows for ever. */
const STALE_PAGES = 3;

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

  async function* scan({ filters = [], createdUntil, pageSize = PAGE_SIZE }: ScanQuery<R>) {
    const bounded: Filter<R>[] = [...filters];
    if (createdUntil !== undefined)
      bounded.push({ field: "created_at", operator: "lte", value: createdUntil });
    const ahead = new Map<number, Promise<Page<T>>>();
    const seen = new Set<unknown>();
    let lastExpected = 1;
    let stale = 0;
    for (let page = 1; ; page += 1) {
      const lastAhead = Math.max(page, Math.min(page + PAGES_AHEAD - 1, lastExpected));
      for (let next = page; next <= lastAhead; next += 1) {
        if (ahead.has(next)) continue;
        const asked = list({ filters: bounded, page: next, pageSize });
        // It is awaited in its turn; until then, or when a page before it fails, nobody listens.
        asked.catch(() => undefined);
        ahead.set(next, asked);
      }
      const { rows, total } = await ahead.get(page)!;
      ahead.delete(page);
      if (rows.length === 0) return;
      const fresh = rows.filter((row) => !seen.has(row[idField]) && seen.add(row[idField]));
      stale = fresh.length === 0 ? stale + 1 : 0;
      if (stale === STALE_PAGES) throw new CloudError("malformed", { reason: "paging" });
      if (fresh.length > 0) yield fresh;
      if (total !== undefined && seen.size >= total) return;
      if (page === 1 && total !== undefined) lastExpected = Math.ceil(total / rows.length);
    }
  }

  return { list, get, scan };
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
