import type { Page } from "@playwright/test";

import { report } from "#tests/support/report.ts";

import { installDirectly, launchDirectly } from "./support/launch-directly.ts";
import { expect, test } from "./support/test.ts";
import { APP, FRIENDS, STRANGERS } from "./support/world.ts";

const REFUSED = /frame-ancestors/;

test("Blnk's own hosts may frame the portal", async ({ world }) => {
  const page = await world.context.newPage();
  await installDirectly(world);
  for (const site of FRIENDS) {
    await page.goto(framing(site, await launchDirectly(world)));
    await expect(page.frameLocator("iframe").getByRole("heading", { name: "Overview" })).toBeVisible();
  }
  report("S5 framing control", `${FRIENDS.length} of Blnk's own hosts show it`, `${FRIENDS.length}`);
});

test("a foreign site cannot frame the portal, by whatever name", async ({ world }) => {
  world.expectedErrors.push(REFUSED);
  const page = await world.context.newPage();
  await installDirectly(world);
  for (const site of STRANGERS) {
    await page.goto(framing(site, await launchDirectly(world)));
    await expectRefusedFrame(page, 1);
  }
  report("S5 framing", `0 of ${STRANGERS.length} strangers show the portal`, "0");
});

test("a foreign site cannot frame the portal by way of Blnk's own host", async ({ world }) => {
  world.expectedErrors.push(REFUSED);
  const page = await world.context.newPage();
  await installDirectly(world);
  const inner = framing(FRIENDS[0]!, await launchDirectly(world));
  await page.goto(framing(STRANGERS[0]!, inner));
  await expectRefusedFrame(page, 2);
});

test("nobody may frame what is not the portal", async ({ world }) => {
  world.expectedErrors.push(REFUSED);
  const page = await world.context.newPage();
  await page.goto(framing(FRIENDS[0]!, `${APP}/`));
  await expectRefusedFrame(page, 1);
});

test("a foreign site's form cannot end a session that is open in a tab", async ({ world }) => {
  // The refusal is plain text, for which Chromium looks for an icon of the site.
  world.expectedErrors.push(/status of 403 .*\/end/, /status of 404 .*\/favicon\.ico/);
  const [tab, attacker] = [await world.context.newPage(), await world.context.newPage()];
  await installDirectly(world);
  await tab.goto(await launchDirectly(world));
  await expect(tab.getByRole("heading", { name: "Overview" })).toBeVisible();

  await attacker.goto(`${STRANGERS[0]}/post?url=${encodeURIComponent(`${tab.url()}/end`)}`);
  await attacker.getByRole("button", { name: "Send" }).click();
  await expect(attacker.getByText("so nothing was done")).toBeVisible();
  await tab.reload();
  await expect(tab.getByRole("heading", { name: "Overview" })).toBeVisible();
});

function framing(site: string, url: string): string {
  return `${site}/frame?url=${encodeURIComponent(url)}`;
}

/** Chromium shows a page of its own in place of a refused frame. */
async function expectRefusedFrame(page: Page, depth: number): Promise<void> {
  await expect.poll(() => page.frames().at(depth)?.url()).toBe("chrome-error://chromewebdata/");
}
