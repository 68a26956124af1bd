import type { FrameLocator, Page } from "@playwright/test";

import { remainingHold } from "blnk-sandbox/ledger/update-inflight.ts";

import { install, launch, openDashboard, portalAddress, untilInteractive } from "./support/dashboard.ts";
import { judgeThemes, WITH_FRAME } from "./support/judge.ts";
import { installDirectly, launchDirectly } from "./support/launch-directly.ts";
import { expect, test } from "./support/test.ts";
import type { World } from "./support/world.ts";

const WIDTHS = [
  ["in the floating panel", 330],
  ["on a wide page", 1440],
] as const;

for (const [where, width] of WIDTHS) {
  test(`a hold is committed in part and then voided, each once, ${where}`, async ({ world }) => {
    const page = await openPortal(world, width);
    const hold = openHold(world);
    const before = remainingHold(ledgerOf(world), hold);
    await page.goto(`${page.url()}/transactions/${hold.transaction_id}`);
    await page.getByRole("link", { name: "Commit", exact: true }).click();
    await page.getByLabel(/^Amount in/).fill("9999999999");
    await page.getByLabel(/^Reason/).fill("Goods arrived");
    await page.getByRole("button", { name: "Review commit" }).click();
    await expect(page.getByText(/^Only .* remains of this hold\.$/)).toBeVisible();
    await expect(page.getByLabel(/^Reason/)).toHaveValue("Goods arrived");
    await judgeThemes(page, `commit-form-${width}`);
    await page.getByLabel(/^Amount in/).fill("1.50");
    await page.getByRole("button", { name: "Review commit" }).click();

    const confirm = page.getByRole("button", { name: `Commit ${hold.currency} 1.50` });
    await expect(confirm).toBeEnabled();
    await expect(page.getByText("held until now, leaves")).toBeVisible();
    await judgeThemes(page, `commit-confirmation-${width}`);
    expect(remainingHold(ledgerOf(world), hold)).toBe(before);
    await confirm.dblclick();
    await expect(page.getByText("Read back from the ledger.")).toBeVisible();
    await page.reload();
    await expect(page.getByText("Read back from the ledger.")).toBeVisible();
    await judgeThemes(page, `commit-applied-${width}`);
    await page.goBack();
    await page.goForward();
    await expect(page.getByText("Read back from the ledger.")).toBeVisible();
    await expect(page.getByRole("button", { name: /^Commit/ })).toHaveCount(0);
    expect(remainingHold(ledgerOf(world), hold)).toBe(before - 150n);

    await page.getByRole("link", { name: "Back to the hold" }).click();
    await page.getByRole("link", { name: "Void", exact: true }).click();
    await page.getByLabel(/^Reason/).fill("The rest was cancelled");
    await page.getByRole("button", { name: "Review void" }).click();
    await page.getByRole("button", { name: `Void ${hold.currency}` }).click();
    await expect(page.getByText("Read back from the ledger.")).toBeVisible();
    expect(remainingHold(ledgerOf(world), hold)).toBe(0n);
    expect(callsOf(world, "PUT", "/proxy/transactions/inflight")).toHaveLength(2);
  });

  test(`an adjustment's balances are found by search, ${where}`, async ({ world }) => {
    const page = await openPortal(world, width);
    const [from, to] = walletsIn(world, "USD");
    await page.goto(`${page.url()}/balances/${from.balance_id}`);
    await page.getByRole("link", { name: "Adjust", exact: true }).click();
    await page.getByRole("searchbox").fill(to.balance_id);
    await page.getByRole("searchbox").press("Enter");
    await page.getByRole("listitem").getByRole("link").click();
    await page.getByLabel("Amount in USD").fill("0.25");
    await page.getByLabel(/^Reason/).fill("Booked to the wrong wallet");
    await judgeThemes(page, `adjustment-form-${width}`);
    await page.getByRole("button", { name: "Review adjustment" }).click();
    const before = to.credit;
    await page.getByRole("button", { name: "Adjust USD 0.25" }).click();
    await expect(page.getByText("Read back from the ledger.")).toBeVisible();
    expect(to.credit - before).toBe(25n);
    await page.getByRole("link", { name: /^txn_/ }).click();
    await expect(page.getByText("Booked to the wrong wallet").first()).toBeVisible();
  });
}

test("a form that is refused stays as it is while the ledger is read again, with what is typed meanwhile", async ({
  world,
}) => {
  const page = await openPortal(world, 330);
  const hold = openHold(world);
  await page.goto(`${page.url()}/transactions/${hold.transaction_id}/commit`);
  const amount = page.getByLabel(/^Amount in/);
  await amount.fill("ten");
  await page.getByLabel(/^Reason/).fill("Goods");
  const field = await amount.elementHandle();
  world.sandbox.switches.latency_ms = 1_000;
  await page.getByRole("button", { name: "Review commit" }).click();
  await expect(page.getByText(/^Enter the amount in digits/)).toBeVisible();
  await page.getByLabel(/^Reason/).press("End");
  await page.getByLabel(/^Reason/).pressSequentially(" arrived");
  await expect(page.getByRole("button", { name: "Review commit" })).toBeEnabled();
  await expect(page.getByLabel(/^Reason/)).toHaveValue("Goods arrived");
  expect(await field.evaluate((it) => it.isConnected)).toBe(true);
});

