import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Filter } from "#app/platform/blnk/filters.ts";
import type { Transaction } from "#app/platform/blnk/records.ts";
import { settlementParents } from "#app/platform/blnk/remaining-of.ts";
import type { Database } from "#db/database.server.ts";

import { type Chain, OVERLAP_MS, type SeenTransaction } from "../kinds/facts.ts";
import { HOLD_LOOK_BACK_MS, openRows, QUEUE_LOOK_BACK_MS, WAITING } from "./chains.server.ts";
import { batches } from "./batches.ts";
import { findChainIds, listOpenChains } from "./watched-rows.server.ts";

/** The ends of a chain's rows whose balances it does not know yet. */
export function unknownEnds({ rows, ends }: Chain): string[] {
  const known = new Set(ends.map(({ balance_id }) => balance_id));
  return [...idsOfEnds(rows).difference(known)];
}

/** What rows call their ends by, but for indicators, which name themselves. */
export function idsOfEnds(rows: readonly Transaction[]): Set<string> {
  const ids = rows.flatMap(({ source, destination }) => [source, destination]);
  return new Set(ids.filter((id) => id?.startsWith("@") === false) as string[]);
}

/** No chain is longer: queued, hold, commit, refund, its outcome. */
const DEPTH = 6;

export type RowsReading = {
  /** Seen for the first time, each once. */
  rows: SeenTransaction[];
  /** Chains that are open, and those that were and gained a row. */
  chains: Chain[];
  /** The ones of them that changed, or are new. */
  changed: Chain[];
  unread: Unread;
};

/** Rows that could not be read even alone, and the last of those that came right before one. */
export type Unread = { count: number; beside: Transaction | undefined };

/**
 * Reads the transactions that appeared since the last cycle: those created since then or a little before, and the
 * children of chains that wait, since an outcome row copies the `created_at` of its queued row and would lie in the past.
 *
 * @param since until when the last cycle read; null looks back for chains that are open
 */
export async function readRows(
  client: CloudClient,
  db: Database,
  installedAppId: string,
  { since, lookBack, now }: { since: number | null; lookBack: boolean; now: number },
): Promise<RowsReading> {
  const from = (since ?? now) - OVERLAP_MS;
  const unread: Unread = { count: 0, beside: undefined };
  const onUnreadable = (before: Transaction | undefined) => {
    unread.count += 1;
    unread.beside = before ?? unread.beside;
  };
  const open = await listOpenChains(db, installedAppId);
  const fresh = new Map<string, Transaction>();
  const known = new Map(
    open.flatMap(({ chain_id, rows }) =>
      rows.map(({ transaction_id }) => [transaction_id, chain_id] as const),
    ),
  );
  const take = async (page: readonly Transaction[]) => {
    const unknown = page.filter(
      ({ transaction_id }) => !known.has(transaction_id) && !fresh.has(transaction_id),
    );
    const seen = await findChainIds(
      db,
      installedAppId,
      unknown.map(({ transaction_id }) => transaction_id),
    );
    for (const [id, chainId] of seen) known.set(id, chainId);
    for (const row of unknown) if (!seen.has(row.transaction_id)) fresh.set(row.transaction_id, row);
  };

  for await (const page of client.transactions.scan({
    filters: [{ field: "created_at", operator: "gte", value: from }],
    createdUntil: now,
    onUnreadable,
  }))
    await take(page);
  if (lookBack) await lookBackForChains(client, { from, now, take, onUnreadable });
  const parents = [
    ...open.map(({ rows }) => rows),
    ...(lookBack ? [...fresh.values()].filter(isOpening).map((row) => [row]) : []),
  ].flatMap((rows) => openRows(rows, now));
  await readChildren(
    client,
    parents.filter(({ created_at }) => (created_at ?? 0) < from),
    { take, onUnreadable },
  );

  const chainOf = await resolveChains(client, db, installedAppId, fresh, known);
  const rows = [...fresh.values()].map((row) => ({
    ...row,
    chain_id: chainOf(row),
    first_seen_at: firstSeen(row, since, now),
  }));
  return { rows, ...mergeChains(open, rows, now), unread };
}

