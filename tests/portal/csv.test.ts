import { describe, expect, test } from "vitest";

import {
  type CsvColumn,
  csvLines,
  csvResponse,
  exactAmount,
  startLines,
} from "#app/platform/portal/lists/csv.server.ts";

type Row = { text?: string; digits?: string };
const COLUMNS: CsvColumn<Row>[] = [
  { name: "text", text: (row) => row.text },
  { name: "digits", digits: (row) => row.digits },
];

async function* pages(...pages: Row[][]) {
  yield* pages;
}

async function* failingAfter(pages: Row[][]) {
  yield* pages;
  throw new Error(`no page ${pages.length + 1}`);
}

async function fileOf(...rows: Row[]): Promise<string> {
  let file = "";
  for await (const line of csvLines(COLUMNS, pages(rows))) file += line;
  return file;
}

describe("a file", () => {
  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])(
    "has text that begins like a formula with an apostrophe before it: %j",
    async (text) => {
      expect(await fileOf({ text })).toContain(`'${text}`);
    },
  );

  test("leaves our own negative digits and ordinary text as they are", async () => {
    expect(await fileOf({ text: "a=1", digits: "-12.00" })).toBe("text,digits\r\na=1,-12.00\r\n");
  });

  test("quotes what has commas, quotes or line breaks in it", async () => {
    expect(await fileOf({ text: 'a,"b"\nc' })).toBe('text,digits\r\n"a,""b""\nc",\r\n');
  });
});

describe("an exact amount", () => {
  test("has all its digits and no grouping", () => {
    expect(exactAmount(9_007_199_254_740_993n, 100n)).toBe("90071992547409.93");
    expect(exactAmount(-5n, 1000n)).toBe("-0.005");
  });

  test("is left out where it is not known or has no finite decimal", () => {
    expect(exactAmount(undefined, 100n)).toBeUndefined();
    expect(exactAmount(1n, undefined)).toBeUndefined();
    expect(exactAmount(100n, 3n)).toBeUndefined();
  });
});

describe("the answer", () => {
  test("has the first page before it begins, so that its failure can be told", async () => {
    await expect(startLines(csvLines(COLUMNS, failingAfter([])))).rejects.toThrow("no page 1");
  });

  test("breaks when a later page fails", async () => {
    const value = await startLines(csvLines(COLUMNS, failingAfter([[{ text: "first" }]])));
    const response = csvResponse("rows", { kind: "ready", value });
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="rows.csv"');
    await expect(response.text()).rejects.toThrow("no page 2");
  });

  test("stops reading when nobody wants the rest", async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Row[]> {
      try {
        for (;;) yield [{ text: "row" }];
      } finally {
        closed = true;
      }
    }
    const value = await startLines(csvLines(COLUMNS, endless()));
    const reader = csvResponse("rows", { kind: "ready", value }).body!.getReader();
    await reader.read();
    await reader.cancel();
    expect(closed).toBe(true);
  });

  test.each([
    [{ kind: "missing_scope", scope: "data:read" }, 403, "needs the permission data:read"],
    [{ kind: "key_rejected" }, 502, "rejects the key"],
    [{ kind: "failed", message: "It is <down>", requestId: "" }, 502, "It is &#60;down&#62;."],
  ] as const)("is a page in words for %j", async (reading, status, words) => {
    const response = csvResponse("rows", reading);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-disposition")).toBeNull();
    expect(await response.text()).toContain(words);
  });
});
