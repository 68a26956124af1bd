import type { Page } from "@playwright/test";

import { installDirectly, launchDirectly } from "./support/launch-directly.ts";
import { expect, test } from "./support/test.ts";
import type { World } from "./support/world.ts";

test("times are exact on hover and on focus, in UTC or on the reader's own clock, as its launch chose", async ({
  world,
}) => {
  await installDirectly(world);
  const page = await openTransactions(world);
  const shown = page.getByRole("tooltip").filter({ visible: true });
  const { time, tip } = firstTime(page);
  await expect(tip).toBeHidden();
  // What is still being read may move the row from under the mouse.
  await expect(async () => {
    await page.mouse.move(0, 0);
    await time.hover();
    await expect(shown).toHaveText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/, { timeout: 2000 });
  }).toPass();
  await page.mouse.move(0, 0);
  await expect(tip).toBeHidden();
  await time.focus();
  await expect(tip).toBeVisible();
  const utc = await tip.textContent();

  await page.getByRole("button", { name: "Times in UTC" }).click();
  await expect(page.getByRole("button", { name: "Times on your clock" })).toBeVisible();
  const nine = `${new Date(Date.parse(utc!) + 9 * 3_600_000).toISOString().slice(0, 19).replace("T", " ")} GMT+9`;
  await expect(tip).toHaveText(nine);
  await page.reload();
  await expect(firstTime(page).tip).toHaveText(/GMT\+9$/);
  const kept = await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
  expect(kept).toEqual(["", 0, 0]);

  const other = await openTransactions(world);
  await expect(firstTime(other).tip).toHaveText(/UTC$/);
});

test("a skeleton shows nothing for 200 ms, and does not move for those who want no motion", async ({
  world,
}) => {
  await installDirectly(world);
  const page = await openTransactions(world);
  world.sandbox.switches.latency_ms = 3_000;
  const bars = page.getByRole("main").locator(".animate-appear");
  await page.reload({ waitUntil: "commit" });
  const opacities = await bars.first().evaluate((bar) => {
    const [appearing] = bar.getAnimations();
    appearing!.pause();
    return [199, 350].map((ms) => {
      appearing!.currentTime = ms;
      return getComputedStyle(bar).opacity;
    });
  });
  expect(opacities).toEqual(["0", "1"]);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.reload({ waitUntil: "commit" });
  const duration = await bars.first().evaluate((bar) => getComputedStyle(bar).animationDuration);
  expect(Number.parseFloat(duration)).toBeLessThanOrEqual(0.001);
});

/** In a tab whose reader is in Tokyo. */
async function openTransactions(world: World): Promise<Page> {
  const page = await world.context.newPage();
  const session = await world.context.newCDPSession(page);
  await session.send("Emulation.setTimezoneOverride", { timezoneId: "Asia/Tokyo" });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(await launchDirectly(world));
  await page.getByRole("link", { name: "Transactions", exact: true }).click();
  await expect(page.getByRole("table", { name: "Transactions" })).toBeVisible();
  return page;
}

function firstTime(page: Page) {
  const cell = page.getByRole("table", { name: "Transactions" }).getByRole("row").nth(1);
  return { time: cell.getByRole("time"), tip: cell.locator("[role=tooltip]") };
}
