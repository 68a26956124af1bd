const PAGE_SIZE = 50;

/** Where a list goes on: before the row with this id. */
export type PageQuery = { before: number | undefined };

export type Page<Row> = { rows: Row[]; next: number | undefined };

export function readPageQuery(params: URLSearchParams): PageQuery {
  const before = params.get("before") ?? "";
  return { before: /^\d{1,15}$/.test(before) ? Number(before) : undefined };
}

/** One page of a list that is read newest first by its ids, however long it is. */
export async function readPage<Row extends { id: number }>(
  { before }: PageQuery,
  read: (page: PageQuery & { limit: number }) => Promise<Row[]>,
): Promise<Page<Row>> {
  const rows = await read({ before, limit: PAGE_SIZE + 1 });
  const shown = rows.slice(0, PAGE_SIZE);
  return { rows: shown, next: rows.length > PAGE_SIZE ? shown.at(-1)!.id : undefined };
}
