import { randomUUID } from "node:crypto";

import { AxeBuilder } from "@axe-core/playwright";
import type { FrameLocator, Page } from "@playwright/test";

import { createBalance, createLedger } from "blnk-sandbox/ledger/ledger.ts";
import { recordTransaction } from "blnk-sandbox/ledger/record-transaction.ts";
import { newRequest, type TransactionRequest } from "blnk-sandbox/ledger/transaction-request.ts";

import { install, launch, openDashboard, portal } from "./support/dashboard.ts";
import { expect, test } from "./support/test.ts";
import type { World } from "./support/world.ts";

const INTERVAL_MS = 61_000;

test("a balance, a total, a new balance and the books are watched, and each alert is raised once", async ({
  world,
}) => {
  const { page, panel } = await openMonitors(world);
  const { ledgerId, wallet, move } = openWallets(world);
  const before = alertTitles(world).length;

  await begin(panel, "A balance and an amount");
  await panel.getByLabel("Name", { exact: true }).fill("Wallet low");
  await panel.getByLabel("Balance id").fill(wallet);
  await panel.getByLabel("Amount of").selectOption("balance");
  await panel.getByLabel("Value", { exact: true }).fill("50.00");
  await panel.getByLabel("Over once back at").fill("40.00");
  await panel.getByRole("button", { name: "Preview" }).click();
  await expect(panel.getByText("Must lie on the quiet side of the value")).toBeVisible();
  await panel.getByLabel("Over once back at").fill("60.00");
  await panel.getByRole("button", { name: "Preview" }).click();
  await expect(panel.getByText("Fires on nothing now.")).toBeVisible();
  await expect(panel.getByText("again only after it has been back at 60.00 or more")).toBeVisible();
  await expectAccessible(page);
  await create(panel);

  await begin(panel, "A balance and another total");
  await panel.getByLabel("Name", { exact: true }).fill("Wallets over the bank");
  await panel.getByLabel("Ledger id").first().fill(ledgerId);
  move({ source: "@World", destination: "@WatchedBank", precise_amount: 5_000n });
  await panel.getByLabel("Indicator").last().fill("@WatchedBank");
  await create(panel);

  await begin(panel, "New balances");
  await panel.getByLabel("Name", { exact: true }).fill("Opened in the ledger");
  await panel.getByLabel("Ledger id").fill(ledgerId);
  await create(panel);

  await begin(panel, "Ledger imbalance");
  await panel.getByLabel("Name", { exact: true }).fill("Books");
  await panel.getByLabel("Currency; empty for all").fill("USD");
  await create(panel);
  await expectState(panel, "Books", "OK");

  move({ source: wallet, destination: "@World", precise_amount: 6_000n });
  openWallets(world, ledgerId);
  await world.moveClocksForward(INTERVAL_MS);
  await expectState(panel, "Wallet low", "Firing: 1 open");
  await expectAlerts(world, before, ["Wallets over the bank", "Wallet low", "Opened in the ledger"]);
  await expectState(panel, "Books", "OK");

  await open(panel, "Wallet low");
  await expect(panel.getByRole("link", { name: "alert raised" })).toBeVisible();
  await expectAccessible(page);
  move({ source: "@World", destination: wallet, precise_amount: 3_000n });
  await world.moveClocksForward(INTERVAL_MS);
  await expectState(panel, "Wallet low", "OK");
  await open(panel, "Wallet low");
  await expect(panel.getByText("recovered")).toBeVisible();

  world.sandbox.workspace.instances[0]!.ledger.balances.get(wallet)!.credit += 1n;
  await expect(async () => {
    await world.moveClocksForward(INTERVAL_MS);
    await expectState(panel, "Books", "Firing: 1 open", 3_000);
  }).toPass({ timeout: 60_000 });
});

test("a transaction that matches and one that is stuck raise an alert each", async ({ world }) => {
  const { panel } = await openMonitors(world);
  const { wallet, move } = openWallets(world);
  const before = alertTitles(world).length;

  await begin(panel, "Transactions that match");
  await panel.getByLabel("Name", { exact: true }).fill("Large out");
  await panel.getByLabel("Source").fill(wallet);
  await panel.getByLabel("Amount", { exact: true }).selectOption(">=");
  await panel.getByLabel("Value", { exact: true }).fill("25.00");
  await panel.getByLabel("Minor units in one unit").fill("100");
  await panel.getByRole("button", { name: "Preview" }).click();
  await expect(panel.getByText("Nothing matched in the last 7 days.")).toBeVisible();
  await create(panel);

  await begin(panel, "Stuck transactions");
  await panel.getByLabel("Name", { exact: true }).fill("Stuck hold");
  await panel.getByLabel("Balance id").fill(wallet);
  await panel.getByLabel("Queued for more than").fill("");
  await panel.getByLabel("Held for more than").fill("0");
  await create(panel);

  move({ source: wallet, destination: "@Shop", precise_amount: 2_500n });
  move({ source: wallet, destination: "@Shop", precise_amount: 100n, inflight: true });
  await world.moveClocksForward(INTERVAL_MS);
  await expectState(panel, "Stuck hold", "Firing: 1 open");
  await expectAlerts(world, before, ["Large out", "Stuck hold"]);
  await open(panel, "Large out");
  await expect(panel.getByRole("link", { name: "alert raised" })).toBeVisible();
});

