import type { FrameLocator, Page } from "@playwright/test";

import { SCOPES } from "#app/platform/permissions/scopes.ts";
import { HOSTILE_TEXTS } from "#tests/ui/hostile-text.ts";

import { launch, openDashboard, portal } from "./support/dashboard.ts";
import { judgeThemes, WITH_FRAME } from "./support/judge.ts";
import { installDirectly, launchDirectly } from "./support/launch-directly.ts";
import { portalPaths, shownRecords } from "./support/portal-paths.ts";
import { expect, test } from "./support/test.ts";
import { APP, type World } from "./support/world.ts";

const SIZES = [
  // The floating panel's 330 pixels, less its border and a scroll bar.
  { name: "330", width: 313, height: 720 },
  { name: "full", width: 1440, height: 900 },
];

for (const { name: size, ...viewport } of SIZES) {
  test(`every screen fits and has no accessibility violation, ${size}`, async ({ world }) => {
    const { page, home } = await openPortal(world, { viewport });
    const paths = { ...portalPaths(world), ...formPaths(world), ...(await watch(page, home, world)) };
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(path === "" ? home : `${home}/${path}`);
      await expectToBeWhole(page);
      await judgeThemes(page, `${name}-${size}`);
    }
  });

  test(`without permissions every screen fits and has no accessibility violation, ${size}`, async ({
    world,
  }) => {
    const { page, home } = await openPortal(world, { viewport, granted: [] });
    for (const name of ["overview", "balance", "transaction", "alert", "alerts"]) {
      await page.goto(`${home}/${portalPaths(world)[name]}`);
      await expectToBeWhole(page);
      await judgeThemes(page, `without-permissions-${name}-${size}`);
    }
  });

  test.describe("in an instance without any record", () => {
    test.use({ seed: "empty" });

    test(`every screen fits and has no accessibility violation, ${size}`, async ({ world }) => {
      const { page, home } = await openPortal(world, { viewport });
      for (const name of ["overview", "monitors", "alerts", "balances", "ledgers", "activity"]) {
        await page.goto(`${home}/${portalPaths(world)[name]}`);
        await expectToBeWhole(page);
        await judgeThemes(page, `empty-${name}-${size}`);
      }
    });
  });
}

test("every screen fits from 320 to 2560 pixels, and twice as large", async ({ world }) => {
  const { page, home } = await openPortal(world, { viewport: { width: 320, height: 720 } });
  // 720 is what a page of 1440 has at 200 %.
  for (const path of Object.values({ ...portalPaths(world), ...formPaths(world) }))
    await expectToFitAt(
      page,
      path === "" ? home : `${home}/${path}`,
      [320, 640, 720, 1023, 1024, 1280, 2560],
    );
});

test("what others write into the ledger is whole and inert, and no wider than the page", async ({
  world,
}) => {
  const { page, home } = await openPortal(world, { viewport: { width: 313, height: 720 } });
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => dialogs.push(dialog.message()));
  const [long, ...others] = HOSTILE_TEXTS;
  for (const [text, widths] of [
    [long!, [313, 768, 1440]],
    [others.join(" ").trim(), [313]],
  ] as const) {
    writeEverywhere(world, text);
    for (const [name, path] of Object.entries(portalPaths(world))) {
      await expectToFitAt(page, path === "" ? home : `${home}/${path}`, widths);
      if (["balance", "transaction", "ledger", "identity", "alert", "balances", "alerts"].includes(name))
        expect(
          (await page.getByRole("main").textContent())!.includes(text),
          `${path}: ${text.slice(0, 40)}`,
        ).toBe(true);
    }
  }
  expect(dialogs).toEqual([]);
});

test("the panel in the dashboard has no accessibility violation", async ({ world }) => {
  const page = await openDashboard(world);
  await installDirectly(world);
  await launch(page, "production");
  for (const view of ["Floating", "Side panel", "Full screen"]) {
    await page.getByRole("button", { name: view, exact: true }).click();
    await expectToBeWhole(portal(page));
    await judgeThemes(page, `dashboard-${view.toLowerCase().replace(" ", "-")}`, WITH_FRAME);
  }
});

test("the pages that need no script have no accessibility violation", async ({ world }) => {
  world.expectedErrors.push(/status of 401 .*\/portal\/enter/, /status of 404 .*\/nowhere/);
  const page = await world.context.newPage();
  for (const [name, path] of Object.entries({
    front: "/",
    ended: "/portal/enter",
    "not-found": "/nowhere",
  })) {
    await page.goto(`${APP}${path}`);
    await judgeThemes(page, `plain-${name}`);
  }
});

