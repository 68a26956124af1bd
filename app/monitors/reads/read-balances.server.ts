import type { CloudClient } from "#app/blnk/cloud.server.ts";
import { CloudError } from "#app/blnk/cloud-error.ts";
import type { Balance } from "#app/blnk/records.ts";

import { hasMoved } from "../kinds/balance-total.ts";
import type { SubjectResult } from "../kinds/facts.ts";
import { answers, type BalanceFilters } from "./balance-filters.ts";
import {
  type BalanceDemand,
  distinctScans,
  keyOf,
  PAGE_SIZE,
  planBalanceReads,
} from "./plan-balance-reads.ts";
import { ownTurn } from "../turns.ts";

/** What the pages of a monitor are folded into; made anew when a read has to be done again. */
export type Fold = {
  add: (page: readonly Balance[]) => void;
  finish: (reads: { problem?: string; currencies?: readonly string[] }) => SubjectResult[];
};

/** A monitor whose balances are to be read. */
export type BalanceReader = { id: string; demand: BalanceDemand; fold: () => Fold };

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
  const results = new Map<string, SubjectResult[]>();
  const problems = new Map<string, string>();
  if (readers.length === 0) return { results, problems, balances };
  const demands = readers.map(({ demand }) => demand);
  const plan = planBalanceReads(demands, await countRows(client, demands, balances));
  const again =
    plan.kind === "everything" ? readers : await readEach(client, readers, { now, seen, results, problems });
  // One small question, so that an install that has grown or shrunk is read the cheaper way next time.
  if (again.length === 0)
    return {
      results,
      problems,
      balances: plan.kind === "each" && plan.isSelective ? await countBalances(client) : balances,
    };
  const counted = await readEverything(client, again, { now, seen, results, problems });
  return { results, problems, balances: counted ?? balances };
}

type Reading = {
  now: number;
  seen: (page: readonly Balance[]) => void;
  results: Map<string, SubjectResult[]>;
  problems: Map<string, string>;
};

/** @returns how many there are, unless the scan failed */
async function readEverything(
  client: CloudClient,
  readers: readonly BalanceReader[],
  { now, seen, results, problems }: Reading,
): Promise<number | undefined> {
  const folds = readers.map(({ id, fold }) => ({ id, fold: fold() }));
  let count = 0;
  const problem = await problemOf(async () => {
    for await (const page of client.balances.scan({ createdUntil: now })) {
      count += page.length;
      seen(page);
      for (const { fold } of folds) fold.add(page);
      await ownTurn();
    }
  });
  for (const { id, fold } of folds) {
    results.set(id, fold.finish(problem === undefined ? {} : { problem }));
    if (problem !== undefined) problems.set(id, problem);
  }
  return problem === undefined ? count : undefined;
}

/** @returns the monitors that a scan of everything has to serve after all */
async function readEach(
  client: CloudClient,
  readers: readonly BalanceReader[],
  { now, seen, results, problems }: Reading,
): Promise<BalanceReader[]> {
  const states = readers.map((reader) => ({
    reader,
    demand: reader.demand,
    fold: reader.fold(),
    ids: new Set(reader.demand.ids),
    state: newState(),
  }));

  await eachOf(
    groupBy(states, ({ demand }) => demand.scans),
    async (filters, group) => {
      const problem = await problemOf(async () => {
        for await (const page of client.balances.scan({ filters, createdUntil: now })) {
          seen(page);
          const rows = page.filter((balance) => answers(balance, filters));
          for (const { demand, fold } of group)
            fold.add(rows.filter((balance) => !cameBefore(balance, demand, filters)));
          await ownTurn();
        }
      });
      for (const { state } of group) state.problem ??= problem;
    },
  );

  await eachOf(
    groupBy(states, ({ demand }) => demand.queries),
    async (filters, group) => {
      const problem = await problemOf(async () => {
        for await (const page of client.balances.scan({ filters, createdUntil: undefined })) {
          if (!page.every((balance) => answers(balance, filters))) {
            for (const { state } of group) state.misled = true;
            return;
          }
          seen(page);
          for (const { fold, ids } of group) {
            fold.add(page);
            for (const { balance_id } of page) ids.delete(balance_id);
          }
          await ownTurn();
        }
      });
      for (const { state } of group) state.problem ??= problem;
    },
  );

  await eachOf(
    groupBy(states, ({ demand }) => (demand.selection ? [demand.selection] : [])),
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
    if (state.misled) continue;
    const { problem, currencies } = state;
    if (problem !== undefined) problems.set(reader.id, problem);
    results.set(
      reader.id,
      fold.finish({ ...(problem !== undefined && { problem }), ...(currencies && { currencies }) }),
    );
  }
  return states.filter(({ state }) => state.misled).map(({ reader }) => reader);
}

