import { isKeyProof } from "#tests/support/is-key-proof.ts";

import { install, launch, openDashboard, portal, uninstall } from "./support/dashboard.ts";
import { totalsByCurrency } from "./support/instance-figures.ts";
import { expect, test } from "./support/test.ts";

test("a newcomer installs, looks at real figures in the panel, and uninstalls", async ({ world }) => {
  world.expectedErrors.push(/status of 401 .*\/portal\/enter/);
  const page = await openDashboard(world);
  await install(page, "production", { without: ["data:write"] });
  const [granted] = world.sandbox.lifecycle.installs();
  expect(granted).toMatchObject({
    state: "active",
    granted_permissions: ["data:read", "alerts:read", "alerts:write"],
  });

  const panel = await launch(page, "production");
  await expect(panel.getByRole("heading", { name: "Overview" })).toBeVisible();
  expect(await panel.locator("html").evaluate((html) => html.clientWidth)).toBeLessThanOrEqual(330);
  for (const total of totalsByCurrency(world, "production")) {
    await expect(panel.getByText(total, { exact: true })).toBeVisible();
  }
  await expect(panel.getByText("Key working")).toBeVisible();

  await uninstall(world, "production");
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(portal(page).getByRole("heading", { name: "Session ended" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Launch Tidemark on production" })).toBeHidden();
  const launched = await world.sandbox.lifecycle.launch(granted!.installed_app_id, {});
  expect(launched).toEqual({ failure: expect.stringContaining("403") });
});

test("an app that was uninstalled can be installed again and opens as a new install", async ({ world }) => {
  const page = await openDashboard(world);
  await install(page, "production");
  await uninstall(world, "production");
  await install(page, "production");
  const panel = await launch(page, "production");
  await expect(panel.getByText(totalsByCurrency(world, "production")[0]!, { exact: true })).toBeVisible();
  expect(world.sandbox.lifecycle.installs().map(({ state }) => state)).toEqual(["uninstalled", "active"]);
});

test("without data:read the panel says which permission is missing and asks Cloud for nothing", async ({
  world,
}) => {
  const page = await openDashboard(world);
  await install(page, "production", { without: ["data:read", "data:write", "alerts:read"] });
  const panel = await launch(page, "production");
  await expect(panel.getByText("needs data:read").first()).toBeVisible();
  await expect(panel.getByText(/^Loading /)).toHaveCount(0);
  expect(world.sandbox.journal.entries().filter((call) => !isKeyProof(call))).toEqual([]);
});
