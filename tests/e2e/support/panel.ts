import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import type { Frame } from "@playwright/test";

import type { Scope } from "#app/platform/permissions/scopes.ts";

import { launch, openDashboard, portal, portalAddress, untilInteractive } from "./dashboard.ts";
import { installDirectly } from "./launch-directly.ts";
import { expect } from "./test.ts";
import { observeVitals, readVitals, type Vitals } from "./vitals.ts";
import type { World } from "./world.ts";

export const VIEWS = ["Floating", "Full screen"] as const;

/** By `figures.md`, P9. */
export const MOST = { shift: 0.05, paintedMs: 1000, slowestInputMs: 100, scriptBytes: 180_000 };

/** Done to a page once it has been read, before it is used. */
export type Meanwhile = (frame: Frame) => Promise<void>;

export type Panel = Awaited<ReturnType<typeof openPanel>>;

/** A panel of a new install, in a dashboard whose Cloud takes 50 ms for each call. */
export async function openPanel(world: World, granted: readonly Scope[]) {
  await installDirectly(world, granted);
  const page = await openDashboard(world);
  await observeVitals(page);
  world.sandbox.switches.latency_ms = 50;
  await launch(page, "production");
  await portal(page).getByRole("heading", { level: 1 }).waitFor();
  const home = portalAddress(page).href;
  return {
    /** Moves the panel, with which its frame begins anew. */
    show: async (view: (typeof VIEWS)[number]): Promise<void> => {
      const begun = page.waitForEvent("frameattached");
      await page.getByRole("button", { name: view, exact: true }).click();
      await begun;
      await untilInteractive(portal(page));
    },
    /** Loads a screen whole, uses it a little, and tells how that was. */
    load: async (path: string, meanwhile: Meanwhile = async () => {}): Promise<Vitals> => {
      const frame = page.frames()[1]!;
      await frame.goto(path === "" ? home : `${home}/${path}`);
      await expect(frame.getByText(/^Loading /)).toHaveCount(0, { timeout: 90_000 });
      await meanwhile(frame);
      const vitals = await readVitals(frame);
      await frame.getByRole("heading", { level: 1 }).click();
      for (let stop = 0; stop < 3; stop += 1) await page.keyboard.press("Tab");
      return { ...vitals, slowestInputMs: (await readVitals(frame)).slowestInputMs };
    },
  };
}

/** What the overview's scripts come to with gzip. */
export async function overviewScriptBytes(panel: Panel, meanwhile: Meanwhile = async () => {}) {
  let scripts: string[] = [];
  await panel.load("", async (frame) => {
    await meanwhile(frame);
    scripts = await frame.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .flatMap(({ name }) => (name.endsWith(".js") ? new URL(name).pathname : [])),
    );
  });
  const bytes = [...new Set(scripts)].map((path) => gzipSync(readFileSync(`build/client${path}`)).length);
  return { scripts: bytes.length, bytes: bytes.reduce((sum, each) => sum + each, 0) };
}
