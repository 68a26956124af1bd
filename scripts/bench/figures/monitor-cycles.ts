import { type BenchOptions, type Figure, judge } from "../figure.ts";
import { median, spread } from "../machine/statistics.ts";
import { monitorsOfAllKinds, thresholds } from "../monitors/bench-monitors.ts";
import { type Cycle, startWatchedApp } from "../monitors/watched-app.ts";

/** P5: a hundred installs at once. */
export async function measureCycles(folder: string, { quick }: BenchOptions): Promise<Figure[]> {
  const size = { installs: quick ? 20 : 100, balances: 1000, latencyMs: 50 };
  const { cycles, memory } = await runCycles(folder, size, monitorsOfAllKinds, {
    rows: 200,
    cycles: quick ? 2 : 5,
  });
  const detail = describe(cycles);
  const name = `${size.installs} installs of 1,000 balances, 100 monitors each`;
  return [
    judge({
      id: "P5",
      name: `one cycle: ${name}`,
      figure: median(cycles.map(({ seconds }) => seconds)),
      unit: "s",
      most: 60,
      detail,
    }),
    judge({
      id: "P5",
      name: "Cloud calls against pages and batches of ids",
      figure: median(cycles.map(({ calls, least }) => calls / least)),
      unit: "×",
      most: 1.1,
      detail,
    }),
    judge({
      id: "P5",
      name: "event loop delay p99 meanwhile",
      figure: median(cycles.map(({ loopDelayMs }) => loopDelayMs)),
      unit: "ms",
      most: 50,
      detail,
    }),
    judge({ id: "P8", name: "memory during P5", figure: memory, unit: "MB", most: 200, detail: "peak RSS" }),
  ];
}

/** P10: one large install. */
export async function measureLargeInstall(folder: string, { quick }: BenchOptions): Promise<Figure[]> {
  const size = { installs: 1, balances: quick ? 25_000 : 250_000, latencyMs: 50 };
  const { cycles, memory } = await runCycles(folder, size, thresholds, {
    rows: quick ? 500 : 5000,
    cycles: 2,
  });
  const detail = describe(cycles);
  const name = `${size.balances} balances, 200 monitors`;
  return [
    judge({
      id: "P10",
      name: `one cycle: ${name}`,
      figure: median(cycles.map(({ seconds }) => seconds)),
      unit: "s",
      most: 60,
      detail,
    }),
    judge({ id: "P10", name: `memory: ${name}`, figure: memory, unit: "MB", most: 250, detail: "peak RSS" }),
  ];
}

async function runCycles(
  folder: string,
  size: Parameters<typeof startWatchedApp>[1],
  monitorsFor: Parameters<typeof startWatchedApp>[2],
  { rows, cycles: count }: { rows: number; cycles: number },
): Promise<{ cycles: Cycle[]; memory: number }> {
  const app = await startWatchedApp(folder, size, monitorsFor);
  const cycles: Cycle[] = [];
  for (let cycle = 0; cycle < count; cycle += 1) cycles.push(await app.cycle(rows));
  const memory = app.peakMemory();
  await app.stop();
  return { cycles, memory };
}

function describe(cycles: readonly Cycle[]): string {
  const { calls, least } = cycles.at(-1)!;
  const spreadOf = (part: (cycle: Cycle) => number) => spread(cycles.map(part), 1);
  return [
    `cycles ${spreadOf(({ seconds }) => seconds)} s`,
    `of which the app stood in line for a processor ${spreadOf(({ waited }) => waited)} s`,
    `last ${calls} calls of at least ${least}`,
    `loop delay p99 ${spreadOf(({ loopDelayMs }) => loopDelayMs)} ms`,
  ].join(", ");
}
