import { yieldToEventLoop } from "#app/platform/yield-to-event-loop.ts";
import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import type { WindowMonitor } from "../definition/monitor.ts";
import { keptFrom } from "../kinds/evaluate.ts";
import type { FindEndpoint, SeenTransaction, WindowEntry } from "../kinds/facts.ts";
import { windowEntries } from "../kinds/window-entries.ts";
import {
  emptyTotal,
  enterWindow,
  leaveWindow,
  type WindowSum,
  type WindowTotal,
} from "../kinds/window-totals.ts";
import { batches } from "./batches.ts";

/*
 * A row that counts in windows is kept once, with the windows that it counts in; each window has running totals, and an
 * edge: what is older has left it. So a quiet cycle costs what leaves, however many rows a window has.
 */

export type Window = { id: string; monitor: WindowMonitor };
type OpenWindow = Window & { key: number; edge: number };

/** By `subject flow`: the keys of the windows in which a row counts so. */
type Marks = Record<string, number[]>;

const ROWS_AT_ONCE = 200;

/**
 * Adds to each window what these rows count in it; safe to repeat.
 *
 * @returns the monitors in whose windows anything counts
 */
export async function addToWindows(
  db: Pick<Database, "write">,
  installedAppId: string,
  windows: readonly Window[],
  {
    rows,
    endpointBalances,
    now,
  }: { rows: readonly SeenTransaction[]; endpointBalances: FindEndpoint; now: number },
): Promise<Set<string>> {
  const counting = new Set<string>();
  for (const some of batches(rows, ROWS_AT_ONCE)) {
    const found: { window: Window; entries: WindowEntry[] }[] = [];
    for (const window of windows) {
      const entries = windowEntries(window.monitor, some, endpointBalances);
      if (entries.length > 0) {
        found.push({ window, entries });
        counting.add(window.id);
      }
      await yieldToEventLoop();
    }
    if (found.length > 0) await db.write((tx) => enter(tx, installedAppId, found, now));
  }
  return counting;
}

async function enter(
  tx: Tx,
  installedAppId: string,
  found: readonly { window: Window; entries: readonly WindowEntry[] }[],
  now: number,
): Promise<void> {
  const open = await openWindows(
    tx,
    found.map(({ window }) => window),
    now,
  );
  const ids = new Set(found.flatMap(({ entries }) => entries.map(({ transaction_id }) => transaction_id)));
  const kept = await findRows(tx, installedAppId, [...ids]);
  const written = new Map<string, { entry: WindowEntry; at: number; marks: Marks }>();
  for (const { window, entries } of found) {
    const { key, edge, monitor } = open.get(window.id)!;
    const entering: WindowEntry[] = [];
    for (const entry of entries) {
      const { transaction_id } = entry;
      const row = written.get(transaction_id) ?? {
        entry,
        at: kept.get(transaction_id)?.at ?? Math.min(entry.at, now),
        marks: kept.get(transaction_id)?.marks ?? {},
      };
      if (monitor.kind !== "silence") {
        const mark = `${entry.subject} ${entry.flow}`;
        const keys = (row.marks[mark] ??= []);
        if (keys.includes(key)) continue;
        keys.push(key);
        written.set(transaction_id, row);
      }
      if (row.at >= edge) entering.push({ ...entry, at: row.at });
    }
    await changeTotals(tx, window, entering.toSorted(byTime), (total, entry) =>
      enterWindow(monitor, total, entry),
    );
  }
  for (const some of batches([...written.values()])) await keepRows(tx, installedAppId, some);
}

/** What has become older than the windows leaves them. */
export async function slideWindows(
  db: Pick<Database, "read" | "write">,
  installedAppId: string,
  windows: readonly Window[],
  now: number,
): Promise<void> {
  const sliding = new Map<number, OpenWindow & { until: number; leaving: WindowEntry[] }>();
  for (const window of (await findWindows(db.read, windows)).values()) {
    const until = keptFrom(window.monitor, now);
    if (window.monitor.kind !== "silence" && until > window.edge)
      sliding.set(window.key, { ...window, until, leaving: [] });
  }
  if (sliding.size === 0) return;
  const all = [...sliding.values()];
  const last = Math.max(...all.map(({ until }) => until));
  let after = { at: Math.min(...all.map(({ edge }) => edge)), transaction_id: "" };
  for (;;) {
    const rows = await listRows(db, installedAppId, after, last);
    for (const { marks, ...row } of rows) {
      for (const [mark, keys] of Object.entries(JSON.parse(marks) as Marks)) {
        for (const key of keys) {
          const window = sliding.get(key);
          if (!window || row.at < window.edge || row.at >= window.until) continue;
          window.leaving.push(entryOf(row, mark));
        }
      }
    }
    const end = rows.at(-1);
    const isOver = rows.length < ROWS_AT_ONCE;
    if (isOver || all.some(({ leaving }) => leaving.length >= ROWS_AT_ONCE)) {
      // A row of the same moment may come yet: what left in that moment is counted with the next.
      await leave(db, all, isOver ? last : end!.at);
    }
    if (isOver) break;
    after = end!;
    await yieldToEventLoop();
  }
  await pruneRows(db, installedAppId);
}

