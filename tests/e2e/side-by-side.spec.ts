import { install, launch, openDashboard, portal, portalAddress } from "./support/dashboard.ts";
import { totalsByCurrency } from "./support/instance-figures.ts";
import { expect, test } from "./support/test.ts";

test("two installs open side by side each keep their own figures, through reloads too", async ({ world }) => {
  const [left, right] = [await openDashboard(world), await openDashboard(world)];
  await install(left, "production");
  await install(right, "staging");
  await launch(left, "production");
  await launch(right, "staging");
  const panels = [
    { page: left, shown: "production", hidden: "staging" },
    { page: right, shown: "staging", hidden: "production" },
  ] as const;
  expect(totalsByCurrency(world, "production")[0]).not.toBe(totalsByCurrency(world, "staging")[0]);
  for (const _ of ["launched", "reloaded"]) {
    for (const { page, shown, hidden } of panels) {
      for (const total of totalsByCurrency(world, shown)) {
        await expect(portal(page).getByText(total, { exact: true })).toBeVisible();
      }
      await expect(portal(page).getByText(totalsByCurrency(world, hidden)[0]!, { exact: true })).toBeHidden();
    }
    for (const { page } of panels) await page.getByRole("button", { name: "Reload" }).click();
  }
});

test("ending one install's session leaves the other's open", async ({ world }) => {
  world.expectedErrors.push(/status of 401 .*\/end/);
  const [left, right] = [await openDashboard(world), await openDashboard(world)];
  await install(left, "production");
  await install(right, "staging");
  const ended = await launch(left, "production");
  const open = await launch(right, "staging");
  await expect(open.getByRole("heading", { name: "Overview" })).toBeVisible();
  await left.bringToFront();
  await ended.getByRole("button", { name: "Menu" }).click();
  await ended.getByRole("button", { name: "End this session" }).click();
  await expect(ended.getByRole("heading", { name: "Session ended" })).toBeVisible();

  await right.bringToFront();
  await open.getByRole("button", { name: "Menu" }).click();
  await open.getByRole("link", { name: "Overview" }).click();
  await expect(open.getByText(totalsByCurrency(world, "staging")[0]!, { exact: true })).toBeVisible();
  expect(portalAddress(left).pathname).not.toBe(portalAddress(right).pathname);
});