test("a refund is pending while Blnk has it in its queue, and becomes applied before one's eyes", async ({
  world,
}) => {
  const page = await openPortal(world, 330);
  const ledger = ledgerOf(world);
  const rows = ledger.transactions.all();
  const original = rows.findLast(
    ({ status, transaction_id, parent_transaction }) =>
      status === "APPLIED" &&
      parent_transaction === "" &&
      !rows.some((row) => row.parent_transaction === transaction_id),
  )!;
  world.sandbox.switches.queue.d2_ms = [6_000, 6_000];
  await page.goto(`${page.url()}/transactions/${original.transaction_id}`);
  await page.getByRole("link", { name: "Refund", exact: true }).click();
  await page.getByLabel(/^Reason/).fill("Sent twice");
  await page.getByRole("button", { name: "Review refund" }).click();
  await page.getByRole("button", { name: /^Refund / }).click();
  await expect(page.getByText("Pending", { exact: true })).toBeVisible();
  await judgeThemes(page, "refund-pending");
  await expect(page.getByText("Read back from the ledger.")).toBeVisible();
  await page.getByRole("link", { name: "Back to the transaction" }).click();
  await expect(page.getByText("Refunded", { exact: true })).toBeVisible();
  await expect(page.locator('a[href$="/refund"]')).toHaveCount(0);
  expect(callsOf(world, "POST", "/proxy/refund-transaction")).toHaveLength(1);
});

test("a commit that never arrived is looked for after the page was left, and then said not to be recorded", async ({
  world,
}) => {
  const page = await openPortal(world, 330);
  const portal = page.url();
  const hold = openHold(world);
  const before = remainingHold(ledgerOf(world), hold);
  await page.goto(`${portal}/transactions/${hold.transaction_id}/commit`);
  await page.getByLabel(/^Reason/).fill("Goods arrived");
  await page.getByRole("button", { name: "Review commit" }).click();
  world.sandbox.faults.add({ kind: "reset", method: "PUT", times: 1 });
  await page.getByRole("button", { name: /^Commit / }).click();
  await expect(page.getByText("Pending", { exact: true })).toBeVisible();
  const action = page.url();
  await page.goto(`${portal}/activity`);
  await judgeThemes(page, "activity-under-way");
  await world.app.moveClockForward(11 * 60_000);
  await expect(async () => {
    await page.goto(`${portal}/activity`);
    await expect(page.getByText("Commit not recorded")).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(page.getByText("Still under way")).toHaveCount(0);
  await page.goto(action);
  await expect(page.getByText("You can retry")).toBeVisible();
  await judgeThemes(page, "commit-not-recorded");
  expect(remainingHold(ledgerOf(world), hold)).toBe(before);
  expect(callsOf(world, "PUT", "/proxy/transactions/inflight")).toHaveLength(1);
});

test("without data:write the controls are there and say what they need, and nothing can be sent", async ({
  world,
}) => {
  const page = await openDashboard(world);
  await install(page, "production", { without: ["data:write"] });
  const panel = await launch(page, "production");
  await untilInteractive(panel);
  const hold = openHold(world);
  await visit(page, panel, `transactions/${hold.transaction_id}`);
  for (const name of ["Commit", "Void", "Note"])
    await expect(panel.getByRole("button", { name, exact: true })).toBeDisabled();
  await expect(panel.getByText("needs data:write").first()).toBeVisible();
  await visit(page, panel, `transactions/${hold.transaction_id}/commit`);
  await expect(panel.getByRole("button", { name: "Review commit" })).toBeDisabled();
  await judgeThemes(page, "commit-without-permission", WITH_FRAME);
  expect(callsOf(world, "PUT", "/proxy/")).toEqual([]);
});

async function openPortal(world: World, width: number): Promise<Page> {
  await installDirectly(world);
  const page = await world.context.newPage();
  await page.setViewportSize({ width, height: 800 });
  await page.goto(await launchDirectly(world));
  await expect(page.getByText("Key working")).toBeVisible();
  return page;
}

/** Inside the dashboard's frame, by address. */
async function visit(page: Page, panel: FrameLocator, path: string): Promise<void> {
  const [, launchId] = /(\/portal\/[^/?]+)/.exec(portalAddress(page).pathname)!;
  await page.frames()[1]!.goto(new URL(`${launchId}/${path}`, portalAddress(page)).href);
  await expect(panel.getByText(/^Loading /)).toHaveCount(0);
}

function ledgerOf({ sandbox }: World) {
  return sandbox.workspace.instances[0]!.ledger;
}

/** The newest hold of which something remains. */
function openHold(world: World) {
  const ledger = ledgerOf(world);
  return ledger.transactions
    .all()
    .findLast((row) => row.status === "INFLIGHT" && remainingHold(ledger, row) > 1_000n)!;
}

function walletsIn(world: World, currency: string) {
  const [from, to] = ledgerOf(world)
    .balances.all()
    .filter(
      (balance) =>
        balance.identity_id && balance.currency === currency && balance.credit - balance.debit > 100n,
    );
  return [from!, to!] as const;
}

function callsOf({ sandbox }: World, method: string, path: string) {
  return sandbox.journal.entries().filter((entry) => entry.method === method && entry.url.startsWith(path));
}
