/** What a list's address says: checked filters as they were typed, and where in the list one is. */
export type ListState<Filters> = {
  filters: Filters;
  /** From 1. */
  page: number;
  /** Rows created later (ms UTC) are left out, so that pages do not move under the reader. Set from the second page on. */
  until: number | undefined;
  /** Amounts as Blnk stores them. */
  inMinorUnits: boolean;
};

/** One page of a list as it is shown. */
export type ListPage<Row> = {
  rows: Row[];
  total: number | undefined;
  /** Cloud's guess when it did not count. */
  estimate: number | undefined;
  hasNext: boolean;
};

export const PAGE_SIZE = 20;

/** The address of the same list with something changed; undefined takes a parameter out. */
export function listSearch(search: string, changes: Record<string, string | undefined>): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) params.delete(name);
    else params.set(name, value);
  }
  const kept = new URLSearchParams([...params].filter(([, value]) => value !== ""));
  return kept.size === 0 ? "." : `?${kept}`;
}
