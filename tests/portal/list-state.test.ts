import { describe, expect, test } from "vitest";
import { z } from "zod";

import { listSearch } from "#app/platform/portal/lists/list-state.ts";
import {
  createdWithin,
  filterDay,
  filterDecimal,
  filterText,
  readListState,
} from "#app/platform/portal/lists/read-list-state.server.ts";

const schema = z.object({ q: filterText, from: filterDay, min: filterDecimal });
const read = (search: string) => readListState(schema, new URLSearchParams(search));

describe("a list's address", () => {
  test("without parameters is the first page of everything", () => {
    expect(read("")).toEqual({ state: { filters: {}, page: 1, until: undefined, inMinorUnits: false } });
  });

  test("keeps its filters, its page and the moment that its pages belong to", () => {
    expect(read("q=+abc+&from=2026-01-31&min=-1.50&page=3&until=5&units=minor").state).toEqual({
      filters: { q: "abc", from: "2026-01-31", min: "-1.50" },
      page: 3,
      until: 5,
      inMinorUnits: true,
    });
  });

  test("passes over empty parameters and those of others", () => {
    expect(read("q=&from=%20&days=7&status=APPLIED")).toEqual(read(""));
  });

  test.each([
    ["from=2026-02-31", "from"],
    ["from=yesterday&min=1e3", "from, min"],
    ["page=0", "page"],
    ["page=1.5", "page"],
    ["until=x", "until"],
    ["units=major", "units"],
    [`q=${"x".repeat(201)}`, "q"],
  ])("%s is named as unreadable instead of being dropped", (search, names) => {
    const { unreadable, state } = read(search);
    expect(unreadable).toMatchObject({ kind: "failed", message: expect.stringMatching(`read: ${names}$`) });
    expect(state.filters).toEqual({});
  });

  test("can be changed in one place, and loses what is empty", () => {
    expect(listSearch("?q=a&page=2&status=", { page: "3" })).toBe("?q=a&page=3");
    expect(listSearch("?page=2", { page: undefined })).toBe(".");
  });
});

test("a range of days has both its days whole", () => {
  expect(createdWithin({ from: "2026-01-31", to: "2026-01-31" })).toEqual([
    { field: "created_at", operator: "gte", value: Date.UTC(2026, 0, 31) },
    { field: "created_at", operator: "lte", value: Date.UTC(2026, 1, 1) - 1 },
  ]);
});
