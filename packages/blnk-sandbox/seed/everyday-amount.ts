import type { Currency } from "./customers.ts";
import { between } from "./random.ts";

/** How much bigger than in dollars everyday amounts are. */
export function everydayScale(currency: Currency): number {
  return { USD: 1, NGN: 900, GBP: 0.8 }[currency];
}

/** Minor units between two amounts of dollars, put into a currency. People pay round amounts as often as odd ones. */
export function everydayAmount(
  random: () => number,
  currency: Currency,
  least: number,
  most: number,
): bigint {
  const major = Math.max(1, Math.round(between(random, least, most) * everydayScale(currency)));
  const cents = currency === "NGN" || random() < 0.5 ? 0 : between(random, 1, 99);
  return BigInt(major) * 100n + BigInt(cents);
}