test("rejections, movement and silence are counted in their windows", async ({ world }) => {
  const { panel } = await openMonitors(world);
  const { wallet, move } = openWallets(world);
  const before = alertTitles(world).length;

  await begin(panel, "Rejections");
  await panel.getByLabel("Name", { exact: true }).fill("Rejected");
  await panel.getByLabel("Balance id").fill(wallet);
  await panel.getByLabel("Rejected transactions, or more").fill("1");
  await create(panel);

  await begin(panel, "Movement");
  await panel.getByLabel("Name", { exact: true }).fill("Outflow");
  await panel.getByLabel("Balance id").fill(wallet);
  await panel.getByLabel("Value", { exact: true }).fill("20.00");
  await create(panel);

  await begin(panel, "Silence");
  await panel.getByLabel("Name", { exact: true }).fill("Quiet");
  await panel.getByLabel("Balance id").fill(wallet);
  await panel.getByLabel("Nothing applied for").fill("2");
  await panel.getByText("When it looks").click();
  const hours = panel.getByRole("group", { name: "Days and hours" });
  await hours.getByLabel("Mon").check();
  await hours.getByLabel("Time zone").fill("Africa/Nowhere");
  await panel.getByRole("button", { name: "Create monitor" }).click();
  await expect(panel.getByText("Must be a time zone such as Africa/Lagos.")).toBeVisible();
  await hours.getByLabel("Time zone").fill("Africa/Lagos");
  await hours.getByLabel("Mon").uncheck();
  await create(panel);

  move({ source: wallet, destination: "@Shop", precise_amount: 1_500n });
  move({ source: wallet, destination: "@Shop", precise_amount: 1_500n });
  move({
    source: wallet,
    destination: "@Shop",
    precise_amount: 90_000n,
    skip_queue: false,
    allow_overdraft: false,
  });
  await world.moveClocksForward(INTERVAL_MS);
  await expectState(panel, "Outflow", "Firing: 1 open");
  await world.moveClocksForward(INTERVAL_MS);
  await world.moveClocksForward(INTERVAL_MS);
  await expectState(panel, "Rejected", "Firing: 1 open");
  await expectState(panel, "Quiet", "Firing: 1 open");
  await expectAlerts(world, before, ["Rejected", "Outflow", "Quiet"]);
});

test("a monitor is edited, paused, muted, exported, imported and deleted", async ({ world }) => {
  const { page, panel } = await openMonitors(world);
  const { wallet } = openWallets(world);
  await expect(panel.getByText("begin with New monitor")).toBeVisible();
  await expectAccessible(page);
  await begin(panel, "A balance and an amount");
  await panel.getByLabel("Name", { exact: true }).fill("First");
  await panel.getByLabel("Balance id").fill(wallet);
  await panel.getByLabel("Value", { exact: true }).fill("1.00");
  await create(panel);

  await panel.getByRole("button", { name: "Pause" }).click();
  await expect(panel.getByText("Paused", { exact: true })).toBeVisible();
  await panel.getByRole("button", { name: "Resume" }).click();
  await expect(panel.getByText("Paused", { exact: true })).toBeHidden();
  await panel.getByRole("button", { name: "Mute", exact: true }).click();
  await expect(panel.getByText("Muted until")).toBeVisible();
  await panel.getByRole("button", { name: "End mute" }).click();
  await expect(panel.getByText("Not muted.")).toBeVisible();

  await panel.getByRole("link", { name: "Edit" }).click();
  await expect(panel.getByRole("heading", { name: "Edit monitor" })).toBeVisible();
  await expect(panel.getByLabel("Balance id")).toHaveValue(wallet);
  await panel.getByLabel("Name", { exact: true }).fill("Renamed");
  await panel.getByText("When it is muted").click();
  await panel.getByRole("group", { name: "Window 1" }).getByLabel("Sun").check();
  await panel.getByRole("button", { name: "Save monitor" }).click();
  await expect(panel.getByText("It has a window, under Edit.")).toBeVisible();

  await visit(panel);
  await panel.getByRole("link", { name: "Webhook" }).click();
  await expect(panel.getByText("WEBHOOK_HOSTS")).toBeVisible();
  await expectAccessible(page);
  await visit(panel);
  await panel.getByRole("link", { name: "Export and import" }).click();
  const download = page.waitForEvent("download");
  await panel.getByRole("link", { name: "Download 1 monitor as JSON" }).click();
  const stream = await (await download).createReadStream();
  const text = await new Response(stream as unknown as ReadableStream).text();
  await panel.getByLabel("Or its text").fill(text.replace("Renamed", "Imported"));
  await panel.getByRole("button", { name: "Import" }).click();
  await expect(panel.getByText("Created 1.")).toBeVisible();
  await expectAccessible(page);

  await visit(panel);
  await open(panel, "Imported");
  await panel.getByRole("link", { name: "Delete" }).click();
  await panel.getByRole("button", { name: "Delete Imported" }).click();
  await expect(panel.getByRole("heading", { name: "Monitors", exact: true })).toBeVisible();
  await expect(panel.getByRole("link", { name: "Imported" })).toBeHidden();
  await expect(panel.getByRole("link", { name: "Renamed" })).toBeVisible();
});

