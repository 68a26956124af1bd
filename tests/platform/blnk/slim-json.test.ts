import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseJson } from "#app/platform/blnk/transport/lossless-json.ts";
import { JsonSlimmer, type KeptMetadata } from "#app/platform/blnk/transport/slim-json.ts";

function slim(text: string, kept: KeptMetadata, sizes: readonly number[] = [65_536]): unknown {
  const slimmer = new JsonSlimmer(kept);
  const bytes = Buffer.from(text);
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    slimmer.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(slimmer.finish()));
}

const page = (meta_data: string, more = "") =>
  `{"data":[{"id":"a","meta_data":${meta_data}${more}},{"id":"b","meta_data":{"tier":"gold"}}],"total":2}`;

describe("metadata", () => {
  const fat = (value: string) => page(`{"before":1,"x":${value},"app":{"channel":"web"},"tier":"basic"}`);

  test.each([
    ["wide", `[${"[],".repeat(500_000)}0]`],
    ["deep", "[".repeat(200_000) + "]".repeat(200_000)],
    ["deep in objects", '{"a":'.repeat(100_000) + "1" + "}".repeat(100_000)],
    ["long", `"${"x".repeat(1_000_000)}"`],
    ["long in escapes", `"${"\\\\".repeat(500_000)}\\""`],
    ["full of huge numbers", `[${"1e300,".repeat(100_000)}1]`],
    ["full of keys", `{${Array.from({ length: 50_000 }, (_, key) => `"k${key}":{"tier":1}`).join()}}`],
  ])("that is %s is dropped, and what is selected by is found on either side of it", (_, value) => {
    for (const kept of [["app.channel", "tier", "before"], undefined]) {
      const { data } = slim(fat(value), kept) as { data: Record<string, unknown>[] };
      expect(data[0]).toEqual(
        kept
          ? { id: "a", meta_data: { before: 1, app: { channel: "web" }, tier: "basic" } }
          : { id: "a", meta_data: { "(not shown)": "This metadata is too large to show." } },
      );
      expect(data[1]).toEqual({ id: "b", meta_data: { tier: "gold" } });
    }
  });

  test("of ordinary size is kept whole when nobody said which, its large numbers as text", () => {
    const text = page('{"a":[1,{"b":null}],"n":12345678901234567890,"e":1e300,"t":true}', ',"z":1');
    expect(slim(text, undefined)).toMatchObject({
      data: [
        { meta_data: { a: [1, { b: null }], n: "12345678901234567890", e: "1e300", t: true }, z: 1 },
        {},
      ],
    });
  });

  test("that is no object is none", () => {
    for (const value of ["null", "7", '"text"', "[1]", "[]"])
      expect(slim(page(value), ["tier"])).toMatchObject({ data: [{ meta_data: {} }, { meta_data: {} }] });
  });

  test("of a record within a record ends with it", () => {
    const text =
      '{"identity":{"meta_data":{"a":{"meta_data":{"tier":1}}},"name":"Ada"},"balance":9007199254740993}';
    expect(slim(text, ["a.meta_data.tier"])).toEqual({
      identity: { meta_data: { a: { meta_data: { tier: 1 } } }, name: "Ada" },
      balance: 9007199254740993n,
    });
  });

  test("is picked as it would be from the whole, however it arrives", () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const key = fc.constantFrom("tier", "app", "channel", "other");
    const metadata = fc.dictionary(key, fc.oneof(json, fc.dictionary(key, json)));
    const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(metadata, fc.string({ unit: "grapheme" }), pieces, (meta_data, description, sizes) => {
        const text = JSON.stringify({ data: [{ meta_data, description }], total: 1 });
        expect(slim(text, undefined, sizes)).toEqual(JSON.parse(quoteLarge(text)));
        const { data } = slim(text, ["tier", "app.channel"], sizes) as {
          data: [{ meta_data: { tier?: unknown; app?: { channel?: unknown } }; description: string }];
        };
        const app = meta_data["app"];
        const isMap = typeof app === "object" && app !== null && !Array.isArray(app);
        expect(data[0].meta_data.tier).toEqual(scalarOf(meta_data["tier"]));
        expect(data[0].meta_data.app?.channel).toEqual(
          scalarOf(
            isMap && Object.hasOwn(app, "channel") ? (app as Record<string, unknown>)["channel"] : undefined,
          ),
        );
        expect(data[0].description).toBe(description);
      }),
      { numRuns: 500 },
    );
  });
});

/** What `JSON.stringify` writes of a number that may lose digits, in quotes. */
function quoteLarge(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|-?[\d.]+(?:[eE][-+]?\d+)?/g, (token) =>
    !token.startsWith('"') && (/[eE]/.test(token) || token.replace("-", "").length >= 16)
      ? `"${token}"`
      : token,
  );
}

function scalarOf(value: unknown): unknown {
  if (typeof value === "object" && value !== null) return undefined;
  return typeof value === "number" ? (JSON.parse(quoteLarge(JSON.stringify(value))) as unknown) : value;
}

describe("elsewhere", () => {
  test("a text of any length is cut where it can be", () => {
    for (const text of [
      "é".repeat(300_000),
      "\\".repeat(200_000),
      "ab\n".repeat(90_000),
      "😀".repeat(80_000),
    ]) {
      const row = JSON.stringify({ description: text, status: "APPLIED" });
      const { description, status } = slim(row, [], [10_000]) as { description: string; status: string };
      expect(text.startsWith(description)).toBe(true);
      expect([description.length < 66_000, status]).toEqual([true, "APPLIED"]);
    }
  });

  test("nesting deeper than 64, and more than can be held, are refused", () => {
    expect(() => slim(`{"data":${"[".repeat(70)}${"]".repeat(70)}}`, [])).toThrow(SyntaxError);
    const rows = Array.from({ length: 200 }, () => JSON.stringify({ description: "x".repeat(60_000) }));
    expect(() => slim(`[${rows.join()}]`, [])).toThrow(RangeError);
  });
});
