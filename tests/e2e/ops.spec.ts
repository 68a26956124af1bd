import type { Page } from "@playwright/test";

import { OPERATOR_PASSWORD } from "#tests/support/operator-password.ts";

import { judge, THEMES } from "./support/judge.ts";
import { installDirectly, launchDirectly } from "./support/launch-directly.ts";
import { expect, test } from "./support/test.ts";
import { APP } from "./support/world.ts";

const SCREENS = ["Overview", "Installs", "Sessions", "Events", "Jobs", "Promises", "Audit"];

const SIZES = [
  { width: 330, height: 720 },
  { width: 1440, height: 900 },
];

test("the operator signs in, sees every screen at both sizes and in both themes, and ends a session", async ({
  world,
}) => {
  world.expectedErrors.push(/status of 401/, /status of 400 .*\/ops\/installs/);
  await installDirectly(world);
  const visitor = await world.context.newPage();
  await visitor.goto(await launchDirectly(world));
  await expect(visitor.getByRole("heading", { name: "Overview" })).toBeVisible();

  const page = await world.context.newPage();
  await page.goto(`${APP}/ops`);
  await judge(page, "ops-sign-in");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("This is not the password.")).toBeVisible();
  await page.getByLabel("Password").fill(OPERATOR_PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();

  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    for (const viewport of SIZES) {
      await page.setViewportSize(viewport);
      for (const name of SCREENS) {
        await page.getByRole("link", { name, exact: true }).click();
        await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
        await expectToFit(page);
        await judge(page, `ops-${name.toLowerCase()}-${viewport.width}-${colorScheme}`);
      }
    }
  }

  await page.getByRole("link", { name: "Installs", exact: true }).click();
  await page.getByRole("main").getByRole("link").first().click();
  await page.getByLabel("Currency").fill("USD");
  await page.getByLabel("Most by one action").fill("lots");
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByText("must be an amount")).toBeVisible();
  await page.getByLabel("Most by one action").fill("2500.00");
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("button", { name: "Save" })).toBeVisible();
  await expectToFit(page);
  await judge(page, "ops-install");

  await page.getByRole("link", { name: "Sessions", exact: true }).click();
  await page.getByRole("button", { name: "End", exact: true }).click();
  await expect(page.getByText("Launches whose session has not ended will be here.")).toBeVisible();
  await visitor.reload();
  await expect(visitor.getByText("Session ended, relaunch from Blnk Cloud")).toBeVisible();

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("Password")).toBeVisible();
  await page.goto(`${APP}/ops/installs`);
  await expect(page.getByLabel("Password")).toBeVisible();
});

async function expectToFit(page: Page): Promise<void> {
  const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
  expect(overflow).toBe(0);
}