async function openMonitors(world: World): Promise<{ page: Page; panel: FrameLocator }> {
  const page = await openDashboard(world);
  await install(page, "production");
  await launch(page, "production");
  const panel = portal(page);
  await expect(panel.getByRole("heading", { name: "Overview" })).toBeVisible();
  await visit(panel);
  return { page, panel };
}

async function visit(panel: FrameLocator): Promise<void> {
  await panel.getByRole("button", { name: "Menu" }).click();
  await panel.getByRole("link", { name: "Monitors", exact: true }).first().click();
  await expect(panel.getByRole("heading", { name: "Monitors", exact: true })).toBeVisible();
}

/** Opens the form of a kind. */
async function begin(panel: FrameLocator, kind: string): Promise<void> {
  await visit(panel);
  await panel.getByRole("link", { name: "New monitor" }).click();
  await panel.getByRole("link", { name: kind, exact: true }).click();
  await expect(panel.getByRole("heading", { name: kind, exact: true })).toBeVisible();
}

async function create(panel: FrameLocator): Promise<void> {
  await panel.getByRole("button", { name: "Create monitor" }).click();
  await expect(panel.getByRole("heading", { name: /^Monitor / })).toBeVisible();
}

async function open(panel: FrameLocator, name: string): Promise<void> {
  await panel.getByRole("link", { name, exact: true }).click();
  await expect(panel.getByRole("heading", { name: /^Monitor / })).toBeVisible();
}

/** In the list, which is loaded again until it says so. */
async function expectState(
  panel: FrameLocator,
  name: string,
  state: string,
  timeout = 90_000,
): Promise<void> {
  const row = panel.getByRole("row").filter({ has: panel.getByRole("link", { name, exact: true }) });
  await expect(async () => {
    await visit(panel);
    await expect(row.getByText(state, { exact: true })).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout });
}

/** A ledger with a wallet that holds USD 100.00, and the way to move money of it. */
function openWallets({ sandbox }: World, inLedger?: string) {
  const { ledger } = sandbox.workspace.instances[0]!;
  const ledgerId = inLedger ?? createLedger(ledger, "Watched", null).ledger_id;
  const { balance_id: wallet } = createBalance(ledger, {
    ledger_id: ledgerId,
    currency: "USD",
    identity_id: "",
    indicator: undefined,
    meta_data: null,
    track_fund_lineage: false,
    allocation_strategy: undefined,
  });
  const move = (asked: Partial<TransactionRequest> & { precise_amount: bigint }) => {
    const request = {
      precision: 100n,
      currency: "USD",
      reference: randomUUID(),
      description: "A movement",
      allow_overdraft: true,
      skip_queue: true,
      ...asked,
    };
    return recordTransaction(ledger, newRequest(request));
  };
  move({ source: "@World", destination: wallet, precise_amount: 10_000n });
  return { ledgerId, wallet, move };
}

function alertTitles({ sandbox }: World): string[] {
  return sandbox.workspace.instances[0]!.alerts.all().map(({ title }) => title ?? "");
}

/** One each, and no other, beside those that were there before. */
async function expectAlerts(world: World, before: number, names: string[]): Promise<void> {
  await expect
    .poll(() => alertTitles(world).length - before, { timeout: 90_000 })
    .toBeGreaterThanOrEqual(names.length);
  const titles = alertTitles(world);
  for (const name of names) expect(titles.filter((title) => title.includes(name))).toHaveLength(1);
  expect(titles).toHaveLength(before + names.length);
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include("iframe").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}