async function leave(
  { write }: Pick<Database, "write">,
  windows: (OpenWindow & { until: number; leaving: WindowEntry[] })[],
  before: number,
): Promise<void> {
  await write(async (tx) => {
    for (const window of windows) {
      const edge = Math.min(window.until, before);
      if (edge <= window.edge) continue;
      const gone = window.leaving.filter(({ at }) => at < edge);
      window.leaving = window.leaving.filter(({ at }) => at >= edge);
      await changeTotals(tx, window, gone, leaveWindow);
      window.edge = edge;
    }
    const edges = Map.groupBy(windows, ({ edge }) => edge);
    for (const [edge, some] of edges)
      await tx
        .updateTable("windows")
        .set({ edge })
        .where(
          "key",
          "in",
          some.map(({ key }) => key),
        )
        .execute();
  });
}

const PRUNED_AT_ONCE = 2_000;

/** Rows that no window of the install reaches any more. */
async function pruneRows({ read, write }: Pick<Database, "read" | "write">, installedAppId: string) {
  const { edge } = await read
    .selectFrom("windows")
    .innerJoin("monitors", "monitors.id", "windows.monitor_id")
    .select((eb) => eb.fn.min("edge").as("edge"))
    .where("monitors.installed_app_id", "=", installedAppId)
    .executeTakeFirstOrThrow();
  if (edge === null) return;
  await write(async (tx) => {
    const old = await tx
      .selectFrom("window_rows")
      .select("transaction_id")
      .where("installed_app_id", "=", installedAppId)
      .where("at", "<", edge)
      .limit(PRUNED_AT_ONCE)
      .execute();
    for (const some of batches(old))
      await tx
        .deleteFrom("window_rows")
        .where("installed_app_id", "=", installedAppId)
        .where(
          "transaction_id",
          "in",
          some.map(({ transaction_id }) => transaction_id),
        )
        .execute();
  });
}

export async function loadTotals(
  { read }: Pick<Database, "read">,
  monitorId: string,
): Promise<WindowTotal[]> {
  const totals = await read
    .selectFrom("window_totals")
    .selectAll()
    .where("monitor_id", "=", monitorId)
    .execute();
  return totals.map(totalOf);
}

/** A window that is new begins where it reaches now. */
async function openWindows(
  tx: Tx,
  windows: readonly Window[],
  now: number,
): Promise<ReadonlyMap<string, OpenWindow>> {
  const open = await findWindows(tx, windows);
  for (const window of windows) {
    if (open.has(window.id)) continue;
    const edge = window.monitor.kind === "silence" ? 0 : keptFrom(window.monitor, now);
    const { key } = await tx
      .insertInto("windows")
      .values({ monitor_id: window.id, edge })
      .returning("key")
      .executeTakeFirstOrThrow();
    open.set(window.id, { ...window, key, edge });
  }
  return open;
}

async function findWindows(
  handle: Database["read"],
  windows: readonly Window[],
): Promise<Map<string, OpenWindow>> {
  const byId = new Map(windows.map((window) => [window.id, window]));
  const found = new Map<string, OpenWindow>();
  for (const ids of batches([...byId.keys()])) {
    const rows = await handle.selectFrom("windows").selectAll().where("monitor_id", "in", ids).execute();
    for (const { monitor_id, key, edge } of rows)
      found.set(monitor_id, { ...byId.get(monitor_id)!, key, edge });
  }
  return found;
}

async function findRows(
  tx: Tx,
  installedAppId: string,
  ids: readonly string[],
): Promise<Map<string, { at: number; marks: Marks }>> {
  const found = new Map<string, { at: number; marks: Marks }>();
  for (const some of batches(ids)) {
    const rows = await tx
      .selectFrom("window_rows")
      .select(["transaction_id", "at", "marks"])
      .where("installed_app_id", "=", installedAppId)
      .where("transaction_id", "in", some)
      .execute();
    for (const { transaction_id, at, marks } of rows)
      found.set(transaction_id, { at, marks: JSON.parse(marks) as Marks });
  }
  return found;
}

