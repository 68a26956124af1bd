import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { type BenchOptions, type Figure, judge } from "../figure.ts";
import { openBusyLedger } from "../monitors/busy-ledger.ts";

const DAY_MS = 24 * 60 * 60_000;
const DAYS = 31;
const MONITORS = 100;
const MEASURED_MS = 60_000;
const FIRST_MS = 60 * 60_000;

/** What a monitor's cycle costs while nothing is booked, with so many rows in its window. */
async function quietCycles(folder: string, rows: number): Promise<{ busyMs: number; memory: number }> {
  mkdirSync(folder);
  const world = await openBusyLedger(folder, { latencyMs: 5 });
  const now = Date.now();
  // The last hour is empty, so that no cycle reads any of them again.
  await world.book("busy", { from: now - DAYS * DAY_MS + 10 * 60_000, until: now - 60 * 60_000, rows });
  await world.watch(
    "busy",
    Array.from({ length: MONITORS }, (_, index) => ({
      name: `Movement ${index}`,
      kind: "movement",
      select: {},
      condition: {
        measure: "sum",
        direction: "in",
        operator: ">",
        value: `${10 ** 12 + index}.00`,
        precision: 100,
        window_minutes: DAYS * 24 * 60,
      },
    })),
  );
  await world.untilEvaluated("busy", 1, FIRST_MS);
  await sleep(10_000);
  const before = world.busyMs();
  await sleep(MEASURED_MS);
  const busyMs = world.busyMs() - before;
  const memory = world.peakMemory();
  await world.stop();
  return { busyMs, memory };
}

/** P14: a window with a million rows, against one with a thousand. */
export async function measureWindows(folder: string, { quick }: BenchOptions): Promise<Figure[]> {
  const few = await quietCycles(join(folder, "few"), 1_000);
  const rows = quick ? 20_000 : 1_000_000;
  const many = await quietCycles(join(folder, "many"), rows);
  const name = `quiet checks with ${rows.toLocaleString("en")} rows in the windows of ${MONITORS} monitors`;
  const detail = `${many.busyMs.toFixed(0)} ms of a processor in ${MEASURED_MS / 1000} s, against ${few.busyMs.toFixed(0)}`;
  return [
    judge({
      id: "P14",
      name: `${name}, against 1,000`,
      figure: many.busyMs / few.busyMs,
      unit: "×",
      most: 1.2,
      detail,
    }),
    judge({ id: "P14", name: `${name}: memory`, figure: many.memory, unit: "MB", most: 200, detail }),
  ];
}
