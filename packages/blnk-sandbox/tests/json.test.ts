import * as fc from "fast-check";
import { expect, test } from "vitest";
import { asNumber, parseJson, writeJson } from "../json.ts";

test("integers of any size survive reading and writing", () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 40n), 10n ** 40n), (integer) => {
      const text = `{"n":${integer}}`;
      expect(writeJson(parseJson(text))).toBe(text);
    }),
    { seed: 20_261_124 },
  );
});

test("JSON without big integers is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(writeJson(parseJson(text)))).toEqual(JSON.parse(text));
    }),
    { seed: 20_261_124 },
  );
});

test("a whole number that is spelled as a float keeps its spelling", () => {
  const text = '{"a":1e3,"b":10.0,"c":1000}';
  expect(writeJson(parseJson(text))).toBe(text);
  expect(asNumber(parseJson("1e3"))).toBe(1000);
});
