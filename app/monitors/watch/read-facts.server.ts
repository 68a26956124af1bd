import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { isLineageBalance } from "#app/platform/blnk/lineage.ts";
import type { Database } from "#db/database.server.ts";

import {
  type BalanceMonitor,
  isBalanceKind,
  type TransactionMonitor,
  type WindowMonitor,
} from "../definition/monitor.ts";
import { type BalanceFold, foldBalances, needsMembers, needsEndpointBalances } from "../kinds/evaluate.ts";
import type { EvaluationContext, SubjectResult } from "../kinds/facts.ts";
import { withProblem, withUnseen } from "../kinds/results.ts";
import type { StoredMonitor } from "../monitors.server.ts";
import { answers, selectionFilters } from "../reads/balance-filters.ts";
import type { BalanceReader } from "../reads/balance-reader.ts";
import { confirmResults } from "../reads/confirm-results.server.ts";
import { requiredReadsOf, wholeSelection } from "../reads/plan-balance-reads.ts";
import { problemOf, problemOfUnread } from "../reads/problem-of.ts";
import { readBalances } from "../reads/read-balances.server.ts";
import type { RowGroup } from "../reads/read-rows.server.ts";
import { evaluateWindows } from "./evaluate-rows.server.ts";
import { type Backlog, createRowWatch, isOfEvents } from "./watch-rows.server.ts";

/** A monitor that is due, with the subjects that it must hear of. */
export type DueMonitor = StoredMonitor & { context: EvaluationContext };

export type Evaluated = {
  /** By monitor id. */
  results: ReadonlyMap<string, SubjectResult[]>;
  /** Why a monitor could not be evaluated, by its id. */
  problems: ReadonlyMap<string, string>;
  balances: number | undefined;
  /** What is left of rows that were booked while nobody read; those who wait for them are not evaluated. */
  backlog: Backlog | undefined;
  /** Once all that follows is stored: remembers what was read of transactions. */
  remember: () => Promise<void>;
};

type ReadContext = {
  client: CloudClient;
  db: Database;
  installedAppId: string;
  now: number;
  record: (results: ReadonlyMap<string, SubjectResult[]>) => Promise<void>;
};

/**
 * Reads what the monitors of an install need, together, and evaluates them. A read that fails makes those unknown that
 * needed it.
 *
 * @throws CloudError `unauthorised`, `stopped` or `cancelled`
 */
export async function evaluateMonitors(
  reading: ReadContext,
  { due, idle }: { due: readonly DueMonitor[]; idle: readonly StoredMonitor[] },
  known: { rowsUntil: number | null; rowsFrom: number | undefined; balances: number | undefined },
): Promise<Evaluated> {
  const { client, db, now } = reading;
  const problems = new Map<string, string>();
  const markUnreadable = (monitors: readonly StoredMonitor[], problem: string | undefined) => {
    if (problem !== undefined)
      for (const { id } of monitors) if (!problems.has(id)) problems.set(id, problem);
  };
  const ofRows = due.filter(isOfRows);
  const ofBalances = due.filter(isOfBalances);
  const results = new Map<string, SubjectResult[]>();

  const rows = createRowWatch(reading, { due: ofRows, idle }, known.rowsUntil);
  let read: RowGroup | Backlog | undefined;
  if (ofRows.length > 0) {
    markUnreadable(
      ofRows,
      await problemOf(async () => {
        read = await rows.read(known.rowsFrom);
      }),
    );
  }
  const backlog = read && "until" in read ? read : undefined;
  const last = read && "changed" in read ? read : undefined;
  const judged = backlog ? [] : ofRows;

  const members = new Map<string, string[]>();
  const folds = new Map<string, BalanceFold>();
  const readers = [
    ...ofBalances.map((stored) => balanceReader(stored, folds)),
    ...judged.flatMap((stored) => memberReader(stored, members)),
  ];
  const balances = await readBalances(client, readers, { now, balances: known.balances, seen: rows.see });
  for (const stored of ofBalances) {
    const { id, monitor } = stored;
    const found = balances.results.get(id) ?? [];
    const { results: confirmed, problem } = await confirmResults(client, monitor, {
      fold: folds.get(id)!,
      found,
      now,
    });
    results.set(id, confirmed);
    markUnreadable([stored], balances.problems.get(id) ?? problem);
  }
  for (const stored of judged) markUnreadable([stored], balances.problems.get(stored.id));

  let isRead = false;
  if (last) {
    markUnreadable(
      judged,
      await problemOf(async () => {
        for (const [id, found] of await rows.finish(last)) results.set(id, found);
        isRead = true;
      }),
    );
    markUnreadable(
      judged.filter(({ monitor }) => needsEndpointBalances(monitor)),
      problemOfUnread(rows.unreadBalances(), "balance"),
    );
  }
  if (isRead) {
    const { unfilled, problem } = await rows.fillNew();
    markUnreadable(unfilled, problem);
  }
  const windows = await evaluateWindows(db, judged.filter(isOfWindow), { members, problems });
  for (const stored of judged) {
    const { id, context } = stored;
    const problem = problems.get(id);
    if (windows.has(id)) results.set(id, windows.get(id)!);
    else if (problem !== undefined)
      results.set(
        id,
        isOfEvents(stored)
          ? withProblem([], context.tracked, problem)
          : withUnseen(results.get(id) ?? [], context.tracked, problem),
      );
  }
  return {
    results,
    problems,
    balances: balances.balances,
    backlog,
    // Rows that could not be judged are read again.
    remember: async () => {
      if (isRead) await rows.remember();
    },
  };
}

type Of<M> = DueMonitor & { monitor: M };

function isOfBalances<S extends StoredMonitor>(stored: S): stored is S & { monitor: BalanceMonitor } {
  return isBalanceKind(stored.monitor.kind);
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
    requiredReads: requiredReadsOf(monitor, { tracked: context.tracked, watching_since, evaluated_at }),
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
      requiredReads: wholeSelection(monitor.select),
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