/** Created since the last read: on time. Created before and not seen then: it appeared only now. */
function firstSeen({ created_at }: Transaction, since: number | null, now: number): number {
  if (created_at === undefined) return now;
  return since === null || created_at >= since ? created_at : now;
}

type Take = (page: readonly Transaction[]) => Promise<void>;
type OnUnreadable = (before: Transaction | undefined) => void;

async function lookBackForChains(
  client: CloudClient,
  { from, now, take, onUnreadable }: { from: number; now: number; take: Take; onUnreadable: OnUnreadable },
): Promise<void> {
  const looks: [string, number][] = [
    ["QUEUED", QUEUE_LOOK_BACK_MS],
    ["SCHEDULED", HOLD_LOOK_BACK_MS],
    ["INFLIGHT", HOLD_LOOK_BACK_MS],
  ];
  for (const [status, reach] of looks) {
    const filters: Filter<"transactions">[] = [
      { field: "status", operator: "eq", value: status },
      { field: "created_at", operator: "gte", value: now - reach },
    ];
    for await (const page of client.transactions.scan({ filters, createdUntil: from, onUnreadable }))
      await take(page.filter(isOpening));
  }
}

function isOpening({ status }: Transaction): boolean {
  return WAITING.has(status) || status === "INFLIGHT";
}

/** Children of these rows, and theirs: the outcome of a queued hold may be committed already. */
async function readChildren(
  client: CloudClient,
  parents: readonly Transaction[],
  { take, onUnreadable }: { take: Take; onUnreadable: OnUnreadable },
): Promise<void> {
  const asked = new Set<string>();
  for (let opening = parents; opening.length > 0;) {
    const ids = new Set(opening.flatMap(settlementParents)).difference(asked);
    const found: Transaction[] = [];
    for (const values of batches([...ids])) {
      for (const id of values) asked.add(id);
      for await (const page of client.transactions.scan({
        filters: [{ field: "parent_transaction", operator: "in", values }],
        createdUntil: undefined,
        onUnreadable,
      })) {
        const children = page.filter(
          ({ parent_transaction }) => parent_transaction !== undefined && values.includes(parent_transaction),
        );
        await take(children);
        found.push(...children.filter(isOpening));
      }
    }
    opening = found;
  }
}

/** The topmost stored row of a row's chain: asked for where it is neither fresh nor known, as with a late refund. */
async function resolveChains(
  client: CloudClient,
  db: Database,
  installedAppId: string,
  fresh: ReadonlyMap<string, Transaction>,
  known: Map<string, string>,
): Promise<(row: Transaction) => string> {
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

function mergeChains(
  open: readonly Chain[],
  rows: readonly SeenTransaction[],
  now: number,
): Pick<RowsReading, "chains" | "changed"> {
  const gained = new Map<string, Transaction[]>();
  for (const { chain_id, first_seen_at: _, ...row } of rows)
    gained.set(chain_id, [...(gained.get(chain_id) ?? []), row]);
  const chains: Chain[] = [];
  const changed: Chain[] = [];
  for (const { chain_id, rows: before, ends } of open) {
    const chain = { chain_id, rows: [...before, ...(gained.get(chain_id) ?? [])], ends };
    chains.push(chain);
    // One that has waited too long is given up, though it gained nothing.
    if (gained.has(chain_id) || openRows(chain.rows, now).length === 0) changed.push(chain);
    gained.delete(chain_id);
  }
  for (const [chain_id, chainRows] of gained) {
    if (openRows(chainRows, now).length === 0) continue;
    const chain = { chain_id, rows: chainRows, ends: [] };
    chains.push(chain);
    changed.push(chain);
  }
  return { chains, changed };
}
