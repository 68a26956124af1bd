import { currencyPrecision } from "#app/money/currency-precision.ts";
import { formatAmount } from "#app/money/format-amount.ts";
import { parseAmount } from "#app/money/parse-amount.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const SEED = 20261101;
const precisions = fc.oneof(
  fc.bigInt({ min: 1n, max: 10n ** 18n }),
  fc.integer({ min: 0, max: 18 }).map((exponent) => 10n ** BigInt(exponent)),
  fc.constantFrom(2n, 4n, 5n, 8n, 3n, 60n, 1024n, 2n ** 59n),
);
const amounts = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });

describe("parseAmount", () => {
  test("an amount in major units becomes minor units", () => {
    expect(parseAmount("10.50", 100n)).toBe(1050n);
    expect(parseAmount("-0.29", 100n)).toBe(-29n);
    expect(parseAmount("19.990", 100n)).toBe(1999n);
    expect(parseAmount("  7 ", 1n)).toBe(7n);
    expect(parseAmount("0.5", 2n)).toBe(1n);
    expect(parseAmount("90071992547409.93", 100n)).toBe(9007199254740993n);
  });

  test("an amount that is not a whole number of minor units is refused, not rounded", () => {
    expect(parseAmount("10.505", 100n)).toBe("not_whole");
    expect(parseAmount("0.1", 1n)).toBe("not_whole");
    expect(parseAmount("0.3", 2n)).toBe("not_whole");
  });

  test.each(["1e3", "+1", "1,000", ".5", "5.", "--1", "0x10", "NaN", "१२", "1 2"])(
    "%s is not a number",
    (text) => {
      expect(parseAmount(text, 100n)).toBe("not_a_number");
    },
  );

  test("an amount has at most 60 characters", () => {
    expect(parseAmount("9".repeat(60), 1n)).toBe(BigInt("9".repeat(60)));
    expect(parseAmount("9".repeat(61), 1n)).toBe("too_long");
    expect(parseAmount("", 1n)).toBe("empty");
  });
});

describe("formatAmount", () => {
  test("an amount shows its currency, groups of three and every digit", () => {
    expect(formatAmount(9007199254740993n, 100n, { currency: "USD" })).toBe("USD 90,071,992,547,409.93");
    expect(formatAmount(-5n, 100n, { currency: "EUR" })).toBe("EUR -0.05");
    expect(formatAmount(123456n, 1n, { currency: "JPY" })).toBe("JPY 123,456");
    expect(formatAmount(1234567n, 1000n)).toBe("1,234.567");
    expect(formatAmount(123456789n, 100n, { grouping: false })).toBe("1234567.89");
  });

  test("a precision of twos and fives has the decimals that one minor unit needs", () => {
    expect(formatAmount(1n, 8n)).toBe("0.125");
    expect(formatAmount(10n, 4n)).toBe("2.50");
    expect(formatAmount(7n, 5n)).toBe("1.4");
  });

  test("an amount without a finite decimal is a fraction in lowest terms", () => {
    expect(formatAmount(100n, 3n, { currency: "XTS" })).toBe("XTS 33 1/3");
    expect(formatAmount(-90n, 60n)).toBe("-1 1/2");
    expect(formatAmount(120n, 60n)).toBe("2");
  });

  test("a precision below 1 is a mistake", () => {
    expect(() => formatAmount(1n, 0n)).toThrow(RangeError);
  });

  test("what is written with a finite decimal reads back as the same amount", () => {
    fc.assert(
      fc.property(amounts, precisions, (minor, precision) => {
        const text = formatAmount(minor, precision, { grouping: false });
        fc.pre(!text.includes("/") && text.length <= 60);
        expect(parseAmount(text, precision)).toBe(minor);
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  test("what is written is exactly the amount, whatever the precision", () => {
    fc.assert(
      fc.property(amounts, precisions, (minor, precision) => {
        expect(readBack(formatAmount(minor, precision), precision)).toBe(minor);
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });
});

test("currencies have their ISO 4217 precision", () => {
  expect(currencyPrecision("USD")).toBe(100n);
  expect(currencyPrecision("JPY")).toBe(1n);
  expect(currencyPrecision("kwd")).toBe(1000n);
  expect(currencyPrecision("CLF")).toBe(10000n);
  expect(currencyPrecision("BTC")).toBe(100n);
});

/** Reads "-1,234.5" or "-1,234 5/6" as minor units by plain arithmetic, with none of the code under test. */
function readBack(text: string, precision: bigint): bigint {
  const unsigned = text.replace("-", "").replaceAll(",", "");
  const [whole = "", rest = ""] = unsigned.split(/[ .]/);
  const [numerator, denominator] = unsigned.includes("/")
    ? rest.split("/").map(BigInt)
    : [BigInt(rest || "0"), 10n ** BigInt(rest.length)];
  const magnitude = BigInt(whole) * precision + (numerator! * precision) / denominator!;
  return text.startsWith("-") ? -magnitude : magnitude;
}
