import { type BenchOptions, type Figure, judge } from "../figure.ts";
import { median, quantile, spread } from "../machine/statistics.ts";
import { startVisitedApp, type Visit } from "../portal/visited-app.ts";

const ROUNDS_PER_SLICE = 5;
const COUNTED_ANEW = "overview, counted anew";

/**
 * Calls of which each needs an answer of the one before: a list's rows before their precisions, a transaction before its
 * chain before the names in it, a scan's first page before it is known how many there are.
 */
const LEAST_ROWS: Record<string, number> = {
  overview: 1,
  [COUNTED_ANEW]: 2,
  monitors: 0,
  monitor: 0,
  alerts: 1,
  alert: 1,
  balances: 2,
  balance: 2,
  transactions: 1,
  transaction: 3,
  ledgers: 1,
  ledger: 2,
  identities: 1,
  identity: 2,
  activity: 0,
};

type PageVisit = Visit & { name: string };

/** P4: one user, who reads every page after the other, again and again. */
export async function measurePortalPages(folder: string, { quick }: BenchOptions): Promise<Figure[]> {
  const slices = quick ? 1 : 6;
  const rounds = slices * ROUNDS_PER_SLICE;
  // A first round warms up and is not counted; each round needs an install whose overview was never counted.
  const app = await startVisitedApp(folder, { instances: 2 + rounds, latencyMs: 50 });
  const [session, ...others] = app.sessions;
  const visits: PageVisit[][] = Array.from({ length: slices }, () => []);
  for (const [round, other] of others.entries()) {
    const seen: PageVisit[] = [{ name: COUNTED_ANEW, ...(await app.visit(other, "")) }];
    for (const [name, path] of Object.entries(app.paths))
      seen.push({ name, ...(await app.visit(session!, path)) });
    if (round > 0) visits[Math.floor((round - 1) / ROUNDS_PER_SLICE)]!.push(...seen);
  }
  await app.stop();

  const ownTime = (share: number) =>
    visits.map((slice) =>
      quantile(
        slice.map(({ ownMs }) => ownMs),
        share,
      ),
    );
  const p50 = ownTime(0.5);
  const p95 = ownTime(0.95);
  const pages = summarise(visits.flat());
  const slowest = pages
    .toSorted((a, b) => b.ownMs - a.ownMs)
    .map(({ name, ownMs }) => `${name} ${ownMs.toFixed(1)}`);
  const waited = median(visits.flat().map(({ waitedMs }) => waitedMs));
  const detail = (values: readonly number[]) =>
    `slices ${spread(values, 1)} ms; the app stood in line for a processor ${waited.toFixed(1)} ms a page, Cloud calls included; medians by page: ${slowest.join(", ")}`;
  return [
    judge({
      id: "P4",
      name: "portal pages beyond their Cloud calls, p50",
      figure: median(p50),
      unit: "ms",
      most: 15,
      detail: detail(p50),
    }),
    judge({
      id: "P4",
      name: "portal pages beyond their Cloud calls, p95",
      figure: median(p95),
      unit: "ms",
      most: 40,
      detail: detail(p95),
    }),
    judge({
      id: "P4",
      name: "calls in a row that need not be, on the worst page",
      figure: Math.max(...pages.map(({ name, row }) => row - (LEAST_ROWS[name] ?? Number.NaN))),
      unit: "calls",
      most: 0,
      detail: pages
        .map(({ name, row, calls }) => `${name} ${row} of ${calls} (least ${LEAST_ROWS[name]})`)
        .join(", "),
    }),
  ];
}

/** The median visit of each page. */
function summarise(visits: readonly PageVisit[]) {
  return [...Map.groupBy(visits, ({ name }) => name)].map(([name, seen]) => ({
    name,
    ownMs: median(seen.map(({ ownMs }) => ownMs)),
    calls: median(seen.map(({ calls }) => calls)),
    row: median(seen.map(({ row }) => row)),
  }));
}
