import { z } from "zod";

import type { CloudResult } from "../cloud-result.ts";
import type { ListPage, ListState } from "./list-state.ts";

const paging = z.object({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  until: z.coerce.number().int().min(0).max(Date.UTC(9999, 0)).optional(),
  units: z.literal("minor").optional(),
});

/** A word to look for or to match. */
export const filterText = z.string().max(200).optional();
/** A calendar day, UTC. */
export const filterDay = z.iso.date().optional();
/** A plain decimal. */
export const filterDecimal = z
  .string()
  .regex(/^-?\d{1,40}(\.\d{1,18})?$/)
  .optional();

/**
 * Reads a list's address. Parameters that the list does not have are passed over, empty ones too; for one that cannot be
 * read there is a reading that says so, for without it the list and its file would silently have more than was asked for.
 */
export function readListState<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  params: URLSearchParams,
): { state: ListState<z.output<z.ZodObject<Shape>>>; unreadable?: CloudResult<never> } {
  const given = Object.fromEntries(
    [...params].flatMap(([name, value]) => (value.trim() ? [[name, value.trim()]] : [])),
  );
  const filters = schema.safeParse(given);
  const place = paging.safeParse(given);
  if (filters.success && place.success) {
    const { page, until, units } = place.data;
    return { state: { filters: filters.data, page, until, inMinorUnits: units === "minor" } };
  }
  const issues = [...(filters.error?.issues ?? []), ...(place.error?.issues ?? [])];
  const names = [...new Set(issues.map(({ path }) => String(path[0])))].join(", ");
  const message = `The address has filters that cannot be read: ${names}`;
  return {
    state: { filters: schema.parse({}), page: 1, until: undefined, inMinorUnits: false },
    unreadable: { kind: "failed", message, requestId: "" },
  };
}

/** What a list's screen is given: the state of its address, and its rows when they arrive. */
export function loadList<Shape extends z.ZodRawShape, Row>(
  schema: z.ZodObject<Shape>,
  params: URLSearchParams,
  now: number,
  read: (state: ListState<z.output<z.ZodObject<Shape>>>) => Promise<CloudResult<ListPage<Row>>>,
) {
  const { state, unreadable } = readListState(schema, params);
  return {
    ...state,
    loadedAt: now,
    rows: unreadable ? Promise.resolve<CloudResult<ListPage<Row>>>(unreadable) : read(state),
  };
}

const DAY_MS = 24 * 60 * 60_000;

/** Both ends of a range of days, the last one whole. */
export function createdWithin({ from, to }: { from?: string | undefined; to?: string | undefined }) {
  return [
    ...(from ? [{ field: "created_at", operator: "gte", value: Date.parse(from) } as const] : []),
    ...(to ? [{ field: "created_at", operator: "lte", value: Date.parse(to) + DAY_MS - 1 } as const] : []),
  ];
}
