import { setTimeout as sleep } from "node:timers/promises";

import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { createShadowFilter } from "#app/platform/blnk/lineage.server.ts";
import type { Database } from "#db/database.server.ts";

import { countByStatus, readAlertList } from "#app/portal/alerts/read-alert-list.server.ts";
import { findLateCheck } from "#app/portal/monitors/find-late-check.server.ts";
import type { AssumePrecision } from "#app/platform/portal/precision/currency-precisions.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { toTransactionLine } from "#app/portal/transactions/transaction-line.ts";
import { drawWeek } from "./draw-week.server.ts";
import { readRecentActivity } from "./recent-activity.server.ts";
import { scanWeek } from "./scan-week.server.ts";
import type { Scanned, SharedScans } from "./shared-scans.server.ts";
import { totalBalances } from "./total-balances.server.ts";

/** A page waits so long for a scan that many share; the scan goes on. */
const WAIT_MS = 7000;
const TRANSACTIONS_SHOWN = 10;
/** Queued and outcome, and as many shadows of each where funds are tracked. */
const ROWS_PER_TRANSACTION = 5;

export type Overview = Awaited<ReturnType<typeof loadOverview>>;

export type OverviewSources = {
  readCloud: ReadCloud;
  /** Goes on when the page that began a scan has gone. */
  scanClient: CloudClient;
  scans: SharedScans;
  /** Names the install at its generation. */
  scanKey: string;
  db: Pick<Database, "read">;
  installedAppId: string;
  assume: () => Promise<AssumePrecision>;
  /** Which currency's volume is drawn; the busiest when it has none. */
  currency: string | null;
  now: number;
  /** How often monitors are checked. */
  intervalMs: number;
};

/**
 * The blocks of the overview, each on its own and all at once; the scans last, since they take every free calls. What is
 * kept here is there with the page itself.
 */
export async function loadOverview(sources: OverviewSources) {
  const { readCloud, scanClient, scans, scanKey, now } = sources;
  // An install has only so many calls at once: alerts come first, then what takes the most of them one after the other.
  const alerts = readCloud("alerts:read", async (client) => countByStatus(await readAlertList(client)));
  const week = readCloud("data:read", () =>
    inTime(scans.week.read(scanKey, () => scanWeek(scanClient, now))),
  );
  const balances = readCloud("data:read", () =>
    inTime(scans.balances.read(scanKey, () => totalBalances(scanClient, now))),
  );
  const transactions = readCloud("data:read", readLatestTransactions);
  const [late, incidents, activity] = await Promise.all([
    findLateCheck(sources.db, sources.installedAppId, sources),
    countOpenIncidents(sources),
    readRecentActivity(sources.db, sources.installedAppId),
  ]);
  return {
    loadedAt: now,
    late,
    incidents,
    activity,
    alerts,
    transactions,
    balances: withPrecisions(balances, sources.assume),
    week: week.then((reading) => mapScanned(reading, (value) => drawWeek(value, sources.currency))),
  };
}

/** What is shown of a scan; undefined while it goes on. */
export type Shown<T> = CloudResult<Scanned<T> | undefined>;

async function inTime<T>(scan: Promise<T>): Promise<T | undefined> {
  const stop = new AbortController();
  const tooLate = sleep(WAIT_MS, undefined, { signal: stop.signal }).catch(() => undefined);
  try {
    return await Promise.race([scan, tooLate]);
  } finally {
    stop.abort();
  }
}

function mapScanned<From, To>(reading: Shown<From>, map: (value: From) => To): Shown<To> {
  if (reading.kind !== "ready" || reading.value === undefined) return reading as Shown<never>;
  return { kind: "ready", value: { at: reading.value.at, value: map(reading.value.value) } };
}

async function withPrecisions(
  balances: Promise<Shown<Awaited<ReturnType<typeof totalBalances>>>>,
  readAssumed: () => Promise<AssumePrecision>,
) {
  const [reading, assume] = await Promise.all([balances, readAssumed()]);
  return mapScanned(reading, ({ currencies, ledgers, ...rest }) => ({
    ...rest,
    currencies: currencies.map((total) => ({ ...total, precision: assume(total.currency) })),
    ledgers: ledgers.map((total) => ({ ...total, precision: assume(total.currency) })),
  }));
}

/** The newest first. A queued row whose outcome is here too is the same transaction told twice: the outcome stays. */
async function readLatestTransactions(client: Pick<CloudClient, "balances" | "transactions">) {
  const newest = await client.transactions.list({ pageSize: ROWS_PER_TRANSACTION * TRANSACTIONS_SHOWN });
  const rows = await createShadowFilter(client)(newest.rows);
  return rows
    .map((row) => toTransactionLine(row, rows))
    .filter(({ outcome }) => outcome === undefined)
    .sort((a, b) => (b.created_at ?? 0) - (a.created_at ?? 0))
    .slice(0, TRANSACTIONS_SHOWN);
}

async function countOpenIncidents({ db, installedAppId }: OverviewSources): Promise<number> {
  const { count } = await db.read
    .selectFrom("incidents")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("installed_app_id", "=", installedAppId)
    .where("closed_at", "is", null)
    .executeTakeFirstOrThrow();
  return count;
}

type ValueOf<T> = T extends Promise<Shown<infer V>> ? V : never;
export type ShownTotals = ValueOf<Overview["balances"]>;
export type ShownWeek = ValueOf<Overview["week"]>;
