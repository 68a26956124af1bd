import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import type { Frame } from "@playwright/test";

import { type Scope, SCOPES } from "#app/permissions/scopes.ts";

import { launch, openDashboard, portal, portalAddress, untilInteractive } from "./support/dashboard.ts";
import { installDirectly } from "./support/launch-directly.ts";
import { portalPaths } from "./support/portal-paths.ts";
import { expect, test } from "./support/test.ts";
import { observeVitals, readVitals, type Vitals } from "./support/vitals.ts";
import type { World } from "./support/world.ts";

const VIEWS = ["Floating", "Full screen"];

/** By `figures.md`, P9. */
const MOST = { shift: 0.05, paintedMs: 1000, slowestInputMs: 100, scriptBytes: 180_000 };

test("every screen is there within a second, moves nothing by itself and answers at once", async ({
  world,
}) => {
  const panel = await openPanel(world, SCOPES);
  for (const view of VIEWS) {
    await panel.show(view);
    for (const path of Object.values(portalPaths(world))) {
      const loads = [await panel.load(path)];
      // A machine that is busy with something else is slow now and then; a page that is slow always is.
      while (isSlow(loads.at(-1)!) && loads.length < 4) loads.push(await panel.load(path));
      expect.soft(isSlow(loads.at(-1)!), `${view}, ${path}: ${JSON.stringify(loads)}`).toBe(false);
      for (const load of loads) expectStill(load, `${view}, ${path}`);
    }
  }
});

for (const granted of [["data:read"], ["alerts:read"], []] satisfies Scope[][]) {
  test(`no screen moves by itself with ${granted.join() || "nothing"} granted`, async ({ world }) => {
    await expectStillScreens(world, granted);
  });
}

test("a page that moves by itself, or that is slow to answer, would be seen", async ({ world }) => {
  const panel = await openPanel(world, SCOPES);
  const { shift } = await panel.load("", async (frame) => {
    await frame
      .getByRole("main")
      .evaluate((main) =>
        main.prepend(Object.assign(document.createElement("p"), { style: "height:200px" })),
      );
  });
  expect(shift).toBeGreaterThan(MOST.shift);
  const { slowestInputMs } = await panel.load("", async (frame) => {
    await frame.getByRole("heading", { level: 1 }).evaluate((it) =>
      it.addEventListener("pointerdown", () => {
        const began = performance.now();
        while (performance.now() - began < 200);
      }),
    );
  });
  expect(slowestInputMs).toBeGreaterThan(MOST.slowestInputMs);
});

test("the overview needs no more script than it may", async ({ world }) => {
  const panel = await openPanel(world, SCOPES);
  let scripts: string[] = [];
  await panel.load("", async (frame) => {
    scripts = await frame.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .flatMap(({ name }) => (name.endsWith(".js") ? new URL(name).pathname : [])),
    );
  });
  expect(scripts.length).toBeGreaterThan(5);
  const bytes = scripts.map((path) => gzipSync(readFileSync(`build/client${path}`)).length);
  expect(bytes.reduce((sum, each) => sum + each)).toBeLessThanOrEqual(MOST.scriptBytes);
});

/** A panel of a new install, in a dashboard whose Cloud takes 50 ms for each call. */
async function openPanel(world: World, granted: readonly Scope[]) {
  await installDirectly(world, granted);
  const page = await openDashboard(world);
  await observeVitals(page);
  world.sandbox.switches.latency_ms = 50;
  await launch(page, "production");
  await expect(portal(page).getByRole("heading", { level: 1 })).toBeVisible();
  const home = portalAddress(page).href;
  return {
    /** Moves the panel, with which its frame begins anew. */
    show: async (view: string): Promise<void> => {
      const begun = page.waitForEvent("frameattached");
      await page.getByRole("button", { name: view, exact: true }).click();
      await begun;
      await untilInteractive(portal(page));
    },
    /** Loads a screen whole, uses it a little, and tells how that was. */
    load: async (
      path: string,
      meanwhile: (frame: Frame) => Promise<void> = async () => {},
    ): Promise<Vitals> => {
      const frame = page.frames()[1]!;
      await frame.goto(path === "" ? home : `${home}/${path}`);
      await expect(frame.getByText(/^Reading /)).toHaveCount(0);
      await meanwhile(frame);
      const vitals = await readVitals(frame);
      await frame.getByRole("heading", { level: 1 }).click();
      for (let stop = 0; stop < 3; stop += 1) await page.keyboard.press("Tab");
      return { ...vitals, slowestInputMs: (await readVitals(frame)).slowestInputMs };
    },
  };
}

async function expectStillScreens(world: World, granted: readonly Scope[]): Promise<void> {
  const panel = await openPanel(world, granted);
  for (const view of VIEWS) {
    await panel.show(view);
    for (const path of Object.values(portalPaths(world)))
      expectStill(await panel.load(path), `${view}, ${path}`);
  }
}

function expectStill({ shift, moved }: Vitals, what: string): void {
  expect.soft(shift, `${what}: ${moved.join("; ")}`).toBeLessThanOrEqual(MOST.shift);
}

function isSlow({ paintedMs, slowestInputMs }: Vitals): boolean {
  return paintedMs > MOST.paintedMs || slowestInputMs > MOST.slowestInputMs;
}
