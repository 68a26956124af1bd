import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Balance } from "#app/platform/blnk/records.ts";

import { readLedgerNames } from "#app/portal/ledgers/read-ledger-names.server.ts";

/** Holds the outside world's side of every entry; with it each currency would come to zero. */
const GENERAL_LEDGER_ID = "general_ledger_id";
const MAX_BALANCES = 20_000;
const MAX_TOTALS = 500;

type Total = {
  currency: string | undefined;
  /** Minor units of the balances whose amount could be read. */
  minor: bigint;
  /** Held by inflight transactions: on their way out, and on their way in. */
  heldOut: bigint;
  heldIn: bigint;
  balances: number;
  unreadable: number;
};

type LedgerTotal = Total & { ledger_id: string | undefined; ledger_name: string | undefined };

export type BalanceTotals = {
  currencies: Total[];
  ledgers: LedgerTotal[];
  counted: number;
  /** False when there is more than was counted. */
  complete: boolean;
};

/** Sums the balances outside the general ledger, by currency and by ledger. */
export async function totalBalances(
  client: Pick<CloudClient, "balances" | "ledgers">,
  now: number,
): Promise<BalanceTotals> {
  const [{ totals, ...count }, named] = await Promise.all([
    sumByLedger(client, now),
    readLedgerNames(client),
  ]);
  const names = new Map(named.map(({ ledger_id, name }) => [ledger_id, name]));
  const ledgers = totals.map(({ ledger_id, total }) => ({
    ...total,
    ledger_id,
    ledger_name: ledger_id === undefined ? undefined : names.get(ledger_id),
  }));
  return {
    currencies: byCurrency(ledgers),
    ledgers: ledgers.sort((a, b) => order(nameOf(a), nameOf(b)) || order(a.currency, b.currency)),
    ...count,
  };
}

async function sumByLedger({ balances }: Pick<CloudClient, "balances">, now: number) {
  const totals = new Map<string, { ledger_id: string | undefined; total: Total }>();
  let counted = 0;
  const sums = (complete: boolean) => ({ totals: [...totals.values()], counted, complete });
  const filters = [{ field: "ledger_id", operator: "ne", value: GENERAL_LEDGER_ID }] as const;
  for await (const page of balances.scan({ filters, createdUntil: now })) {
    for (const balance of page) {
      const { ledger_id, currency } = balance;
      if (ledger_id === GENERAL_LEDGER_ID) continue;
      const key = JSON.stringify([ledger_id, currency]);
      const entry = totals.get(key) ?? { ledger_id, total: nothing(currency) };
      if (counted === MAX_BALANCES || (!totals.has(key) && totals.size === MAX_TOTALS)) return sums(false);
      counted += 1;
      totals.set(key, { ledger_id, total: plus(entry.total, one(balance)) });
    }
  }
  return sums(true);
}

function byCurrency(totals: readonly Total[]): Total[] {
  const currencies = new Map<string | undefined, Total>();
  for (const total of totals) {
    currencies.set(total.currency, plus(currencies.get(total.currency) ?? nothing(total.currency), total));
  }
  return [...currencies.values()].sort((a, b) => order(a.currency, b.currency));
}

function one({ currency, balance, inflight_debit_balance, inflight_credit_balance }: Balance): Total {
  return {
    currency,
    minor: balance ?? 0n,
    heldOut: inflight_debit_balance ?? 0n,
    heldIn: inflight_credit_balance ?? 0n,
    balances: 1,
    unreadable: balance === undefined ? 1 : 0,
  };
}

function nothing(currency: string | undefined): Total {
  return { currency, minor: 0n, heldOut: 0n, heldIn: 0n, balances: 0, unreadable: 0 };
}

function plus(a: Total, b: Total): Total {
  return {
    currency: a.currency,
    minor: a.minor + b.minor,
    heldOut: a.heldOut + b.heldOut,
    heldIn: a.heldIn + b.heldIn,
    balances: a.balances + b.balances,
    unreadable: a.unreadable + b.unreadable,
  };
}

function nameOf({ ledger_name, ledger_id }: LedgerTotal): string | undefined {
  return ledger_name ?? ledger_id;
}

function order(a = "", b = ""): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
