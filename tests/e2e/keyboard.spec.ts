import type { Locator, Page } from "@playwright/test";

import { openDashboard, portal } from "./support/dashboard.ts";
import { totalsByCurrency } from "./support/instance-figures.ts";
import { expect, test } from "./support/test.ts";
import type { World } from "./support/world.ts";

test("a session can be opened, read and ended with the keyboard alone", async ({ world }) => {
  world.expectedErrors.push(/status of 401 .*\/end/);
  const page = await openDashboard(world);
  await launchByKeyboard(world, page);
  const panel = portal(page);
  await expect(panel.getByText(totalsByCurrency(world, "production")[0]!, { exact: true })).toBeVisible();

  await tabTo(page, panel.getByRole("link", { name: "Skip to content" }));
  await page.keyboard.press("Enter");
  await expect(panel.getByRole("main")).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await tabTo(page, panel.getByRole("button", { name: "Menu" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await tabTo(page, panel.getByRole("link", { name: "Overview" }));
  await page.keyboard.press("Escape");
  await expect(panel.getByRole("link", { name: "Overview" })).toBeHidden();
  await expect(panel.getByRole("button", { name: "Menu" })).toBeFocused();

  await page.keyboard.press("Enter");
  await tabTo(page, panel.getByRole("button", { name: "End this session" }));
  await page.keyboard.press("Enter");
  await expect(panel.getByRole("heading", { name: "Session ended" })).toBeVisible();
});

test("the focus can be seen wherever it is in the portal", async ({ world }) => {
  const page = await openDashboard(world);
  await launchByKeyboard(world, page);
  const panel = portal(page);
  await expect(panel.getByText("Key working")).toBeVisible();
  await tabTo(page, panel.getByRole("link", { name: "Skip to content" }));
  for (let stop = 0; stop < 8; stop += 1) {
    const focused = panel.locator(":focus");
    await expect(focused).toBeVisible();
    expect(await focused.evaluate((element) => getComputedStyle(element).outlineStyle)).not.toBe("none");
    await page.keyboard.press("Tab");
  }
});

async function launchByKeyboard({ sandbox }: World, page: Page): Promise<void> {
  await tabTo(page, page.getByRole("button", { name: "Install Tidemark on production" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Install on production" }));
  await page.keyboard.press("Enter");
  await expect.poll(() => sandbox.lifecycle.installs()[0]?.state).toBe("active");
  await tabTo(page, page.getByRole("button", { name: "Launch Tidemark on production" }));
  await page.keyboard.press("Enter");
  await expect(portal(page).getByRole("heading", { name: "Overview" })).toBeVisible();
}

/** Presses the key until the element has the focus; it must be on the way. */
async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement && document.hasFocus())) return;
    await page.keyboard.press(key);
  }
  await expect(target).toBeFocused({ timeout: 1 });
}