/** A new install's portal in a tab of its own, and its address. */
async function openPortal(
  world: World,
  {
    viewport,
    granted = SCOPES,
  }: { viewport: { width: number; height: number }; granted?: readonly string[] },
): Promise<{ page: Page; home: string }> {
  const page = await world.context.newPage();
  await page.setViewportSize(viewport);
  await installDirectly(world, granted);
  await page.goto(await launchDirectly(world));
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  return { page, home: page.url() };
}

/** The forms that need no record of the app's own. */
function formPaths(world: World): Record<string, string> {
  const { wallet, hold } = shownRecords(world);
  return {
    flag: `flag/${wallet!.balance_id}`,
    note: `note/${wallet!.balance_id}`,
    adjustment: `adjustment?from=${wallet!.balance_id}`,
    commit: `transactions/${hold!.transaction_id}/commit`,
    precision: "precision",
    "new-monitor": "monitors/new",
    "monitor-form": "monitors/new?kind=balance_threshold",
    transfer: "monitors/transfer",
    webhook: "monitors/webhook",
  };
}

/** Makes one monitor that fires and one that does not, and tells where the first is seen and changed. */
async function watch(page: Page, home: string, world: World): Promise<Record<string, string>> {
  const { wallet } = shownRecords(world);
  const monitor = (name: string, operator: string) => ({
    name,
    kind: "balance_threshold",
    select: { balance_id: wallet!.balance_id },
    condition: { field: "available", operator, value: "1.00", precision: 100 },
  });
  const monitors = [monitor("Wallet has money", ">"), monitor("Wallet nearly empty", "<")];
  // Asked from the page itself: its session is the browser's.
  const ask = (path: string, body?: object) =>
    page.evaluate(
      async ([url, sent]) => {
        const headers = { "content-type": "application/json" };
        return await (await fetch(url!, sent ? { method: "POST", headers, body: sent } : {})).json();
      },
      [`${home}/monitors/${path}`, body && JSON.stringify(body)],
    );
  expect(await ask("import", { monitors })).toEqual({ created: 2, errors: [] });
  let [first]: { id: string; incidents: object[] }[] = [];
  await expect(async () => {
    ({
      monitors: [first],
    } = await ask("export?with=state"));
    expect(first!.incidents).toHaveLength(1);
  }).toPass();
  const { id } = first!;
  return {
    monitor: `monitors/${id}`,
    "edit-monitor": `monitors/${id}/edit`,
    "delete-monitor": `monitors/${id}/delete`,
  };
}

async function expectToFitAt(page: Page, address: string, widths: readonly number[]): Promise<void> {
  await page.goto(address);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 720 });
    await expectToBeWhole(page, `${address} at ${width}`);
  }
}

/** Into every text that an organization's own people or systems choose. */
function writeEverywhere({ sandbox }: World, text: string): void {
  const { ledger, alerts } = sandbox.workspace.instances[0]!;
  const { ledgers, balances, identities, transactions } = ledger;
  for (const row of ledgers.all()) Object.assign(row, { name: text, meta_data: { [text]: text } });
  for (const row of balances.all()) Object.assign(row, { meta_data: { name: text, [text]: text } });
  for (const row of identities.all())
    Object.assign(row, { first_name: text, last_name: "", organization_name: "", city: text });
  for (const row of transactions.all())
    Object.assign(row, { description: text, reference: text, meta_data: { [text]: text } });
  for (const alert of alerts.all()) alerts.update(alert, { title: text, description: text });
  for (const table of [ledgers, balances, identities, transactions]) table.touch();
}

/** Everything has been read, without an error, nothing is wider than the page, and no amount is wider than its panel. */
async function expectToBeWhole(page: Page | FrameLocator, where?: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByText(/^Loading /)).toHaveCount(0);
  await expect(page.getByRole("alert")).toHaveCount(0);
  const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
  expect.soft(overflow, where).toBe(0);
  expect.soft(await page.getByRole("main").evaluate(amountsCutOff), where).toEqual([]);
}

function amountsCutOff(main: Element): string[] {
  const panels = [...main.querySelectorAll(".panel")];
  return panels.flatMap((panel) => {
    const { left, right } = panel.getBoundingClientRect();
    return [...panel.querySelectorAll("bdi.tabular-nums")]
      .filter((amount) => amount.getClientRects().length > 0)
      .filter((amount) => {
        const box = amount.getBoundingClientRect();
        return box.left < left || box.right > right;
      })
      .map((amount) => amount.textContent ?? "");
  });
}
