import { TooManyRows } from "#app/platform/blnk/collection.server.ts";
import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { yieldToEventLoop } from "#app/platform/yield-to-event-loop.ts";
import type { Database } from "#db/database.server.ts";

import type { StuckTransaction, WindowMonitor } from "../definition/monitor.ts";
import { findEvents } from "../incidents/incidents.server.ts";
import { type Chain, OVERLAP_MS, type SubjectResult } from "../kinds/facts.ts";
import { resultOf, withProblem, withUnseen } from "../kinds/results.ts";
import { judgeChains } from "../kinds/stuck-transaction.ts";
import type { StoredMonitor } from "../monitors.server.ts";
import { openRows } from "../reads/chains.server.ts";
import { backfillWindows } from "../reads/backfill-windows.server.ts";
import { problemOf } from "../reads/problem-of.ts";
import { createRowReader, type RowGroup } from "../reads/read-rows.server.ts";
import { dropChains, moveCursor, rememberRows } from "../reads/watched-rows.server.ts";
import { addToWindows, slideWindows } from "../reads/windows.server.ts";
import { type DueEvents, type DueRowMonitor, type DueWindow, evaluateGroup } from "./evaluate-rows.server.ts";
import { createRowBalances } from "./row-balances.server.ts";

// A slice of a backlog: what follows from it is stored, and the cursor moves, before the next is read.
const SLICE_ROWS = 2_500;
// One that turns out to have more than it may is asked for in vain.
const FULL = 0.9;
const GROWTH = 8;
/** Then others have their turn. */
const CATCH_UP_MS = 5_000;

export type Backlog = { rows: number; until: number };

type Context = {
  client: CloudClient;
  db: Database;
  installedAppId: string;
  now: number;
  /** Stores events that were found on the way. */
  record: (results: ReadonlyMap<string, SubjectResult[]>) => Promise<void>;
};

/**
 * Watches an install's transactions: first the backlog, slice by slice, then the present. Of a backlog events count, and
 * windows fill; what is so is judged once, as of now.
 *
 * @param since until when rows were read
 */
