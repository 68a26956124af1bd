import * as fc from "fast-check";
import { expect, test } from "vitest";
import { minorUnits } from "../api/proxy/read-transaction.ts";
import { splitTotal } from "../ledger/split.ts";
import { hashTransaction } from "../ledger/transaction-request.ts";

const part = (identifier: string, distribution: string) => ({
  identifier,
  distribution,
  precise_distribution: undefined,
});

test("the shares of a split add up to its total", () => {
  const percents = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 30n), percents, fc.boolean(), (total, weights, hasLeft) => {
      const sum = Math.max(
        1,
        weights.reduce((all, weight) => all + weight, 0),
      );
      const items = weights.map((weight, index) =>
        part(`b${index}`, `${Math.floor((weight * 10_000) / sum) / 100}%`),
      );
      if (hasLeft) items.push(part("rest", "left"));
      const shares = splitTotal(total, items, 100n);
      expect(shares.reduce((all, { amount }) => all + amount, 0n)).toBe(total);
      expect(shares.every(({ amount }) => amount >= 0n)).toBe(true);
    }),
    { seed: 20_261_124 },
  );
});

test("a split of one minor unit goes to the first share", () => {
  const shares = splitTotal(1n, [part("a", "50%"), part("b", "50%")], 100n);
  expect(shares.map(({ amount }) => amount)).toEqual([1n, 0n]);
});

test.each([
  ["60% and 60%", [part("a", "60%"), part("b", "60%")], "total distributions exceed 100% or total amount"],
  [
    "more than the total",
    [part("a", "2"), part("b", "left")],
    "fixed amount exceeds remaining transaction amount",
  ],
])("a split into %s is refused", (_name, items, message) => {
  expect(() => splitTotal(100n, items, 100n)).toThrow(message);
});

test.each([
  [19.99, 100n, 1999n],
  [0.29, 100n, 29n],
  [1.005, 100n, 101n],
  [100.68, 100n, 10_068n],
  [1e-7, 10n ** 18n, 100_000_000_000n],
])("%d at precision %d is %d minor units", (amount, precision, minor) => {
  expect(minorUnits(amount, precision)).toBe(minor);
});

test.each([
  [100.5, "a742a03087b77416cb161efd432ca9a4981ae0f8657b0e434bb83f4bb3f8515f"],
  [undefined, "f4833f79ff67d20b3aa1313f2146dbbf374b7e8553e1c1632c8ea896148a0a27"],
])("the hash over amount %s is Core's", (amount, hash) => {
  const movement = { reference: "ref-1", currency: "USD", source: "bln_a", destination: "bln_b" };
  expect(hashTransaction({ ...movement, amount })).toBe(hash);
});
