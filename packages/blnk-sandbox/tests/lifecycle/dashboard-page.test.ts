import { existsSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type Page, chromium } from "@playwright/test";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";

import { listen } from "./listen.ts";
import { startDashboard } from "./start-dashboard.ts";

const DEBIAN_CHROMIUM = "/usr/bin/chromium";
const SLOW_MACHINE_MS = 90_000;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({
    ...(existsSync(DEBIAN_CHROMIUM) && { executablePath: DEBIAN_CHROMIUM }),
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run"],
  });
}, SLOW_MACHINE_MS);
afterAll(() => browser.close());

/** An app whose portal page says how often it was loaded, and the page of a dashboard that knows it. */
async function openDashboard(options: { colorScheme?: "dark" | "light"; width?: number } = {}) {
  const loads: string[] = [];
  const origin = await listen((request, response) => {
    if (request.url?.startsWith("/portal") === true) {
      loads.push(request.url);
      response.setHeader("content-type", "text/html").end(`<h1>Portal ${loads.length}</h1>`);
    } else {
      response.end(JSON.stringify({ portal_url: `${origin}/portal/enter?token=t` }));
    }
  });
  const dashboard = await startDashboard({
    apps: [
      {
        display_name: "Tidemark",
        registration_callback_url: `${origin}/callback`,
        portal_generator_url: `${origin}/launch`,
        permissions: ["data:read", "alerts:write"],
      },
    ],
  });
  const context = await browser.newContext({
    colorScheme: options.colorScheme ?? "dark",
    viewport: { width: options.width ?? 1440, height: 900 },
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(SLOW_MACHINE_MS);
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(dashboard.origin);
  return { dashboard, origin, page, context, loads, complaints };
}

async function install(page: Page) {
  await page.getByRole("button", { name: "Install Tidemark on Production" }).click();
  await page.getByRole("button", { name: "Install on Production" }).click();
  await page.getByText("Tidemark is installed on Production.").waitFor();
}

test(
  "a person installs the app with fewer permissions, opens it in every view and uninstalls it",
  async () => {
    const { dashboard, origin, page, context, loads, complaints } = await openDashboard();
    await page.getByRole("button", { name: "Install Tidemark on Production" }).click();
    await page.getByRole("checkbox", { name: "alerts:write" }).uncheck();
    await page.getByRole("button", { name: "Install on Production" }).click();
    await page.getByText("Tidemark is installed on Production.").waitFor();
    expect(await dashboard.installs()).toMatchObject([
      { state: "active", granted_permissions: ["data:read"] },
    ]);
    expect(await page.getByRole("main").textContent()).not.toMatch(/undefined|null|NaN|object/);

    await page.getByRole("button", { name: "Launch Tidemark on Production" }).click();
    const portal = page.frameLocator("iframe[title='Tidemark on Production']");
    await portal.getByText("Portal 1").waitFor();
    const panel = page.getByRole("region", { name: "Tidemark on Production" });
    expect((await panel.boundingBox())!.width).toBe(330);
    expect(await page.locator("iframe").getAttribute("allow")).toBe("clipboard-write");

    await page.getByRole("button", { name: "Side panel" }).click();
    await portal.getByText("Portal 2").waitFor();
    await page.getByRole("button", { name: "Full screen" }).click();
    await portal.getByText("Portal 3").waitFor();
    expect(await panel.boundingBox()).toMatchObject({ x: 0, y: 0, width: 1440, height: 900 });
    await page.getByRole("button", { name: "Reload" }).click();
    await portal.getByText("Portal 4").waitFor();

    const opened = context.waitForEvent("page");
    await page.getByRole("link", { name: "Open" }).click();
    await (await opened).getByText("Portal 5").waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByLabel("New tab").check();
    const launched = context.waitForEvent("page");
    await page.getByRole("button", { name: "Launch Tidemark on Production" }).click();
    await (await launched).waitForURL(`${origin}/portal/enter?token=t`);
    expect(new Set(loads)).toEqual(new Set(["/portal/enter?token=t"]));

    await page.getByRole("button", { name: "Uninstall Tidemark on Production" }).click();
    await page.getByRole("button", { name: "Uninstall from Production" }).click();
    await page.getByText("Tidemark is uninstalled from Production.").waitFor();
    expect(await dashboard.installs()).toMatchObject([{ state: "uninstalled" }]);
    expect(complaints).toEqual([]);
  },
  SLOW_MACHINE_MS,
);

test(
  "an app is registered from its pasted manifest, and its portal may then be framed",
  async () => {
    const { dashboard, page, complaints } = await openDashboard();
    const portal = await listen((request, response) => {
      if (request.url === "/portal") response.setHeader("content-type", "text/html").end("<h1>Second</h1>");
      else response.end(JSON.stringify({ portal_url: `http://${request.headers.host}/portal` }));
    });
    await page.getByRole("button", { name: "Register app" }).click();
    const manifest = {
      display_name: "Second app",
      registration_callback_url: `${portal}/callback`,
      portal_generator_url: `${portal}/launch`,
      permissions: ["alerts:read"],
    };
    await page.getByLabel("Manifest").fill(JSON.stringify(manifest));
    await page.getByRole("button", { name: "Register", exact: true }).click();
    await page.getByRole("button", { name: "Install Second app on Staging" }).click();
    await page.getByRole("button", { name: "Install on Staging" }).click();
    await page.getByRole("button", { name: "Launch Second app on Staging" }).click();
    await page.frameLocator("iframe").getByText("Second").waitFor();
    expect((await dashboard.get("/api/state")).body.apps).toMatchObject([{}, manifest]);
    expect(complaints).toEqual([]);
  },
  SLOW_MACHINE_MS,
);

test(
  "a failed install says why, in the dialog and in the list",
  async () => {
    const { dashboard, page } = await openDashboard();
    dashboard.switches.callbacks.delay_ms = 2_000;
    dashboard.switches.callback_timeout_ms = 1_000;
    await page.getByRole("button", { name: "Install Tidemark on Production" }).click();
    await page.getByRole("button", { name: "Install on Production" }).click();
    await page.getByRole("button", { name: "Waiting for the app" }).waitFor();
    await page.getByText("Not installed: the app did not answer within 1 s.").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled and its key revoked: the app did not answer within 1 s.").waitFor();
    await page.getByText("Timed out").waitFor();
  },
  SLOW_MACHINE_MS,
);

test(
  "the keyboard alone installs, launches and closes, and the focus returns",
  async () => {
    const { dashboard, page } = await openDashboard();
    await page.getByRole("button", { name: "Install Tidemark on Production" }).press("Enter");
    await page.keyboard.press("Escape");
    expect(await dashboard.installs()).toEqual([]);
    await page.getByRole("button", { name: "Install Tidemark on Production" }).press("Enter");
    await page.getByRole("button", { name: "Install on Production" }).press("Enter");
    const launch = page.getByRole("button", { name: "Launch Tidemark on Production" });
    await launch.press("Enter");
    await page.locator("iframe").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("iframe").waitFor({ state: "detached" });
    await vi.waitFor(
      async () => expect(await launch.evaluate((it) => it === document.activeElement)).toBe(true),
      SLOW_MACHINE_MS,
    );
  },
  SLOW_MACHINE_MS,
);

test.each([
  { colorScheme: "dark", width: 1440 },
  { colorScheme: "light", width: 390 },
] as const)(
  "axe finds nothing in $colorScheme at $width px, and nothing scrolls sideways",
  async (options) => {
    const { page } = await openDashboard(options);
    await install(page);
    await page.getByRole("button", { name: "Launch Tidemark on Production" }).click();
    await page.frameLocator("iframe").getByText("Portal 1").waitFor();
    const violations = async () => (await new AxeBuilder({ page }).exclude("iframe").analyze()).violations;
    expect(await violations()).toEqual([]);
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("link", { name: "Event log" }).click();
    await page.locator("summary").first().click();
    expect(await violations()).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);

    // The negative control: axe does look at this page.
    await page.evaluate(() => document.querySelector("main")!.append(document.createElement("button")));
    expect((await violations()).map(({ id }) => id)).toContain("button-name");
  },
  SLOW_MACHINE_MS,
);