export function createRowWatch(
  { client, db, installedAppId, now, record }: Context,
  { due, idle }: { due: readonly DueRowMonitor[]; idle: readonly StoredMonitor[] },
  since: number | null,
) {
  const reader = createRowReader(client, db, installedAppId, { since, now });
  const idleWindows = idle.filter(isWindow).filter(({ backfilled }) => backfilled === 1);
  const windows = [...due.filter(isWindow), ...idleWindows];
  const filled = windows.filter(({ backfilled }) => backfilled === 1);
  const ofEvents = due.filter(isOfEvents);
  const stuck = due.filter(isStuck);
  const balances = createRowBalances(client, [...due, ...idleWindows]);
  /** Closed now, and to be told of before they are forgotten. */
  const kept = new Set(stuck.flatMap(({ context }) => [...context.tracked]));
  const closed = new Set<string>();
  const unreadable = new Map<string, string>();

  async function match(some: readonly DueEvents[], { rows }: RowGroup): Promise<void> {
    const found = new Map<string, SubjectResult[]>();
    for (const stored of some) {
      const { events, problem } = await evaluateGroup({ client, db }, stored, rows, balances.find);
      if (events.length > 0) found.set(stored.id, events);
      if (problem !== undefined) unreadable.set(stored.id, problem);
      await yieldToEventLoop();
    }
    if (found.size > 0) await record(found);
  }

  /** Everything that follows from some rows; only then they count as read. */
  async function process(group: RowGroup, chains: readonly Chain[] = group.changed): Promise<Chain[]> {
    balances.want(group, chains);
    return await processWanted(group, chains);
  }

  async function processWanted(group: RowGroup, chains: readonly Chain[]): Promise<Chain[]> {
    await balances.readRest();
    const named = balances.name(chains);
    await addToWindows(db, installedAppId, filled, {
      rows: group.rows,
      endpointBalances: balances.find,
      now,
    });
    await match(ofEvents, group);
    const gained = new Set(group.changed.map(({ chain_id }) => chain_id));
    const changed = named.filter((chain, index) => chain !== chains[index] || gained.has(chain.chain_id));
    for (const { chain_id, rows } of changed)
      if (kept.has(chain_id) && openRows(rows, now).length === 0) closed.add(chain_id);
    await rememberRows(db, installedAppId, { rows: group.rows, changed, kept, now });
    return named;
  }

  /** Monitors with hours or a daily check missed what others have seen since they were last due. */
  async function replayMissed(): Promise<void> {
    const some = ofEvents.filter(({ monitor }) => monitor.schedule);
    if (some.length === 0) return;
    const from = Math.min(
      ...some.map(({ watching_since, evaluated_at }) =>
        Math.max(watching_since, (evaluated_at ?? 0) - OVERLAP_MS),
      ),
    );
    for await (const group of reader.scan({ from, until: now, seen: true })) {
      const rows = group.rows.map((row) => ({ ...row, first_seen_at: row.created_at ?? now }));
      balances.want(group, []);
      await balances.readRest();
      await match(some, { ...group, rows });
    }
  }

  /** Rows that could not be read may be just what a monitor waits for: one of them has an incident for it, one an hour. */
  async function tellOfUnread(): Promise<void> {
    const { count, beside } = reader.unread;
    const teller = ofEvents[0] ?? due[0];
    if (count === 0 || !teller) return;
    reader.unread.count = 0;
    const at = beside?.created_at ?? now;
    const subject = `unreadable ${new Date(at - (at % HOUR_MS)).toISOString().slice(0, 13)}h`;
    if ((await findEvents(db, teller.id, [subject])).length > 0) return;
    const what = count === 1 ? "a transaction" : `${count} transactions`;
    const value = `${what} that can't be read, too large or damaged, booked about ${new Date(at).toISOString().slice(0, 16)}Z`;
    // What cannot be read has no id: the row beside it is flagged.
    await record(
      new Map([[teller.id, [resultOf(subject, "happened", { entity: beside?.transaction_id, value })]]]),
    );
  }

  /** Processes all groups of a stretch but the last. */
  async function readStretch(stretch: {
    from: number;
    until: number;
    most?: number;
  }): Promise<{ last: RowGroup; rows: number }> {
    let last: RowGroup = { rows: [], changed: [] };
    let rows = 0;
    for await (const group of reader.scan(stretch)) {
      if (last.rows.length > 0) await process(last);
      last = group;
      rows += group.rows.length;
    }
    return { last, rows };
  }

  return {
    /**
     * Reads up to now, or for as long as a turn lasts.
     *
     * @param from where the turn before this ended
     * @returns the last rows, still to be processed, or what is left of the backlog
     */
    async read(from = reader.from): Promise<RowGroup | Backlog> {
      const ends = performance.now() + CATCH_UP_MS;
      let [begin, until] = [from, now];
      let behind = 0;
      for (;;) {
        try {
          const most = until - begin > 1 ? { most: SLICE_ROWS } : {};
          const { last, rows } = await readStretch({ from: begin, until, ...most });
          if (until === now) {
            balances.want(last, last.changed);
            return last;
          }
          await slideWindows(db, installedAppId, windows, until);
          await process(last);
          await tellOfUnread();
          await moveCursor(db, installedAppId, until, until - OVERLAP_MS);
          // As long as makes a full slice, if the ledger goes on as it did.
          const span = Math.ceil((until - begin) * Math.min((SLICE_ROWS * FULL) / (rows + 1), GROWTH));
          begin = until;
          until = Math.min(now, begin + span);
          if (performance.now() > ends) return { rows: behind, until: begin };
        } catch (error) {
          if (!(error instanceof TooManyRows)) throw error;
          if (until === now) behind = error.total;
          until = begin + Math.max(1, Math.floor(((until - begin) * SLICE_ROWS * FULL) / error.total));
        }
      }
    },

    see: balances.see,
    unreadBalances: balances.unread,

    /** Processes the last rows, and judges what waits. */
    async finish(last: RowGroup): Promise<Map<string, SubjectResult[]>> {
      const results = new Map<string, SubjectResult[]>();
      await slideWindows(db, installedAppId, windows, now);
      await processWanted(last, last.changed);
      if (since === null || stuck.some(({ backfilled }) => backfilled === 0))
        for await (const group of reader.backfill())
          await rememberRows(db, installedAppId, { ...group, kept, now });
      for await (const group of reader.chains()) {
        const chains = await process(group, group.chains);
        for (const { id, monitor, context } of stuck)
          results.set(id, [...(results.get(id) ?? []), ...judgeChains(monitor, chains, context)]);
        await yieldToEventLoop();
      }
      for (const { id, context } of stuck)
        results.set(id, withUnseen(results.get(id) ?? [], context.tracked, undefined));
      await replayMissed();
      await tellOfUnread();
      for (const { id, context } of ofEvents)
        results.set(id, withProblem([], context.tracked, unreadable.get(id)));
      return results;
    },

    /** Fills the windows of monitors that are new; answers why those could not be. */
    async fillNew(): Promise<{ unfilled: readonly DueWindow[]; problem: string | undefined }> {
      const unfilled = due.filter(isWindow).filter(({ backfilled }) => backfilled === 0);
      if (unfilled.length === 0) return { unfilled, problem: undefined };
      return {
        unfilled,
        problem: await problemOf(() => backfillWindows({ client, db, installedAppId, now }, unfilled)),
      };
    },

    /** Once all is stored that follows. */
    async remember(): Promise<void> {
      await db.write((tx) => dropChains(tx, installedAppId, [...closed]));
      await moveCursor(db, installedAppId, now, now - OVERLAP_MS);
    },
  };
}

const HOUR_MS = 60 * 60_000;

function isWindow<S extends StoredMonitor>(stored: S): stored is S & { monitor: WindowMonitor } {
  return ["rejections", "movement", "silence"].includes(stored.monitor.kind);
}

function isStuck(stored: DueRowMonitor): stored is DueRowMonitor & { monitor: StuckTransaction } {
  return stored.monitor.kind === "stuck_transaction";
}

export function isOfEvents(stored: DueRowMonitor): stored is DueEvents {
  return ["transaction_match", "double_refund", "applied_after_rejected"].includes(stored.monitor.kind);
}
