import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { createShadowFilter } from "#app/platform/blnk/lineage.server.ts";
import type { Transaction } from "#app/platform/blnk/records.ts";

const HOUR_MS = 60 * 60_000;
export const SLOT_MS = 6 * HOUR_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;
const MAX_ROWS = 20_000;
const MAX_CURRENCIES = 100;

/** The applied rows of one currency, by the six hours in which they were created. */
type CurrencyWeek = {
  currency: string | undefined;
  /** Minor units per major unit that all amounts are in. */
  precision: bigint;
  slots: { count: number; minor: bigint }[];
  count: number;
  /** Rows whose amount could not be added: it cannot be read, or its precision is no power of ten. */
  left_out: number;
};

export type WeekOfRows = {
  from: number;
  until: number;
  /** The busiest first. */
  currencies: CurrencyWeek[];
  /** Rows that are queued and have no outcome row yet. */
  queued: { count: number; oldest: { transaction_id: string; created_at: number } | undefined };
  rejected: number;
  rows: number;
  /** False when there were more rows than were read. */
  complete: boolean;
};

/** Reads the rows of the last seven days once, for all that the overview says of them. */
export async function scanWeek(
  client: Pick<CloudClient, "balances" | "transactions">,
  now: number,
): Promise<WeekOfRows> {
  const withoutShadows = createShadowFilter(client);
  const from = Math.ceil((now - WEEK_MS) / SLOT_MS) * SLOT_MS;
  const slots = Math.ceil((now - from + 1) / SLOT_MS);
  const currencies = new Map<string | undefined, CurrencyWeek>();
  const waiting = new Map<string, number>();
  const settled = new Set<string>();
  let rejected = 0;
  let rows = 0;
  let complete = true;
  const filters = [{ field: "created_at", operator: "gte", value: now - WEEK_MS }] as const;
  for await (const page of client.transactions.scan({ filters, createdUntil: now })) {
    for (const row of await withoutShadows(page)) {
      const { status, transaction_id, parent_transaction, created_at = now } = row;
      if (status === "QUEUED" && !settled.has(transaction_id)) waiting.set(transaction_id, created_at);
      if (OUTCOMES.has(status) && parent_transaction !== undefined) {
        settled.add(parent_transaction);
        waiting.delete(parent_transaction);
      }
      if (status === "REJECTED") rejected += 1;
      const slot = Math.floor((created_at - from) / SLOT_MS);
      if (status === "APPLIED" && slot >= 0 && slot < slots) count(currencies, row, slot, slots);
    }
    rows += page.length;
    complete = rows < MAX_ROWS && currencies.size < MAX_CURRENCIES;
    if (!complete) break;
  }
  return {
    from,
    until: now,
    currencies: [...currencies.values()].sort((a, b) => b.count - a.count),
    queued: { count: waiting.size, oldest: oldestOf(waiting) },
    rejected,
    rows,
    complete,
  };
}

const OUTCOMES: ReadonlySet<string | undefined> = new Set(["APPLIED", "INFLIGHT", "REJECTED"]);

function count(
  currencies: Map<string | undefined, CurrencyWeek>,
  { currency, precise_amount, precision }: Transaction,
  slot: number,
  slots: number,
): void {
  const week = currencies.get(currency) ?? {
    currency,
    precision: 1n,
    slots: Array.from({ length: slots }, () => ({ count: 0, minor: 0n })),
    count: 0,
    left_out: 0,
  };
  currencies.set(currency, week);
  week.count += 1;
  week.slots[slot]!.count += 1;
  if (precise_amount === undefined || precision === undefined || !POWER_OF_TEN.test(String(precision))) {
    week.left_out += 1;
    return;
  }
  if (precision > week.precision) {
    for (const other of week.slots) other.minor *= precision / week.precision;
    week.precision = precision;
  }
  week.slots[slot]!.minor += precise_amount * (week.precision / precision);
}

/** Of two of them one divides the other, so that amounts can be added without a remainder. */
const POWER_OF_TEN = /^10{0,18}$/;

function oldestOf(waiting: ReadonlyMap<string, number>): WeekOfRows["queued"]["oldest"] {
  let oldest: WeekOfRows["queued"]["oldest"];
  for (const [transaction_id, created_at] of waiting) {
    if (!oldest || created_at < oldest.created_at) oldest = { transaction_id, created_at };
  }
  return oldest;
}
