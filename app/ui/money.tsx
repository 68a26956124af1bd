import { formatAmount } from "#app/money/format-amount.ts";

import { noWrap } from "./no-wrap.ts";

export type Amount = {
  /** Minor units. */
  minor: bigint | undefined;
  /** Minor units per major unit; without one the minor units are shown as they are. */
  precision: bigint | undefined;
  currency: string | undefined;
};

/** An exact amount with its currency. */
export function Money(amount: Amount) {
  const text = amountText(amount);
  return <bdi className={`tabular-nums ${noWrap(text)}`}>{text}</bdi>;
}

export function amountText({ minor, precision, currency = "" }: Amount): string {
  if (minor === undefined) return `${currency} amount not known`.trim();
  if (precision === undefined || precision < 1n)
    return `${formatAmount(minor, 1n, { currency })} minor units`;
  return formatAmount(minor, precision, { currency });
}
