import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { hasMoved, MOVED } from "#app/platform/blnk/has-moved.ts";
import { isLineageBalance } from "#app/platform/blnk/lineage.ts";
import type { Balance } from "#app/platform/blnk/records.ts";
import { yieldToEventLoop } from "#app/platform/yield-to-event-loop.ts";

import type { SubjectResult } from "../kinds/facts.ts";
import { answers, type BalanceFilters } from "./balance-filters.ts";
import { type BalanceReader, finishReader, type ReadContext } from "./balance-reader.ts";
import {
  type RequiredReads,
  distinctScans,
  keyOf,
  PAGE_SIZE,
  planBalanceReads,
} from "./plan-balance-reads.ts";
import { problemOf, problemOfUnread } from "./problem-of.ts";
import { type ReadState, readById } from "./read-by-id.server.ts";
import { readEverything } from "./read-everything.server.ts";

export type BalanceReading = {
  results: ReadonlyMap<string, SubjectResult[]>;
  /** Why a reader's balances could not all be read. */
  problems: ReadonlyMap<string, string>;
  /** How many balances there are, where that was learnt. */
  balances: number | undefined;
};

/**
 * Reads what the balance monitors of an install need, once for all of them, and folds it page by page: no scan is ever
 * held. What cannot be read is a problem of the monitors that needed it, not of the others.
 *
 * @param seen is given every balance that any read brings
 * @throws CloudError `unauthorised`, `stopped` or `cancelled`: then nothing can be read
 */
export async function readBalances(
  client: CloudClient,
  readers: readonly BalanceReader[],
  {
    now,
    balances,
    seen,
  }: { now: number; balances: number | undefined; seen: (page: readonly Balance[]) => void },
): Promise<BalanceReading> {
  const reading: ReadContext = { now, seen, results: new Map(), problems: new Map() };
  const { results, problems } = reading;
  if (readers.length === 0) return { results, problems, balances };
  const requiredReads = readers.map(({ requiredReads }) => requiredReads);
  const plan = planBalanceReads(requiredReads, await countRows(client, requiredReads, balances));
  const wanting = plan.kind === "each" ? [] : readers.filter(({ requiredReads }) => !isByName(requiredReads));
  const misled = await readEach(
    client,
    readers.filter((reader) => !wanting.includes(reader)),
    reading,
  );
  if (wanting.length + misled.length > 0) {
    const counted = await readEverything(client, [...wanting, ...misled], reading);
    return { results, problems, balances: counted ?? balances };
  }
  // One small question, so that an install that has grown or shrunk is read the cheaper way next time.
  const isSelective = requiredReads.some((requiredReads) => !isByName(requiredReads));
  return { results, problems, balances: isSelective ? await countBalances(client) : balances };
}

function isByName({ queries, scans }: RequiredReads): boolean {
  return queries.length + scans.length === 0;
}

/** @returns the monitors that a scan of everything has to serve after all */
async function readEach(
  client: CloudClient,
  readers: readonly BalanceReader[],
  reading: ReadContext,
): Promise<BalanceReader[]> {
  const { now, seen } = reading;
  const states = readers.map((reader) => ({
    reader,
    requiredReads: reader.requiredReads,
    fold: reader.fold(),
    ids: new Set(reader.requiredReads.ids),
    state: newState(),
  }));

  await eachOf(
    groupBy(states, ({ requiredReads }) => requiredReads.scans),
    async (filters, group) => {
      const folds = group.map(({ requiredReads, fold }) => ({
        fold,
        before: scansBefore(requiredReads, filters),
      }));
      let unread = 0;
      const onUnreadable = () => (unread += 1);
      const problem = await problemOf(async () => {
        for await (const page of client.balances.scan({ filters, createdUntil: now, onUnreadable })) {
          seen(page);
          const rows = page.filter((balance) => answers(balance, filters));
          for (const { fold, before } of folds)
            fold.add(rows.filter((balance) => !before.some((scan) => answers(balance, scan))));
          await yieldToEventLoop();
        }
      });
      for (const { state } of group) state.problem ??= problem ?? problemOfUnread(unread, "balance");
    },
  );

  await eachOf(
    groupBy(states, ({ requiredReads }) => requiredReads.queries),
    async (filters, group) => {
      let unread = 0;
      const onUnreadable = () => (unread += 1);
      const problem = await problemOf(async () => {
        for await (const page of client.balances.scan({ filters, createdUntil: undefined, onUnreadable })) {
          if (!page.every((balance) => answers(balance, filters))) {
            for (const { state } of group) state.misled = true;
            return;
          }
          seen(page);
          for (const { fold, ids } of group) {
            fold.add(page);
            for (const { balance_id } of page) ids.delete(balance_id);
          }
          await yieldToEventLoop();
        }
      });
      for (const { state } of group) state.problem ??= problem ?? problemOfUnread(unread, "balance");
    },
  );

  await eachOf(
    groupBy(states, ({ requiredReads }) => (requiredReads.selection ? [requiredReads.selection] : [])),
    async (filters, group) => {
      const problem = await problemOf(async () => {
        const currencies = await readCurrencies(client, filters);
        for (const { state } of group) state.currencies = currencies;
      });
      for (const { state } of group) state.problem ??= problem;
    },
  );

  await readById(
    client,
    states.filter(({ state }) => !state.misled),
    seen,
  );

  for (const { reader, fold, state } of states) {
    if (!state.misled) finishReader(reading, reader.id, fold, state);
    await yieldToEventLoop();
  }
  return states.filter(({ state }) => state.misled).map(({ reader }) => reader);
}

