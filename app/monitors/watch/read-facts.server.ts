import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { isLineageBalance, shadowEnds } from "#app/platform/blnk/lineage.ts";
import type { Balance } from "#app/platform/blnk/records.ts";
import type { Database } from "#db/database.server.ts";

import type { BalanceMonitor, TransactionMonitor, WindowMonitor } from "../definition/monitor.ts";
import { type BalanceFold, foldBalances, needsMembers, needsTraits } from "../kinds/evaluate.ts";
import {
  type BalanceTraits,
  type EvaluationContext,
  type FindTraits,
  type SeenTransaction,
  type SubjectResult,
} from "../kinds/facts.ts";
import { addToWindows } from "../reads/add-to-windows.server.ts";
import { answers, selectionFilters } from "../reads/balance-filters.ts";
import { confirmImbalance } from "../reads/confirm-imbalance.server.ts";
import { lookBackWindows } from "../reads/look-back.server.ts";
import { demandOf, wholeSelection } from "../reads/plan-balance-reads.ts";
import type { BalanceReader } from "../reads/balance-reader.ts";
import { problemOf, problemOfUnread } from "../reads/problem-of.ts";
import { readBalances } from "../reads/read-balances.server.ts";
import { batches } from "../reads/batches.ts";
import { findBalances } from "../reads/read-by-id.server.ts";
import {
  idsOfEnds,
  readRows,
  type RowsReading,
  type Unread,
  unknownEnds,
} from "../reads/read-rows.server.ts";
import type { StoredMonitor } from "../monitors.server.ts";
import { findEvents } from "../episodes/episodes.server.ts";
import { resultOf } from "../kinds/results.ts";
import { evaluateRows } from "./evaluate-rows.server.ts";

/** A monitor that is due, with the subjects that it must hear of. */
export type DueMonitor = StoredMonitor & { context: EvaluationContext };

export type Evaluated = {
  /** By monitor id. */
  results: ReadonlyMap<string, SubjectResult[]>;
  /** Why a monitor could not be evaluated, by its id. */
  problems: ReadonlyMap<string, string>;
  /** What was read of transactions, to be remembered once all that follows from it is stored. */
  rows: RowsReading | undefined;
  balances: number | undefined;
};

type Reading = { client: CloudClient; db: Database; installedAppId: string; now: number };

/**
 * Reads what the monitors of an install need, together, and evaluates them. A read that fails makes those unknown that
 * needed it.
 *
 * @throws CloudError `unauthorised`, `stopped` or `cancelled`
 */
