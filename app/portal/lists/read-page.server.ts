import type { Collection } from "#app/blnk/collection.server.ts";
import type { Filter, Resource } from "#app/blnk/filters.ts";

import { type ListPage, type ListState, PAGE_SIZE } from "./list-state.ts";

/** Reads one page, the newest first as far as the page goes: Cloud promises no order. */
export async function readPage<R extends Resource, T extends { created_at: number | undefined }>(
  collection: Pick<Collection<R, T>, "list">,
  filters: readonly Filter<R>[],
  { page, until }: Pick<ListState<unknown>, "page" | "until">,
): Promise<ListPage<T>> {
  const bounded: Filter<R>[] = [...filters];
  if (until !== undefined) bounded.push({ field: "created_at", operator: "lte", value: until });
  const { rows, total, estimate } = await collection.list({
    filters: bounded,
    page,
    pageSize: PAGE_SIZE,
    exactTotal: true,
  });
  const seen = (page - 1) * PAGE_SIZE + rows.length;
  return {
    rows: rows.toSorted((a, b) => (b.created_at ?? 0) - (a.created_at ?? 0)),
    total,
    estimate,
    hasNext: rows.length > 0 && (total === undefined || seen < total),
  };
}

export const EMPTY_PAGE = {
  rows: [],
  total: 0,
  estimate: undefined,
  hasNext: false,
} satisfies ListPage<never>;
