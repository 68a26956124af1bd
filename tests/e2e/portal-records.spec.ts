import { readFile } from "node:fs/promises";

import type { Page } from "@playwright/test";

import { installDirectly, launchDirectly } from "./support/launch-directly.ts";
import { expect, test } from "./support/test.ts";
import type { World } from "./support/world.ts";

const WIDTHS = [
  ["in the floating panel", 330],
  ["on a wide page", 1440],
] as const;

async function openPortal(world: World, width: number): Promise<Page> {
  await installDirectly(world);
  const page = await world.context.newPage();
  await page.setViewportSize({ width, height: 800 });
  await page.goto(await launchDirectly(world));
  await expect(page.getByText("Key working")).toBeVisible();
  return page;
}

async function goTo(page: Page, screen: string): Promise<void> {
  const menu = page.getByRole("button", { name: "Menu" });
  if (await menu.isVisible()) await menu.click();
  await page.getByRole("link", { name: screen, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: screen })).toBeVisible();
}

/** On a phone the filters are in a sheet. */
async function setFilter(page: Page, label: string, choice: string): Promise<void> {
  const sheet = page.getByRole("button", { name: /^Filters/ });
  const inSheet = await sheet.isVisible();
  if (inSheet) await sheet.click();
  await page.getByLabel(label, { exact: true }).selectOption(choice);
  await page.getByRole("button", { name: inSheet ? "Show" : "Search", exact: true }).click();
}

function ledgerOf({ sandbox }: World) {
  return sandbox.workspace.instances[0]!.ledger;
}

for (const [where, width] of WIDTHS) {
  test(`a hold is found by its status and read as one thing with its balances, ${where}`, async ({
    world,
  }) => {
    const page = await openPortal(world, width);
    await goTo(page, "Transactions");
    await setFilter(page, "Status", "INFLIGHT");
    await expect(page).toHaveURL(/status=INFLIGHT/);
    const rows = page.getByRole("table", { name: "Transactions" }).getByRole("row");
    await expect(rows.nth(1)).toContainText("Inflight");
    await expect(rows.getByText("Applied", { exact: true })).toHaveCount(0);

    await rows.nth(1).getByRole("link").click();
    await expect(page.getByRole("heading", { level: 1, name: "Transaction" })).toBeVisible();
    await expect(page.getByText("Remaining hold")).toBeVisible();
    await expect(page.getByRole("heading", { name: "What happened" })).toBeVisible();
    await page.getByRole("definition").getByRole("link").first().click();
    await expect(page.getByRole("heading", { level: 1, name: "Balance" })).toBeVisible();
    await expect(page.getByText("Available").first()).toBeVisible();

    await page.goBack();
    await page.goBack();
    await expect(page).toHaveURL(/status=INFLIGHT/);
    await page.getByRole("link", { name: "Clear" }).click();
    await expect(page).toHaveURL(/\/transactions$/);
    await expect(rows.getByText("Applied", { exact: true }).first()).toBeVisible();
  });

  test(`a balance's history can be read with the keyboard and as a table, ${where}`, async ({ world }) => {
    const page = await openPortal(world, width);
    const treasury = ledgerOf(world)
      .balances.all()
      .find(({ indicator }) => indicator === "@World-USD")!;
    await goTo(page, "Balances");
    await page.getByRole("searchbox").fill("@World-USD");
    await page.getByRole("searchbox").press("Enter");
    await page.getByRole("link", { name: "@World-USD" }).click();

    const moment = page.getByRole("slider");
    const newest = await moment.getAttribute("aria-valuetext");
    const minor = treasury.debit - treasury.credit;
    const digits = new Intl.NumberFormat("en", { minimumFractionDigits: 2 });
    const amount = digits.format(
      `${minor / 100n}.${String(minor % 100n).padStart(2, "0")}` as Intl.StringNumericLiteral,
    );
    expect(newest).toContain(`USD -${amount}`);
    await moment.focus();
    await moment.press("Home");
    await expect(moment).not.toHaveAttribute("aria-valuetext", newest!);
    const first = await moment.getAttribute("aria-valuetext");
    await expect(page.getByRole("figure")).toContainText(first!.split(": ")[1]!);

    await page.getByText("As a table").click();
    const table = page.getByRole("figure").getByRole("table");
    await expect(table.getByRole("row").last()).toContainText(first!.split(": ")[1]!);
  });

  test(`the file has as many rows as its link says, ${where}`, async ({ world }) => {
    const page = await openPortal(world, width);
    await goTo(page, "Transactions");
    await setFilter(page, "Status", "REJECTED");
    const link = page.getByRole("link", { name: /^Download \d+ rows as CSV$/ });
    const count = Number(/\d+/.exec((await link.textContent())!)![0]);
    expect(count).toBe(
      ledgerOf(world)
        .transactions.all()
        .filter(({ status }) => status === "REJECTED").length,
    );
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    expect(download.suggestedFilename()).toBe("transactions.csv");
    const file = await readFile(await download.path(), "utf8");
    expect(file.trimEnd().split("\r\n")).toHaveLength(count + 1);
    expect(file).not.toContain("APPLIED");
    await expect(page.getByRole("heading", { level: 1, name: "Transactions" })).toBeVisible();
  });
}

test("a file that breaks off on the way is a failed download", async ({ world }) => {
  const page = await openPortal(world, 1440);
  await goTo(page, "Transactions");
  const link = page.getByRole("link", { name: /^Download .* rows as CSV$/ });
  world.sandbox.switches.latency_ms = 100;
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  world.sandbox.faults.add({
    kind: "status",
    status: 400,
    path: "/data/transactions",
    body: { error: "no" },
  });
  expect(await download.failure()).not.toBeNull();

  world.sandbox.faults.clear();
  const [again] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(await again.failure()).toBeNull();
});

test("pages go on and come back without a row twice", async ({ world }) => {
  const page = await openPortal(world, 1440);
  await goTo(page, "Balances");
  const count = ledgerOf(world).balances.all().length;
  const seen = new Set<string>();
  const links = page.getByRole("table", { name: "Balances" }).getByRole("link");
  for (let shown = 1; seen.size < count; shown += 1) {
    // The page before stays until the next one has been read: this one is here when it has a row that was not.
    const hrefs = () => links.evaluateAll((all) => all.map((link) => link.getAttribute("href")!));
    await expect.poll(async () => (await hrefs()).some((href) => !seen.has(href))).toBe(true);
    const before = seen.size;
    const rows = await hrefs();
    for (const href of rows) seen.add(href);
    expect(seen.size).toBe(before + rows.length);
    if (seen.size === count) break;
    await page.getByRole("link", { name: "Next" }).click();
    await expect(page).toHaveURL(new RegExp(`[?&]page=${shown + 1}\\b`));
  }
  await expect(page.getByRole("link", { name: "Next" })).toHaveCount(0);
  expect(seen.size).toBe(count);
});
