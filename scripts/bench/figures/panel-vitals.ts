import { SCOPES } from "#app/platform/permissions/scopes.ts";
import { MOST, openPanel, overviewScriptBytes, type Panel, VIEWS } from "#tests/e2e/support/panel.ts";
import { portalPaths } from "#tests/e2e/support/portal-paths.ts";
import type { Vitals } from "#tests/e2e/support/vitals.ts";
import { startBrowser, startWorld } from "#tests/e2e/support/world.ts";

import { harmOfNow } from "../control/harm.ts";
import { type BenchOptions, type Figure, judge } from "../figure.ts";
import { median, spread } from "../machine/statistics.ts";

/** P9 but for Lighthouse: every screen in the dashboard's panel, as the browser tests open it. */
export async function measurePanel(_folder: string, { quick }: BenchOptions): Promise<Figure[]> {
  const browser = await startBrowser("third_parties_blocked");
  const world = await startWorld(browser, "demo");
  world.context.setDefaultTimeout(90_000);
  try {
    const panel = await openPanel(world, SCOPES);
    const { bytes, scripts } = await overviewScriptBytes(panel, harmOfNow()?.screen);
    const screens = await loadScreens(panel, Object.entries(portalPaths(world)), quick ? 1 : 5);
    return [
      judge({
        id: "P9",
        name: "client JS of the overview, gzip",
        figure: bytes / 1000,
        unit: "kB",
        most: MOST.scriptBytes / 1000,
        detail: `${scripts} files`,
      }),
      worst(screens, {
        name: "LCP in the panel, worst screen",
        unit: "ms",
        most: MOST.paintedMs,
        of: (loads) => median(loads.map(({ paintedMs }) => paintedMs)),
      }),
      worst(screens, {
        name: "CLS in the panel, worst screen",
        unit: "",
        most: MOST.shift,
        of: (loads) => Math.max(...loads.map(({ shift }) => shift)),
      }),
      worst(screens, {
        name: "INP in the panel, worst screen",
        unit: "ms",
        most: MOST.slowestInputMs,
        of: (loads) => median(loads.map(({ slowestInputMs }) => slowestInputMs)),
      }),
    ];
  } finally {
    await world.close();
    await browser.close();
  }
}

type Screens = Record<string, Vitals[]>;

async function loadScreens(
  panel: Panel,
  paths: [name: string, path: string][],
  rounds: number,
): Promise<Screens> {
  const screens: Screens = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const view of VIEWS) {
      await panel.show(view);
      for (const [name, path] of paths)
        (screens[`${name}, ${view.toLowerCase()}`] ??= []).push(await panel.load(path, harmOfNow()?.screen));
    }
  }
  return screens;
}

function worst(
  screens: Screens,
  { of, ...goal }: { name: string; unit: string; most: number; of: (loads: Vitals[]) => number },
): Figure {
  const [[name, figure] = ["none", Number.NaN], ...others] = Object.entries(screens)
    .map(([screen, loads]) => [screen, of(loads)] as const)
    .sort((a, b) => b[1] - a[1]);
  const next = others.map((each) => each[1]);
  return judge({
    id: "P9",
    ...goal,
    figure,
    detail: `${name}; the ${next.length} others ${spread(next, 2)}`,
  });
}
