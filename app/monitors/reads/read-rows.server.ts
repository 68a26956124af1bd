import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Filter } from "#app/platform/blnk/filters.ts";
import type { Transaction } from "#app/platform/blnk/records.ts";
import { settlementParents } from "#app/platform/blnk/remaining-of.ts";
import type { Database } from "#db/database.server.ts";

import { type Chain, OVERLAP_MS, type SeenTransaction } from "../kinds/facts.ts";
import { batches } from "./batches.ts";
import { HOLD_LOOK_BACK_MS, isOpening, openRows, QUEUE_LOOK_BACK_MS } from "./chains.server.ts";
import { readSettlements } from "./read-settlements.server.ts";
import { findChainIds, findOpenChains, listOpenChains } from "./watched-rows.server.ts";

/** No chain is longer: queued, hold, commit, refund, its outcome. */
const DEPTH = 6;

/** What is held of rows at once, whatever a ledger has. */
const HELD_ROWS = 2_500;
const HELD_CHARACTERS = 2_000_000;
const CHAINS_AT_ONCE = 200;

/** Some rows, seen for the first time, and the chains that opened, gained one of them or closed. */
export type RowGroup = { rows: SeenTransaction[]; changed: Chain[] };

/** Rows that could not be read even alone, and the last of those that came right before one. */
type Unread = { count: number; beside: Transaction | undefined };

/**
 * Reads the transactions that appeared since the last cycle, a bounded number at a time.
 *
 * @param since until when rows were read before; null looks back for chains that are open
 */
export function createRowReader(
  client: CloudClient,
  db: Database,
  installedAppId: string,
  { since, now }: { since: number | null; now: number },
) {
  const from = (since ?? now) - OVERLAP_MS;
  const unread: Unread = { count: 0, beside: undefined };
  const onUnreadable = (before: Transaction | undefined) => {
    unread.count += 1;
    unread.beside = before ?? unread.beside;
  };

  async function unseen(rows: readonly Transaction[]): Promise<Transaction[]> {
    const ids = rows.map(({ transaction_id }) => transaction_id);
    const seen = await findChainIds(db, installedAppId, ids);
    return rows.filter(({ transaction_id }) => !seen.has(transaction_id));
  }

  /** Created since the last read: on time. Created before and not seen then: it appeared only now. */
  const asSeen = (row: Transaction, chain_id: string): SeenTransaction => {
    const { created_at = now } = row;
    const isOnTime = since === null || created_at >= since;
    return { ...row, chain_id, first_seen_at: isOnTime ? created_at : now };
  };

  async function groupOf(fresh: ReadonlyMap<string, Transaction>): Promise<RowGroup> {
    const chainOf = await resolveChains(client, db, installedAppId, fresh);
    const rows = [...fresh.values()].map((row) => asSeen(row, chainOf(row)));
    const gained = Map.groupBy(rows, ({ chain_id }) => chain_id);
    const open = await findOpenChains(db, installedAppId, [...gained.keys()]);
    const changed = [...gained].flatMap(([chain_id, more]) => {
      const known = open.get(chain_id);
      const chain = addRows(known ?? { chain_id, rows: [], ends: [] }, more);
      return known || openRows(chain.rows, now).length > 0 ? [chain] : [];
    });
    return { rows, changed };
  }

  /** The children of chains that wait: an outcome has its queued row's `created_at`, which may lie before any scan. */
  async function settle(chains: readonly Chain[], before: number): Promise<RowGroup & { chains: Chain[] }> {
    const parents = chains.flatMap(({ rows }) => openRows(rows, now));
    const found = await readSettlements(
      client,
      parents.filter(({ created_at }) => (created_at ?? 0) < before),
      onUnreadable,
    );
    const fresh = new Set(await unseen(found));
    const rows: SeenTransaction[] = [];
    const settled = chains.map((chain) => {
      const own = new Set(chain.rows.map(({ transaction_id }) => transaction_id));
      const above = new Set(chain.rows.flatMap(settlementParents));
      const more: Transaction[] = [];
      // Parents come before their children.
      for (const row of found) {
        if (!above.has(row.parent_transaction ?? "") || own.has(row.transaction_id)) continue;
        own.add(row.transaction_id);
        above.add(row.transaction_id);
        more.push(row);
        if (fresh.has(row)) rows.push(asSeen(row, chain.chain_id));
      }
      return more.length > 0 ? addRows(chain, more) : chain;
    });
    const changed = settled.filter(
      // One that has waited too long is given up, though it gained nothing.
      (chain, index) => chain !== chains[index] || openRows(chain.rows, now).length === 0,
    );
    return { rows, changed, chains: settled };
  }

  return {
    from,
    unread,

    /**
     * The rows of a stretch of time in groups, of which the last may be empty.
     *
     * @param seen also those that were seen before
     * @throws TooManyRows when there are more than `most`
     */
    async *scan({
      from: begin,
      until,
      most,
      seen: all = false,
    }: {
      from: number;
      until: number;
      most?: number;
      seen?: boolean;
    }): AsyncGenerator<RowGroup, void, undefined> {
      let fresh = new Map<string, Transaction>();
      let characters = 0;
      for await (const page of client.transactions.scan({
        filters: [{ field: "created_at", operator: "gte", value: begin }],
        createdUntil: until,
        onUnreadable,
        ...(most !== undefined && { most }),
      })) {
        for (const row of all ? page : await unseen(page)) {
          fresh.set(row.transaction_id, row);
          characters += (row.description?.length ?? 0) + (row.reference?.length ?? 0);
        }
        if (fresh.size < HELD_ROWS && characters < HELD_CHARACTERS) continue;
        yield await groupOf(fresh);
        fresh = new Map();
        characters = 0;
      }
      yield await groupOf(fresh);
    },

    /** All chains that are open, with what became of them, some at a time. */
    async *chains(): AsyncGenerator<RowGroup & { chains: Chain[] }, void, undefined> {
      for (let after = ""; ;) {
        const chains = await listOpenChains(db, installedAppId, { after, limit: CHAINS_AT_ONCE });
        if (chains.length === 0) return;
        yield await settle(chains, from);
        after = chains.at(-1)!.chain_id;
      }
    },

    /** Chains of before that are open, and those that are known as they are now. Their rows are no news to anybody. */
    async *backfill(): AsyncGenerator<RowGroup, void, undefined> {
      for (const [status, reach] of LOOKS) {
        const filters: Filter<"transactions">[] = [
          { field: "status", operator: "eq", value: status },
          { field: "created_at", operator: "gte", value: now - reach },
        ];
        for await (const page of client.transactions.scan({ filters, createdUntil: from, onUnreadable })) {
          const opening = new Map(page.filter(isOpening).map((row) => [row.transaction_id, row]));
          const { changed } = await groupOf(opening);
          const settled = await settle(changed, Infinity);
          yield { rows: [], changed: settled.chains };
        }
      }
    },
  };
}