function newState(): ReadState {
  return { problem: undefined, currencies: undefined, misled: false };
}

/** One or two of the currencies that a selection matches: whether there is more than one is all that counts. */
async function readCurrencies(client: CloudClient, filters: BalanceFilters): Promise<string[]> {
  const first = await findCurrency(client, filters);
  if (!first) return [];
  const { currency } = first;
  if (!first.moved || filters.some(({ field }) => field === "currency")) return [currency];
  const other = await findCurrency(client, [
    ...filters,
    { field: "currency", operator: "ne", value: currency },
  ]);
  return other?.moved && other.currency !== currency ? [currency, other.currency] : [currency];
}

function counts(balance: Balance): boolean {
  return !isLineageBalance(balance);
}

/** The currency of a balance that has moved; where none has, of any. */
async function findCurrency(
  client: CloudClient,
  filters: BalanceFilters,
): Promise<{ currency: string; moved: boolean } | undefined> {
  const { rows, total } = await client.balances.list({ filters, pageSize: PAGE_SIZE });
  const isWhole = total !== undefined && rows.length >= total;
  const countsMoved = (balance: Balance) => counts(balance) && hasMoved(balance);
  let moved = rows.find(countsMoved);
  // Thousands that were only opened may come first.
  for (const filter of isWhole ? [] : MOVED)
    moved ??= await findFirst(client, [...filters, filter], countsMoved);
  const found =
    moved ?? rows.find(counts) ?? (isWhole ? undefined : await findFirst(client, filters, counts));
  return found && { currency: found.currency ?? "", moved: moved !== undefined };
}

async function findFirst(
  client: CloudClient,
  filters: BalanceFilters,
  isWanted: (balance: Balance) => boolean,
): Promise<Balance | undefined> {
  for await (const page of client.balances.scan({ filters, createdUntil: undefined })) {
    const found = page.find(isWanted);
    if (found) return found;
  }
  return undefined;
}

/** The selections of the same monitor that are read before this one: what is in both comes only once. */
function scansBefore({ scans }: RequiredReads, filters: BalanceFilters): BalanceFilters[] {
  const key = keyOf(filters);
  return scans.slice(
    0,
    scans.findIndex((scan) => keyOf(scan) === key),
  );
}

function groupBy<T>(
  items: readonly T[],
  filtersOf: (item: T) => readonly BalanceFilters[],
): [BalanceFilters, T[]][] {
  const groups = new Map<string, [BalanceFilters, T[]]>();
  for (const item of items) {
    for (const filters of filtersOf(item)) {
      const key = keyOf(filters);
      const group = groups.get(key) ?? [filters, []];
      if (!group[1].includes(item)) group[1].push(item);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

/** All at once: the client keeps them within the install's limit. */
async function eachOf<T>(
  groups: readonly [BalanceFilters, T[]][],
  read: (filters: BalanceFilters, group: T[]) => Promise<void>,
): Promise<void> {
  await Promise.all(groups.map(([filters, group]) => read(filters, group)));
}

async function countBalances(client: CloudClient, filters: BalanceFilters = []): Promise<number | undefined> {
  let total: number | undefined;
  await problemOf(async () => {
    total = (await client.balances.list({ filters, pageSize: 1 })).total;
  });
  return total;
}

/** One selection cannot be dearer than everything; of several, Cloud is asked how large they are. */
async function countRows(
  client: CloudClient,
  requiredReads: readonly RequiredReads[],
  balances: number | undefined,
): Promise<{ balances: number | undefined; scanned: number | undefined }> {
  const scans = distinctScans(requiredReads);
  const known = { balances, scanned: undefined };
  // Not even the least that they could be would be cheaper than everything.
  if (scans.length < 2 || planBalanceReads(requiredReads, known).kind === "everything") return known;
  const [all, ...counts] = await Promise.all([
    balances ?? countBalances(client),
    ...scans.map((filters) => countBalances(client, filters)),
  ]);
  const scanned = counts.reduce<number | undefined>(
    (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
  return { balances: all, scanned };
}
