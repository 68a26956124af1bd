import type { Collection } from "#app/platform/blnk/collection.server.ts";
import type { Filter, Resource } from "#app/platform/blnk/filters.ts";

import { type ListPage, type ListState, PAGE_SIZE } from "./list-state.ts";

/** Rows that are no part of a list, though Cloud cannot be asked to leave them out. */
type LeftOut<R extends Resource, T> = {
  without: (rows: readonly T[]) => T[] | Promise<T[]>;
  count: (filters: readonly Filter<R>[]) => Promise<number | undefined>;
};

/** Reads one page, the newest first as far as the page goes: Cloud promises no order. */
export async function readPage<R extends Resource, T extends { created_at: number | undefined }>(
  collection: Pick<Collection<R, T>, "list">,
  filters: readonly Filter<R>[],
  { page, until }: Pick<ListState<unknown>, "page" | "until">,
  leftOut?: LeftOut<R, T>,
): Promise<ListPage<T>> {
  const bounded: Filter<R>[] = [...filters];
  if (until !== undefined) bounded.push({ field: "created_at", operator: "lte", value: until });
  const [{ rows: all, total, estimate }, uncounted] = await Promise.all([
    collection.list({ filters: bounded, page, pageSize: PAGE_SIZE, exactTotal: true }),
    leftOut?.count(bounded) ?? 0,
  ]);
  const rows = leftOut ? await leftOut.without(all) : all;
  const seen = (page - 1) * PAGE_SIZE + all.length;
  return {
    rows: rows.toSorted((a, b) => (b.created_at ?? 0) - (a.created_at ?? 0)),
    total: total === undefined || uncounted === undefined ? undefined : total - uncounted,
    estimate: uncounted === undefined ? (total ?? estimate) : estimate,
    hasNext: all.length > 0 && (total === undefined || seen < total),
  };
}

export const EMPTY_PAGE = {
  rows: [],
  total: 0,
  estimate: undefined,
  hasNext: false,
} satisfies ListPage<never>;
