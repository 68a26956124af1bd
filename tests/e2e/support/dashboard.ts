import { expect, type FrameLocator, type Page } from "@playwright/test";

import { DASHBOARD, type World } from "./world.ts";

export type Instance = "production" | "staging";

export async function openDashboard({ context }: World): Promise<Page> {
  const page = await context.newPage();
  await page.goto(DASHBOARD);
  return page;
}

/** Grants all that the app asks for, but for some. */
export async function install(
  page: Page,
  on: Instance,
  { without = [] }: { without?: string[] } = {},
): Promise<void> {
  await page.getByRole("button", { name: `Install Tidemark on ${on}`, exact: true }).click();
  for (const scope of without) await page.getByRole("checkbox", { name: scope }).uncheck();
  await page.getByRole("button", { name: `Install on ${on}`, exact: true }).click();
  await page.getByText(`Tidemark is installed on ${on}.`).waitFor();
}

/** In the floating panel, unless another view was chosen. */
export async function launch(page: Page, on: Instance): Promise<FrameLocator> {
  await page.getByRole("button", { name: `Launch Tidemark on ${on}`, exact: true }).click();
  return portal(page);
}

export function portal(page: Page): FrameLocator {
  return page.getByRole("region", { name: /^Tidemark on / }).frameLocator("iframe");
}

/** Until React has taken the page over, a link of the portal loads a document instead of asking for data. */
export async function untilInteractive(panel: FrameLocator): Promise<void> {
  const main = panel.getByRole("main");
  const taken = () => main.evaluate((it) => Object.keys(it).some((key) => key.startsWith("__reactProps")));
  await expect.poll(taken).toBe(true);
}

/** The address that the panel's frame has got to. */
export function portalAddress(page: Page): URL {
  const [, frame] = page.frames();
  if (!frame) throw new Error("No portal is open.");
  return new URL(frame.url());
}

/** In a dashboard tab of its own, as a colleague would: a panel that is open stays open. */
export async function uninstall(world: World, from: Instance): Promise<void> {
  const page = await openDashboard(world);
  await page.getByRole("button", { name: `Uninstall Tidemark on ${from}`, exact: true }).click();
  await page.getByRole("button", { name: `Uninstall from ${from}`, exact: true }).click();
  await page.getByText(`Tidemark is uninstalled from ${from}.`).waitFor();
  await page.close();
}
