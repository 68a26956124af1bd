import { expect, test } from "vitest";

import { amountText, Money } from "#app/ui/money.tsx";

import { HOSTILE_TEXTS } from "./hostile-text.ts";
import { render, textOf } from "./render.ts";

test("an amount is exact beyond what a JS number holds", () => {
  expect(amountText({ minor: 9_007_199_254_740_993_123n, precision: 100n, currency: "USD" })).toBe(
    "USD 90,071,992,547,409,931.23",
  );
});

test("a negative amount says so with a minus", () => {
  expect(amountText({ minor: -1n, precision: 100n, currency: "USD" })).toBe("USD -0.01");
});

test.each([undefined, 0n, -100n])("with precision %s the minor units are shown as they are", (precision) => {
  expect(amountText({ minor: 1234n, precision, currency: "USD" })).toBe("USD 1,234 minor units");
});

test("an amount that Blnk did not tell is no zero", () => {
  expect(amountText({ minor: undefined, precision: 100n, currency: "USD" })).toBe("USD amount not known");
  expect(amountText({ minor: undefined, precision: 100n, currency: undefined })).toBe("amount not known");
});

test.each(HOSTILE_TEXTS)("a currency %j is shown whole and as text", (currency) => {
  const markup = render(Money, { minor: 5n, precision: 1n, currency });
  expect(textOf(markup)).toBe(`${currency} 5`.trim());
  expect(markup.match(/<\w+/g)).toEqual(["<bdi"]);
});

test("a short amount stays in one piece, and a long one may break", () => {
  const classOf = (currency: string) => render(Money, { minor: 5n, precision: 1n, currency }).split('"')[1];
  expect(classOf("USD")).toContain("nowrap");
  expect(classOf("U".repeat(100))).not.toContain("nowrap");
});