export async function evaluateMonitors(
  reading: Reading,
  { due, idle }: { due: readonly DueMonitor[]; idle: readonly StoredMonitor[] },
  known: { rowsUntil: number | null; balances: number | undefined },
): Promise<Evaluated> {
  const { client, db, installedAppId, now } = reading;
  const problems = new Map<string, string>();
  const blame = (monitors: readonly StoredMonitor[], problem: string | undefined) => {
    if (problem !== undefined)
      for (const { id } of monitors) if (!problems.has(id)) problems.set(id, problem);
  };
  const ofRows = due.filter(isOfRows);
  const ofBalances = due.filter(isOfBalances);

  let rows: RowsReading | undefined;
  if (ofRows.length > 0) {
    const lookBack =
      known.rowsUntil === null ||
      ofRows.some(({ kind, looked_back }) => kind === "stuck_transaction" && looked_back === 0);
    const problem = await problemOf(async () => {
      rows = await readRows(client, db, installedAppId, { since: known.rowsUntil, lookBack, now });
    });
    blame(ofRows, problem);
  }

  const idleWindows = rows ? idle.filter(isOfWindow).filter(({ looked_back }) => looked_back === 1) : [];
  const traits = collectTraits([...ofRows, ...idleWindows], rows);
  const members = new Map<string, string[]>();
  const folds = new Map<string, BalanceFold>();
  const readers = [
    ...ofBalances.map((stored) => balanceReader(stored, folds)),
    ...ofRows.flatMap((stored) => memberReader(stored, members)),
  ];
  const balances = await readBalances(client, readers, { now, balances: known.balances, seen: traits.add });
  let unreadEnds = 0;
  const traitsProblem = await problemOf(async () => {
    unreadEnds = await traits.readRest(client);
  });
  blame(
    ofRows.filter(({ monitor }) => traits.ofShadows || needsTraits(monitor)),
    traitsProblem ?? problemOfUnread(unreadEnds, "balance"),
  );
  if (rows && traitsProblem === undefined) rows = traits.nameEnds(rows);

  const windows = [...ofRows.filter(isOfWindow), ...idleWindows];
  if (rows && traitsProblem === undefined) {
    const problem = await fillWindows(reading, windows, rows.rows, traits.find);
    blame(
      ofRows.filter(({ kind, looked_back }) => looked_back === 0 && kind !== "transaction_match"),
      problem,
    );
  }
  const results = new Map<string, SubjectResult[]>();
  for (const stored of ofBalances) {
    const { id, monitor } = stored;
    const found = balances.results.get(id) ?? [];
    const { results: confirmed, problem } =
      monitor.kind === "ledger_imbalance"
        ? await confirmImbalance(client, monitor, { fold: folds.get(id)!, found, now })
        : { results: found };
    results.set(id, confirmed);
    blame([stored], balances.problems.get(id) ?? problem);
  }
  for (const stored of ofRows) blame([stored], balances.problems.get(stored.id));
  const ofRowsResults = await evaluateRows(reading, ofRows, {
    rows,
    traits: traits.find,
    members,
    problems,
    blame,
  });
  for (const [id, found] of ofRowsResults) results.set(id, found);
  if (rows && rows.unread.count > 0) {
    const { id } = ofRows.find(({ kind }) => kind === "transaction_match") ?? ofRows[0]!;
    results.set(id, [...results.get(id)!, ...(await tellOfUnread(db, id, rows.unread, now))]);
  }
  // Rows that could not be judged are read again.
  return {
    results,
    problems,
    rows: traitsProblem === undefined ? rows : undefined,
    balances: balances.balances,
  };
}

const HOUR_MS = 60 * 60_000;

/**
 * Rows that could not be read may be just what a monitor waits for: one of them has an incident for it, one an hour. It
 * flags the row beside, for of what cannot be read there is no id.
 */
async function tellOfUnread(
  db: Database,
  monitorId: string,
  { count, beside }: Unread,
  now: number,
): Promise<SubjectResult[]> {
  const at = beside?.created_at ?? now;
  const subject = `unreadable ${new Date(at - (at % HOUR_MS)).toISOString().slice(0, 13)}h`;
  if ((await findEvents(db, monitorId, [subject])).length > 0) return [];
  const what = count === 1 ? "a transaction" : `${count} transactions`;
  const value = `${what} that can't be read, too large or damaged, booked about ${new Date(at).toISOString().slice(0, 16)}Z`;
  return [resultOf(subject, "happened", { entity: beside?.transaction_id, value })];
}

type Of<M> = DueMonitor & { monitor: M };

function isOfBalances<S extends StoredMonitor>(stored: S): stored is S & { monitor: BalanceMonitor } {
  return ["balance_threshold", "new_balance", "ledger_imbalance"].includes(stored.monitor.kind);
}

function isOfRows<S extends StoredMonitor>(stored: S): stored is S & { monitor: TransactionMonitor } {
  return !isOfBalances(stored);
}

function isOfWindow<S extends StoredMonitor>(stored: S): stored is S & { monitor: WindowMonitor } {
  return ["rejections", "movement", "silence"].includes(stored.monitor.kind);
}

/** @param folds are given each monitor's own, for what is read of it afterwards */
function balanceReader(
  { id, monitor, context, watching_since, evaluated_at }: Of<BalanceMonitor>,
  folds: Map<string, BalanceFold>,
): BalanceReader {
  return {
    id,
    demand: demandOf(monitor, { tracked: context.tracked, watching_since, evaluated_at }),
    fold() {
      const fold = foldBalances(monitor, context);
      folds.set(id, fold);
      return fold;
    },
  };
}

