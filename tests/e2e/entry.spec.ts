import type { Page } from "@playwright/test";

import { install, launch, openDashboard, portal, portalAddress } from "./support/dashboard.ts";
import { installDirectly, launchDirectly } from "./support/launch-directly.ts";
import { expect, test } from "./support/test.ts";
import { APP, COOKIE_SITE, FRIENDS, type World } from "./support/world.ts";

test("the browser of these tests keeps partitioned cookies in a frame and no others", async ({ world }) => {
  const page = await world.context.newPage();
  await page.goto(`${FRIENDS[0]}/frame?url=${COOKIE_SITE}`);
  await expect(page.frameLocator("iframe").getByText("Kept: nothing")).toBeVisible();
  await page.reload();
  await expect(
    page.frameLocator("iframe").getByText("Kept: __Host-partitioned=1", { exact: true }),
  ).toBeVisible();
});

test("a panel's session is one partitioned cookie and is written nowhere else", async ({ world }) => {
  const page = await openPanel(world);
  const cookies = await appCookies(world, page);
  expect(cookies).toEqual([
    expect.objectContaining({
      name: `__Host-p_${launchIdOf(page)}`,
      httpOnly: true,
      secure: true,
      session: true,
      sameSite: "None",
      partitionKey: { topLevelSite: "https://blnkfinance.com", hasCrossSiteAncestor: true },
    }),
  ]);
  expect(portalAddress(page).search).toBe("");
  const written = await portal(page)
    .locator("html")
    .evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
  expect(written).toEqual(["", 0, 0]);

  const launched = new URL((await page.locator("iframe").getAttribute("src"))!);
  expect(world.app.log()).toContain('"route":"enter"');
  for (const secret of [launched.searchParams.get("token")!, cookies[0]!.value]) {
    expect(world.app.log()).not.toContain(secret);
  }
});

test("a launch's address leads to the portal without any script, and an old one to words", async ({
  world,
}) => {
  world.expectedErrors.push(/status of 401 .*\/portal\/enter/);
  const page = await world.context.newPage();
  const session = await world.context.newCDPSession(page);
  await session.send("Emulation.setScriptExecutionDisabled", { value: true });
  await installDirectly(world);
  await page.goto(await launchDirectly(world));
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Balances", exact: true })).toBeVisible();
  await page.goto(`${APP}/portal/enter?token=old`);
  await expect(page.getByRole("heading", { name: "Session ended" })).toBeVisible();
});

test("the dashboard may reload and move the frame without a session more", async ({ world }) => {
  const page = await openPanel(world);
  const [cookie] = await appCookies(world, page);
  for (const button of ["Reload", "Side panel", "Full screen", "Reload"]) {
    await portal(page)
      .locator("html")
      .evaluate((html) => html.setAttribute("data-loaded-before", ""));
    await page.getByRole("button", { name: button, exact: true }).click();
    await expect(portal(page).locator("html:not([data-loaded-before])")).toBeVisible();
    await expect(portal(page).getByRole("heading", { name: "Overview" })).toBeVisible();
  }
  expect(await appCookies(world, page)).toEqual([cookie]);
});

test("the portal may be reloaded from inside the frame", async ({ world }) => {
  const page = await openPanel(world);
  const address = portalAddress(page).href;
  await portal(page)
    .locator("html")
    .evaluate((html) => {
      html.setAttribute("data-loaded-before", "");
      location.reload();
    });
  await expect(portal(page).locator("html:not([data-loaded-before])")).toBeVisible();
  await expect(portal(page).getByRole("heading", { name: "Overview" })).toBeVisible();
  expect(portalAddress(page).href).toBe(address);
});

test("the dashboard's Open shows the same portal in a tab, with a cookie that no foreign form can use", async ({
  world,
}) => {
  const page = await openPanel(world);
  const opened = world.context.waitForEvent("page");
  await page.getByRole("link", { name: "Open", exact: true }).click();
  await expectPortalTab(await opened, page);
  const topLevel = (await appCookies(world, page)).filter(({ partitionKey }) => !partitionKey);
  expect(topLevel).toEqual([
    expect.objectContaining({ name: `__Host-p_${launchIdOf(page)}`, sameSite: "Lax" }),
  ]);
});

test("the portal's own Open in a new tab hands the session over", async ({ world }) => {
  const page = await openPanel(world);
  await portal(page).getByRole("button", { name: "Menu" }).click();
  const opened = world.context.waitForEvent("page");
  await portal(page).getByRole("button", { name: "Open in a new tab" }).click();
  await expectPortalTab(await opened, page);
});

async function openPanel(world: World): Promise<Page> {
  const page = await openDashboard(world);
  await install(page, "production");
  const panel = await launch(page, "production");
  await expect(panel.getByRole("heading", { name: "Overview" })).toBeVisible();
  return page;
}

async function expectPortalTab(tab: Page, panelPage: Page): Promise<void> {
  await expect(tab.getByRole("heading", { name: "Overview" })).toBeVisible();
  expect(tab.url()).toBe(`${APP}/portal/${launchIdOf(panelPage)}`);
}

function launchIdOf(page: Page): string {
  return portalAddress(page).pathname.split("/").at(-1)!;
}

/** Straight from the browser's store: Playwright's own list leaves out what a partition is keyed by. */
async function appCookies({ context }: World, page: Page) {
  const session = await context.newCDPSession(page);
  const { cookies } = await session.send("Network.getAllCookies");
  return cookies.filter(({ domain }) => domain === new URL(APP).hostname);
}
