import { AxeBuilder } from "@axe-core/playwright";
import type { FrameLocator, Page } from "@playwright/test";

import { install, launch, openDashboard, portal } from "./support/dashboard.ts";
import { totalsByCurrency } from "./support/instance-figures.ts";
import { expect, test } from "./support/test.ts";
import type { World } from "./support/world.ts";

test("the overview tells what the ledger holds, what waits and what was alerted", async ({ world }) => {
  const { page, panel } = await openPanel(world);
  for (const total of totalsByCurrency(world, "production"))
    await expect(panel.getByText(total, { exact: true }).first()).toBeVisible();
  await expect(panel.getByText("queued without an outcome")).toBeVisible();
  await expect(panel.getByRole("figure", { name: "Applied rows, every six hours" })).toBeVisible();
  await expect(panel.getByText("Portal launched")).toBeVisible();
  await panel.getByRole("link", { name: "USD", exact: true }).click();
  await expect(panel.getByRole("figure", { name: "Applied volume in USD, every six hours" })).toBeVisible();
  await panel.getByRole("button", { name: "Count again" }).click();
  await expect(panel.getByText("Counted just now")).toBeVisible();
  await expectAccessible(page);
});

test("an alert is found by its status, resolved and edited", async ({ world }) => {
  const { page, panel } = await openPanel(world);
  await visit(panel, "Alerts");
  await panel.getByRole("link", { name: /^Awaiting customer/ }).click();
  await expect(panel.getByRole("link", { name: "Unusual spending" })).toBeHidden();
  await panel.getByRole("link", { name: "Source of funds" }).click();
  await panel.getByRole("combobox", { name: "Status" }).selectOption("Resolved");
  await panel.getByRole("button", { name: "Set status" }).click();
  await expect(panel.getByText("The status is Resolved.")).toBeVisible();
  await panel.getByLabel("Description").fill("Papers are in.");
  await panel.getByRole("button", { name: "Save text" }).click();
  await expect(panel.getByText("Saved.")).toBeVisible();
  await expectAccessible(page);
  const alert = alertsOf(world).find(({ title }) => title === "Source of funds")!;
  expect(alert.status).toBe("RESOLVED");
  expect(alert.description).toBe("Papers are in.");
});

test("a balance is flagged once, however often the button is pressed", async ({ world }) => {
  const { page, panel } = await openPanel(world);
  const before = alertsOf(world).length;
  await visit(panel, "Balances");
  await panel.getByRole("table").getByRole("link").first().click();
  await panel.getByRole("link", { name: "Flag", exact: true }).click();
  await panel.getByRole("button", { name: "Flag this balance" }).click();
  await expect(panel.getByText("Say what is to be looked at")).toBeVisible();
  await panel.getByLabel("What is to be looked at").fill("Look at this.");
  await expectAccessible(page);
  await panel.getByRole("button", { name: "Flag this balance" }).dblclick();
  await expect(panel.getByRole("heading", { name: /^Alert / })).toBeVisible();
  await expect(panel.getByText("Look at this.").first()).toBeVisible();
  expect(alertsOf(world)).toHaveLength(before + 1);
});

test("times and colours are chosen for the launch and hold on every screen", async ({ world }) => {
  const { panel } = await openPanel(world);
  const html = panel.locator("html");
  await panel.getByRole("button", { name: "Menu" }).click();
  await panel.getByRole("button", { name: "Colours: auto" }).click();
  await expect(html).toHaveAttribute("data-theme", "dark");
  await visit(panel, "Alerts", { menu: "open" });
  await expect(html).toHaveAttribute("data-theme", "dark");
  await expect(panel.locator("html")).toHaveCSS("color-scheme", "dark");
});

test("without alerts:write everything is there, and what changes something is disabled and says why", async ({
  world,
}) => {
  const { panel } = await openPanel(world, ["alerts:write"]);
  await visit(panel, "Alerts");
  await panel.getByRole("link", { name: "Source of funds" }).click();
  await expect(panel.getByRole("button", { name: "Set status" })).toBeDisabled();
  await expect(panel.getByText("needs alerts:write").first()).toBeVisible();
});

async function openPanel(world: World, without: string[] = []): Promise<{ page: Page; panel: FrameLocator }> {
  const page = await openDashboard(world);
  await install(page, "production", { without });
  await launch(page, "production");
  const panel = portal(page);
  await expect(panel.getByRole("heading", { name: "Overview" })).toBeVisible();
  return { page, panel };
}

async function visit(panel: FrameLocator, screen: string, { menu = "closed" } = {}): Promise<void> {
  if (menu === "closed") await panel.getByRole("button", { name: "Menu" }).click();
  await panel.getByRole("link", { name: screen, exact: true }).click();
  await expect(panel.getByRole("heading", { name: screen, exact: true })).toBeVisible();
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include("iframe").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

function alertsOf({ sandbox }: World) {
  return sandbox.workspace.instances[0]!.alerts.all();
}
