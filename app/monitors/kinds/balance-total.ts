import { availableOf } from "#app/platform/blnk/available-balance.ts";
import { hasMoved } from "#app/platform/blnk/has-moved.ts";
import type { Balance } from "#app/platform/blnk/records.ts";

import type { BalanceField, Selection } from "../definition/monitor.ts";
import { selectsBalance } from "./select/select-balances.ts";

type Total = { sum: bigint; currency: string; largest: string };
export type TotalFold = {
  add: (balance: Balance) => void;
  /** The total, or why there is none, in words for people. */
  finish: () => Total | string;
};

const CURRENCIES_NAMED = 5;

/** Adds up one field of all balances of a selection. One that has never moved adds nothing, nor its currency. */
export function foldTotal(select: Selection, field: BalanceField, words = "The selection"): TotalFold {
  const currencies = createCurrencies();
  let sum = 0n;
  let largest: { id: string; size: bigint } | undefined;
  let unreadable: string | undefined;
  return {
    add(balance) {
      if (!selectsBalance(select, balance)) return;
      currencies.add(balance);
      const value = fieldOf(balance, field);
      if (value === undefined) {
        unreadable ??= balance.balance_id;
        return;
      }
      sum += value;
      const size = value < 0n ? -value : value;
      if (largest === undefined || size > largest.size) largest = { id: balance.balance_id, size };
    },
    finish() {
      const currency = currencies.finish(words);
      if ("reason" in currency) return currency.reason;
      if (unreadable !== undefined) return `The ${field} of ${unreadable} could not be read.`;
      return { sum, currency: currency.currency, largest: largest?.id ?? "" };
    },
  };
}

/** Collects the currencies of a selection, which may only be one. */
export function createCurrencies() {
  const moved = new Set<string>();
  const idle = new Set<string>();
  return {
    add(balance: Balance): void {
      (hasMoved(balance) ? moved : idle).add(balance.currency ?? "");
    },
    /** `known`: what the selection has beyond what was read. */
    finish(
      words: string,
      known?: readonly string[],
    ): { currency: string } | { reason: string; empty: boolean } {
      const [currency, ...others] = known ?? (moved.size > 0 ? moved : idle);
      if (currency === undefined) return { reason: `${words} matches no balance.`, empty: true };
      if (others.length > 0) {
        const some = [currency, ...others].toSorted().slice(0, CURRENCIES_NAMED).join(", ");
        return { reason: `${words} has balances in several currencies (${some}).`, empty: false };
      }
      if (currency === "") return { reason: `${words} has a balance without a currency.`, empty: false };
      return { currency };
    },
  };
}

export function fieldOf(balance: Balance, field: BalanceField): bigint | undefined {
  return field === "available" ? availableOf(balance) : balance[field];
}
