import { readInteger } from "#app/platform/blnk/read-fields.ts";
import {
  exactInteger,
  jsonDecimal,
  parseJson,
  stringifyJson,
} from "#app/platform/blnk/transport/lossless-json.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const SEED = 20261102;

describe("parseJson", () => {
  test("an integer beyond 2^53 keeps every digit", () => {
    expect(parseJson('{"a":9007199254740993,"b":[-189207535698279000001]}')).toEqual({
      a: 9007199254740993n,
      b: [-189207535698279000001n],
    });
    // The same text without source access loses a digit: the check would bite.
    expect(JSON.parse("9007199254740993")).toBe(9007199254740992);
  });

  test("an integer within 2^53 is a number", () => {
    expect(parseJson("[9007199254740991,0,-1,12.0]")).toEqual([9007199254740991, 0, -1, 12]);
  });

  test("an integer in exponent form is the integer that it stands for", () => {
    expect(parseJson('[1e21, {"a":1.2345678901234567e25}, 9007199254740993.0]')).toEqual([
      10n ** 21n,
      { a: 12345678901234567000000000n },
      9007199254740993n,
    ]);
    expect(parseJson("1e21")).toBe(10n ** 21n);
    expect(parseJson("1e2")).toBe(100);
  });

  test("a number that looks whole only after rounding comes as its text", () => {
    expect(parseJson("[999999999.99999999,1e9999]")).toEqual(["999999999.99999999", "1e9999"]);
    expect(readInteger(parseJson("999999999.99999999"))).toBeUndefined();
  });

  test("a decimal that a double would round comes as its text, any other as a number", () => {
    expect(parseJson("[1234567890123.456789,0.12345678901234567,12345.678901234567890e-3]")).toEqual([
      "1234567890123.456789",
      "0.12345678901234567",
      "12345.678901234567890e-3",
    ]);
    expect(parseJson("[0.30000000000000004,19.9900000000000000000,1.50e-2,-5e-324]")).toEqual([
      0.30000000000000004, 19.99, 0.015, -5e-324,
    ]);
  });

  test("a decimal of any length reads back exactly", () => {
    const digits = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
    fc.assert(
      fc.property(digits, fc.integer({ min: 1, max: 60 }), (integer, places) => {
        const value = parseJson(`[${integer}e-${places}]`) as [string | number | bigint];
        expect(exactInteger(timesTenTo(String(value[0]), places))).toBe(integer);
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  test("digits inside strings stay text", () => {
    const text = '{"hash":"12345678901234567890","t":"a:1e21,9007199254740993"}';
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  test("nesting deeper than 64 is refused before it is parsed", () => {
    expect(parseJson("[".repeat(64) + "]".repeat(64))).toBeInstanceOf(Array);
    expect(() => parseJson("[".repeat(65) + "]".repeat(65))).toThrow(SyntaxError);
    expect(() => parseJson('{"a":'.repeat(30_000))).toThrow("too deep");
  });

  test("brackets inside strings are not nesting", () => {
    const value = ["[".repeat(100), '\\"[{'.repeat(80), "\\"];
    expect(parseJson(JSON.stringify(value))).toEqual(value);
  });

  test("an integer of absurd length is not read as one", () => {
    expect(exactInteger("9".repeat(1_001))).toBeUndefined();
    expect(exactInteger("1e999999999")).toBeUndefined();
    expect(exactInteger("-12.50")).toBeUndefined();
    expect(exactInteger("-1250e-1")).toBe(-125n);
    expect(exactInteger("0.000")).toBe(0n);
  });
});

describe("stringifyJson", () => {
  test("a bigint leaves as a bare integer literal", () => {
    expect(stringifyJson({ precise_amount: 189207535698279000001n })).toBe(
      '{"precise_amount":189207535698279000001}',
    );
  });

  test("a decimal leaves digit for digit", () => {
    expect(stringifyJson({ value: jsonDecimal("10.50") })).toBe('{"value":10.50}');
    expect(() => jsonDecimal('1,"x":2')).toThrow(TypeError);
  });

  test("NaN is a mistake, not null", () => {
    expect(() => stringifyJson({ a: Number.NaN })).toThrow(TypeError);
  });

  test("whatever is written reads back the same", () => {
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
        fc.string({ unit: "grapheme" }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("tree"), { maxLength: 5 }),
        fc.dictionary(fc.string(), tie("tree"), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(normal(parseJson(stringifyJson(value)))).toEqual(normal(value));
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  test("every integer reads back exactly, as number or as text", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 80n), max: 10n ** 80n }), (value) => {
        expect(readInteger(parseJson(String(value)))).toBe(value);
        expect(readInteger(parseJson(`"${value}"`))).toBe(value);
        expect(readInteger(parseJson(`${value}.00`))).toBe(value);
        expect(exactInteger(`${value}0e-1`)).toBe(value);
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });
});

/** Integers as bigint, whichever of the two types holds them. */
function normal(value: unknown): unknown {
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).map(([key, item]) => [key, normal(item)]);
}

function timesTenTo(decimal: string, places: number): string {
  const [mantissa, exponent = "0"] = decimal.split("e");
  return `${mantissa}e${Number(exponent) + places}`;
}
