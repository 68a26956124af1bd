import { setTimeout as sleep } from "node:timers/promises";

import { type BenchOptions, type Figure, judge } from "../figure.ts";
import { openBusyLedger } from "../monitors/busy-ledger.ts";

const DAY_MS = 24 * 60 * 60_000;
const GRACE_MS = 60_000;
const wallets = { ledger_id: "ldg_wallets" };

const WATCHES = [
  {
    name: "Large",
    kind: "transaction_match",
    select: {},
    condition: { amount_operator: ">=", value: "9000.00", precision: 100 },
  },
  {
    name: "Many",
    kind: "movement",
    select: wallets,
    condition: {
      measure: "count",
      direction: "both",
      operator: ">",
      value: "900000000",
      window_minutes: 31 * 24 * 60,
    },
  },
  { name: "Stuck", kind: "stuck_transaction", select: wallets, condition: { hold_minutes: 60 } },
  { name: "Rejected", kind: "rejections", select: {}, condition: { count: 5, window_minutes: 60 } },
];

export type CaughtUp = {
  rows: number;
  seconds: number;
  memory: number;
  loopDelayMs: number;
  /** The longest that the other install's monitors went without an evaluation meanwhile. */
  quietGapMs: number;
  found: number;
  /** Rows of the wallets in the window. */
  counted: number;
};

/** A backlog of so many rows of one day, waiting at the start. */
export async function catchUp(folder: string, rows: number, latencyMs = 50): Promise<CaughtUp> {
  const world = await openBusyLedger(folder, { latencyMs });
  await world.watch("quiet", [WATCHES[0]!]);
  await world.watch("busy", WATCHES);
  for (const instance of ["quiet", "busy"]) await world.untilEvaluated(instance, 1, GRACE_MS);
  await world.downFor(DAY_MS);
  const now = Date.now();
  await world.book("busy", { from: now - DAY_MS + GRACE_MS, until: now, rows });
  await world.startAgain();
  await world.loopDelayMs();

  const began = Date.now();
  const caughtUp = new AbortController();
  const quiet = world.db.prepare<[string], { at: number }>(
    "select evaluated_at as at from monitors where installed_app_id = ?",
  );
  let quietGapMs = 0;
  await Promise.all([
    world.untilEvaluated("busy", now, 3 * rows + 10 * GRACE_MS).finally(() => caughtUp.abort()),
    (async () => {
      while (!caughtUp.signal.aborted) {
        const { at } = quiet.get(world.idOf("quiet"))!;
        if (at > began) quietGapMs = Math.max(quietGapMs, Date.now() - at);
        await sleep(100);
      }
    })(),
  ]);
  const seconds = (Date.now() - began) / 1000;
  const loopDelayMs = await world.loopDelayMs();
  const { found } = world.db
    .prepare<[], { found: number }>("select count(*) as found from incidents where is_event = 1")
    .get()!;
  const { counted } = world.db
    .prepare<[], { counted: number }>("select count(*) as counted from window_rows")
    .get()!;
  const memory = world.peakMemory();
  await world.stop();
  return { rows, seconds, memory, loopDelayMs, quietGapMs, found, counted };
}

/** P13: a backlog. */
export async function measureBacklog(folder: string, { quick }: BenchOptions): Promise<Figure[]> {
  const { rows, seconds, memory, loopDelayMs, quietGapMs } = await catchUp(
    folder,
    quick ? 50_000 : 1_000_000,
  );
  const name = `a backlog of ${rows.toLocaleString("en")} rows`;
  const detail = `${seconds.toFixed(1)} s in all`;
  return [
    judge({ id: "P13", name, figure: rows / seconds, unit: "rows/s", least: 3_000, detail }),
    judge({ id: "P13", name: `${name}: memory`, figure: memory, unit: "MB", most: 200, detail }),
    judge({
      id: "P13",
      name: `${name}: event loop delay p99`,
      figure: loopDelayMs,
      unit: "ms",
      most: 50,
      detail,
    }),
    judge({
      id: "P13",
      name: `${name}: the longest that another install waited`,
      figure: quietGapMs / 1000,
      unit: "s",
      most: 10,
      detail: "evaluated every 5 s",
    }),
  ];
}
