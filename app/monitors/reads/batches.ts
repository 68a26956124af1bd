import { PAGE_SIZE } from "./plan-balance-reads.ts";

/** As many as one call of Cloud or one unit of work takes. */
export function batches<T>(items: readonly T[], size = PAGE_SIZE): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