type State = { problem: string | undefined; currencies: string[] | undefined; misled: boolean };

function newState(): State {
  return { problem: undefined, currencies: undefined, misled: false };
}

type ById = { demand: BalanceDemand; fold: Fold; ids: ReadonlySet<string>; state: State };

/** The balances that are asked for by name, a hundred at a time. */
async function readById(
  client: CloudClient,
  states: readonly ById[],
  seen: (page: readonly Balance[]) => void,
): Promise<void> {
  const wanted = new Map<string, ById[]>();
  for (const state of states) for (const id of state.ids) wanted.set(id, [...(wanted.get(id) ?? []), state]);
  await Promise.all(
    batches([...wanted.keys()]).map(async (ids) => {
      const problem = await problemOf(async () => {
        const page = await findBalances(client, ids);
        seen(page);
        for (const balance of page) {
          for (const { demand, fold } of wanted.get(balance.balance_id)!) {
            if (!demand.scans.some((scan) => answers(balance, scan))) fold.add([balance]);
          }
        }
      });
      if (problem === undefined) return;
      for (const id of ids) for (const { state } of wanted.get(id)!) state.problem ??= problem;
    }),
  );
}

/** @param ids at most a hundred */
export async function findBalances(client: CloudClient, ids: readonly string[]): Promise<Balance[]> {
  const asked = new Set(ids);
  const found: Balance[] = [];
  for await (const page of client.balances.scan({
    filters: [{ field: "balance_id", operator: "in", values: ids }],
    createdUntil: undefined,
  })) {
    if (!page.every(({ balance_id }) => asked.has(balance_id)))
      throw new CloudError("malformed", { reason: "filter ignored" });
    found.push(...page);
  }
  return found;
}

export function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / PAGE_SIZE) }, (_, index) =>
    items.slice(index * PAGE_SIZE, (index + 1) * PAGE_SIZE),
  );
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

/** The currency of a balance that has moved; where none has, of any. */
async function findCurrency(
  client: CloudClient,
  filters: BalanceFilters,
): Promise<{ currency: string; moved: boolean } | undefined> {
  let idle: string | undefined;
  for await (const page of client.balances.scan({ filters, createdUntil: undefined })) {
    for (const balance of page) {
      if (hasMoved(balance)) return { currency: balance.currency ?? "", moved: true };
      idle ??= balance.currency ?? "";
    }
  }
  return idle === undefined ? undefined : { currency: idle, moved: false };
}

/** The scan of another selection of the same monitor has brought it already. */
function cameBefore(balance: Balance, { scans }: BalanceDemand, filters: BalanceFilters): boolean {
  const earlier = scans.slice(
    0,
    scans.findIndex((scan) => keyOf(scan) === keyOf(filters)),
  );
  return earlier.some((scan) => answers(balance, scan));
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
  demands: readonly BalanceDemand[],
  balances: number | undefined,
): Promise<{ balances: number | undefined; scanned: number | undefined }> {
  const scans = distinctScans(demands);
  if (scans.length < 2 || scans.some((filters) => filters.length === 0))
    return { balances, scanned: undefined };
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

/** Why a read failed, in words for people; undefined when it did not. */
export async function problemOf(read: () => Promise<void>): Promise<string | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    if (!(error instanceof CloudError) || ["unauthorised", "stopped", "cancelled"].includes(error.code))
      throw error;
    return error.code === "missing_scope" && error.scope !== undefined
      ? `${error.message}: ${error.scope}.`
      : `${error.message}.`;
  }
}