type KeptRow = {
  at: number;
  transaction_id: string;
  amount: string | null;
  precision: string | null;
  currency: string | null;
};

async function listRows(
  { read }: Pick<Database, "read">,
  installedAppId: string,
  after: { at: number; transaction_id: string },
  before: number,
): Promise<(KeptRow & { marks: string })[]> {
  return await read
    .selectFrom("window_rows")
    .select(["at", "transaction_id", "amount", "precision", "currency", "marks"])
    .where("installed_app_id", "=", installedAppId)
    .where("at", ">=", after.at)
    .where("at", "<", before)
    .where((eb) => eb.or([eb("at", ">", after.at), eb("transaction_id", ">", after.transaction_id)]))
    .orderBy("at")
    .orderBy("transaction_id")
    .limit(ROWS_AT_ONCE)
    .execute();
}

async function keepRows(
  tx: Tx,
  installedAppId: string,
  rows: readonly { entry: WindowEntry; at: number; marks: Marks }[],
): Promise<void> {
  await tx
    .insertInto("window_rows")
    .values(
      rows.map(({ entry: { transaction_id, amount, precision, currency }, at, marks }) => ({
        installed_app_id: installedAppId,
        transaction_id,
        at,
        amount: amount === undefined ? null : String(amount),
        precision: precision === undefined ? null : String(precision),
        currency: currency ?? null,
        marks: JSON.stringify(marks),
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(["installed_app_id", "transaction_id"])
        .doUpdateSet((eb) => ({ marks: eb.ref("excluded.marks") })),
    )
    .execute();
}

async function changeTotals(
  tx: Tx,
  { id }: Window,
  entries: readonly WindowEntry[],
  change: (total: WindowTotal, entry: WindowEntry) => void,
): Promise<void> {
  for (const [subject, some] of Map.groupBy(entries, (entry) => entry.subject)) {
    const stored = await tx
      .selectFrom("window_totals")
      .selectAll()
      .where("monitor_id", "=", id)
      .where("subject", "=", subject)
      .executeTakeFirst();
    const total = stored ? totalOf(stored) : emptyTotal(subject);
    for (const entry of some) change(total, entry);
    const values = {
      sums: JSON.stringify(total.sums.map(writeSum)),
      newest_at: total.newest?.at ?? null,
      newest_id: total.newest?.transaction_id ?? null,
      crossing_id: total.crossing ?? null,
    };
    await tx
      .insertInto("window_totals")
      .values({ monitor_id: id, subject, ...values })
      .onConflict((conflict) => conflict.columns(["monitor_id", "subject"]).doUpdateSet(values))
      .execute();
  }
}

type StoredSum = [string | null, string | null, string, string, number, number];

function writeSum({ currency, precision, in: into, out, ins, outs }: WindowSum): StoredSum {
  const unit = precision === undefined ? null : String(precision);
  return [currency ?? null, unit, String(into), String(out), ins, outs];
}

function totalOf(stored: {
  subject: string;
  sums: string;
  newest_at: number | null;
  newest_id: string | null;
  crossing_id: string | null;
}): WindowTotal {
  const { subject, sums, newest_at, newest_id, crossing_id } = stored;
  return {
    subject,
    sums: (JSON.parse(sums) as StoredSum[]).map(([currency, precision, into, out, ins, outs]) => ({
      currency: currency ?? undefined,
      precision: precision === null ? undefined : BigInt(precision),
      in: BigInt(into),
      out: BigInt(out),
      ins,
      outs,
    })),
    newest:
      newest_at === null || newest_id === null ? undefined : { at: newest_at, transaction_id: newest_id },
    crossing: crossing_id ?? undefined,
  };
}

function entryOf({ at, transaction_id, amount, precision, currency }: KeptRow, mark: string): WindowEntry {
  const [subject = "", flow] = mark.split(" ");
  return {
    subject,
    transaction_id,
    at,
    flow: flow === "out" ? "out" : "in",
    amount: amount === null ? undefined : BigInt(amount),
    precision: precision === null ? undefined : BigInt(precision),
    currency: currency ?? undefined,
  };
}

/** Ties by id, so that the row that crossed is the same one at each read. */
function byTime(a: WindowEntry, b: WindowEntry): number {
  return a.at - b.at || (a.transaction_id < b.transaction_id ? -1 : 1);
}