/** For a movement that is also true of those that do not move: the ids of all that could. */
function memberReader(
  { id, monitor }: Of<TransactionMonitor>,
  members: Map<string, string[]>,
): BalanceReader[] {
  if (monitor.kind !== "movement" || !needsMembers(monitor)) return [];
  const filters = selectionFilters(monitor.select);
  const { per } = monitor.condition;
  return [
    {
      id,
      demand: wholeSelection(monitor.select),
      fold() {
        const ids = new Set<string>();
        return {
          add(page) {
            for (const balance of page) {
              const member = per === "identity" ? balance.identity_id : balance.balance_id;
              if (member === undefined || !answers(balance, filters)) continue;
              if (monitor.select.balance_id !== undefined || !isLineageBalance(balance)) ids.add(member);
            }
          },
          finish() {
            members.set(id, [...ids]);
            return [];
          },
        };
      },
    },
  ];
}

function isStuck({ kind }: StoredMonitor): boolean {
  return kind === "stuck_transaction";
}

/** The balances at either end of the fresh rows, from whatever reads bring them, and by id for the rest. */
function collectTraits(ofRows: readonly StoredMonitor[], rows: RowsReading | undefined) {
  const asking = ofRows.filter(({ monitor }) => needsTraits(monitor));
  const nameless = ofRows.some(isStuck)
    ? (rows?.chains ?? []).filter(
        (chain) =>
          (asking.some(isStuck) || shadowEnds(chain.rows).length > 0) && unknownEnds(chain).length > 0,
      )
    : [];
  const ofShadows = shadowEnds(rows?.rows ?? []);
  const wanted = new Set([
    ...(asking.length > 0 ? idsOfEnds(rows?.rows ?? []) : ofShadows),
    ...nameless.flatMap(unknownEnds),
  ]);
  const found = new Map<string, BalanceTraits>();
  const add = (page: readonly Balance[]) => {
    for (const balance of page)
      if (wanted.has(balance.balance_id)) found.set(balance.balance_id, traitsOf(balance));
  };
  return {
    add,
    find: (id: string) => found.get(id),
    ofShadows: ofShadows.length > 0,
    /** @returns how many could not be read */
    async readRest(client: CloudClient): Promise<number> {
      let unread = 0;
      await Promise.all(
        batches([...wanted].filter((id) => !found.has(id))).map(async (ids) =>
          add(await findBalances(client, ids, () => (unread += 1))),
        ),
      );
      return unread;
    },
    /** Tells chains of the balances at their ends, once for as long as they are open. */
    nameEnds(reading: RowsReading): RowsReading {
      const named = new Map(
        nameless.map((chain) => {
          const ends = unknownEnds(chain).map((id) => found.get(id) ?? { ...NO_BALANCE, balance_id: id });
          return [chain.chain_id, { ...chain, ends: [...chain.ends, ...ends] }];
        }),
      );
      const chains = reading.chains.map((chain) => named.get(chain.chain_id) ?? chain);
      const changed = new Set(reading.changed.map(({ chain_id }) => chain_id)).union(named);
      return { ...reading, chains, changed: chains.filter(({ chain_id }) => changed.has(chain_id)) };
    },
  };
}

const NO_BALANCE = { indicator: undefined, ledger_id: undefined, identity_id: undefined };

function traitsOf({ balance_id, indicator, ledger_id, identity_id }: Balance): BalanceTraits {
  return { balance_id, indicator, ledger_id, identity_id };
}

/** Adds the fresh rows to the windows, and fills new ones from what was there before; answers why those could not be. */
async function fillWindows(
  { client, db, now }: Reading,
  windows: readonly (StoredMonitor & { monitor: WindowMonitor })[],
  rows: readonly SeenTransaction[],
  traits: FindTraits,
): Promise<string | undefined> {
  const filled = windows.filter(({ looked_back }) => looked_back === 1);
  await addToWindows(db, filled, rows, traits);
  const unfilled = windows.filter(({ looked_back }) => looked_back === 0);
  return unfilled.length === 0
    ? undefined
    : await problemOf(() => lookBackWindows(client, db, unfilled, now));
}