const LOOKS: readonly [status: string, reach: number][] = [
  ["QUEUED", QUEUE_LOOK_BACK_MS],
  ["SCHEDULED", HOLD_LOOK_BACK_MS],
  ["INFLIGHT", HOLD_LOOK_BACK_MS],
];

/** One that was there before gives way: its metadata may have been read for others. */
function addRows(chain: Chain, more: readonly Transaction[]): Chain {
  const rows = new Map([...chain.rows, ...more].map((row) => [row.transaction_id, row]));
  return {
    ...chain,
    rows: [...rows.values()].map((row) => {
      const { chain_id: _, first_seen_at: __, ...plain } = row as SeenTransaction;
      return plain;
    }),
  };
}

/** The topmost stored row of a row's chain: asked for where it is neither fresh nor known, as with a late refund. */
async function resolveChains(
  client: CloudClient,
  db: Database,
  installedAppId: string,
  fresh: ReadonlyMap<string, Transaction>,
): Promise<(row: Transaction) => string> {
  const known = new Map<string, string>();
  const above = new Map<string, Transaction | undefined>();
  const climb = (row: Transaction): { top: string; missing: string | undefined } => {
    let current = row;
    for (let level = 0; level < DEPTH; level += 1) {
      const parent = current.parent_transaction;
      if (parent === undefined || parent.startsWith("bulk_")) break;
      const chainId = known.get(parent);
      if (chainId !== undefined) return { top: chainId, missing: undefined };
      const next = fresh.get(parent) ?? above.get(parent);
      if (!next) return { top: current.transaction_id, missing: above.has(parent) ? undefined : parent };
      current = next;
    }
    return { top: current.transaction_id, missing: undefined };
  };

  for (let level = 0; level < DEPTH; level += 1) {
    const missing = [...new Set([...fresh.values()].flatMap((row) => climb(row).missing ?? []))];
    if (missing.length === 0) break;
    for (const [id, chainId] of await findChainIds(db, installedAppId, missing)) known.set(id, chainId);
    for (const values of batches(missing.filter((id) => !known.has(id)))) {
      for (const id of values) above.set(id, undefined);
      for await (const page of client.transactions.scan({
        filters: [{ field: "transaction_id", operator: "in", values }],
        createdUntil: undefined,
        // Its chain then begins below it.
        onUnreadable: () => undefined,
      })) {
        for (const row of page) if (above.has(row.transaction_id)) above.set(row.transaction_id, row);
      }
    }
  }
  return (row) => climb(row).top;
}
