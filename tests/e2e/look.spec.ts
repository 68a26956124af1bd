import type { FrameLocator, Page } from "@playwright/test";

import { screens } from "#app/portal/navigation.ts";

import { launch, openDashboard, portal } from "./support/dashboard.ts";
import { judge, judgeInBothThemes, THEMES, WITH_FRAME } from "./support/judge.ts";
import { installDirectly, launchDirectly } from "./support/launch-directly.ts";
import { expect, test } from "./support/test.ts";
import { APP } from "./support/world.ts";

const SIZES = [
  // The floating panel's 330 pixels, less its border and a scroll bar.
  { name: "330", width: 313, height: 720 },
  { name: "full", width: 1440, height: 900 },
];

for (const colorScheme of THEMES) {
  for (const { name: size, ...viewport } of SIZES) {
    test(`every screen fits and has no accessibility violation, ${size}, ${colorScheme}`, async ({
      world,
    }) => {
      const page = await world.context.newPage();
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      await installDirectly(world);
      await page.goto(await launchDirectly(world));
      await expect(page.getByText("Key working")).toBeVisible();
      const portalUrl = page.url();
      for (const { name, path } of screens) {
        await page.goto(`${portalUrl}/${path}`);
        await expectToBeWhole(page, name);
        await judge(page, `${slug(name)}-${size}-${colorScheme}`);
        const record = page.getByRole("main").locator(`a[href^="${new URL(portalUrl).pathname}/${path}/"]`);
        if ((await record.count()) === 0) continue;
        await page.goto(new URL((await record.first().getAttribute("href"))!, portalUrl).href);
        await expectToBeWhole(page);
        await judge(page, `${slug(name)}-record-${size}-${colorScheme}`);
      }
    });
  }

  test(`the panel in the dashboard has no accessibility violation, ${colorScheme}`, async ({ world }) => {
    const page = await openDashboard(world);
    await page.emulateMedia({ colorScheme });
    await installDirectly(world);
    await launch(page, "production");
    for (const view of ["Floating", "Side panel", "Full screen"]) {
      await page.getByRole("button", { name: view, exact: true }).click();
      await expectToBeWhole(portal(page), "Overview");
      await judge(page, `dashboard-${slug(view)}-${colorScheme}`, WITH_FRAME);
    }
  });
}

test("the pages that need no script have no accessibility violation", async ({ world }) => {
  world.expectedErrors.push(/status of 401 .*\/portal\/enter/, /status of 404 .*\/nowhere/);
  const page = await world.context.newPage();
  for (const [name, path] of Object.entries({
    front: "/",
    ended: "/portal/enter",
    "not-found": "/nowhere",
  })) {
    await page.goto(`${APP}${path}`);
    await judgeInBothThemes(page, `plain-${name}`);
  }
});

/** Everything has been read, without an error, and nothing is wider than the page. */
async function expectToBeWhole(page: Page | FrameLocator, title: string | RegExp = /./): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(page.getByText(/^Reading /)).toHaveCount(0);
  await expect(page.getByRole("alert")).toHaveCount(0);
  const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
  expect(overflow).toBe(0);
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}
