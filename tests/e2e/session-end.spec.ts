import type { FrameLocator, Locator } from "@playwright/test";

import {
  install,
  launch,
  openDashboard,
  portal,
  portalAddress,
  uninstall,
  untilInteractive,
} from "./support/dashboard.ts";
import { judgeThemes, WITH_FRAME } from "./support/judge.ts";
import { expect, test } from "./support/test.ts";
import type { World } from "./support/world.ts";

const MINUTE = 60_000;
const ENDED_DATA = /status of 401 .*\.data/;
const ENDED_PAGE = /status of 401 .*\/portal\/enter/;

test("a session ends at its time, with the page still there under the sheet", async ({ world }) => {
  world.expectedErrors.push(ENDED_DATA, ENDED_PAGE);
  const { page, panel } = await openPanel(world);
  await world.app.moveClockForward(13 * MINUTE);
  await readAgain(panel);
  await expect(panel.getByText("Key working")).toBeVisible();
  await expect(panel.getByText(/^This session ends in/)).toBeVisible();
  await expect(panel.getByRole("dialog", { name: "Session ended" })).toBeHidden();

  await world.app.moveClockForward(2 * MINUTE);
  await readAgain(panel);
  await expect(panel.getByRole("dialog", { name: "Session ended" })).toContainText(
    "relaunch from Blnk Cloud",
  );
  await expect(panel.getByRole("heading", { name: "Overview", includeHidden: true })).toBeVisible();
  await judgeThemes(page, "session-ended-sheet", WITH_FRAME);
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(portal(page).getByRole("heading", { name: "Session ended" })).toBeVisible();
  await expect(portal(page).getByRole("heading", { name: "Overview" })).toBeHidden();

  await page.getByRole("button", { name: "Close" }).click();
  await launch(page, "production");
  await expect(portal(page).getByRole("heading", { name: "Overview" })).toBeVisible();
});

test("what was typed stays under the sheet, also when it was just sent", async ({ world }) => {
  world.expectedErrors.push(ENDED_DATA);
  const { page, panel } = await openPanel(world);
  const { origin, pathname } = portalAddress(page);
  const [wallet] = world.sandbox.workspace.instances[0]!.ledger.balances.all();
  await page.frames()[1]!.goto(`${origin}${pathname}/flag/${wallet!.balance_id}`);
  await untilInteractive(panel);
  await panel.getByLabel("What is to be looked at").fill("Half a thought");
  await world.app.moveClockForward(16 * MINUTE);
  await panel.getByRole("button", { name: "Flag this balance" }).click();
  await expect(panel.getByRole("dialog", { name: "Session ended" })).toBeVisible();
  await expect(panel.getByLabel("What is to be looked at")).toHaveValue("Half a thought");
  const { alerts } = world.sandbox.workspace.instances[0]!;
  expect(alerts.all().filter(({ description }) => description.includes("Half a thought"))).toEqual([]);
});

test("a page that nobody touches warns two minutes before the end and then says that it is over", async ({
  world,
}) => {
  const { clock } = world.context;
  await clock.install();
  const { panel } = await openPanel(world);
  const warning = panel.getByText(/^This session ends in/);
  const sheet = panel.getByRole("dialog", { name: "Session ended" });
  const passUntil = (shown: Locator) =>
    expect.poll(async () => (await clock.fastForward(MINUTE / 4), await shown.isVisible())).toBe(true);
  await clock.fastForward(11 * MINUTE);
  await expect(warning).toBeHidden();
  await passUntil(warning);
  await expect(sheet).toBeHidden();
  await passUntil(sheet);
});

test("an uninstall ends the sessions that are open", async ({ world }) => {
  world.expectedErrors.push(ENDED_DATA);
  const { panel } = await openPanel(world);
  await uninstall(world, "production");
  await readAgain(panel);
  await expect(panel.getByRole("dialog", { name: "Session ended" })).toBeVisible();
});

test("End this session ends the panel, the tabs and the address it was launched with", async ({ world }) => {
  world.expectedErrors.push(/status of 401 .*\/end/, /status of 401 .*\/portal\/[\w-]+\)/, ENDED_PAGE);
  const { page, panel } = await openPanel(world);
  const opened = world.context.waitForEvent("page");
  await page.getByRole("link", { name: "Open", exact: true }).click();
  const tab = await opened;
  await expect(tab.getByRole("heading", { name: "Overview" })).toBeVisible();

  await panel.getByRole("button", { name: "Menu" }).click();
  await panel.getByRole("button", { name: "End this session" }).click();
  await expect(panel.getByText("Session ended, relaunch from Blnk Cloud")).toBeVisible();
  await tab.reload();
  await expect(tab.getByText("Session ended, relaunch from Blnk Cloud")).toBeVisible();
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(portal(page).getByRole("heading", { name: "Session ended" })).toBeVisible();
});

async function openPanel(world: World) {
  const page = await openDashboard(world);
  await install(page, "production");
  const panel = await launch(page, "production");
  await expect(panel.getByText("Key working")).toBeVisible();
  await untilInteractive(panel);
  return { page, panel };
}

/** A data request of the page, as every screen makes them. */
async function readAgain(panel: FrameLocator): Promise<void> {
  await panel.getByRole("button", { name: "Menu" }).click();
  await panel.getByRole("link", { name: "Overview" }).click();
}
