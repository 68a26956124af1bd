import { install, launch, openDashboard, portal, portalAddress } from "./support/dashboard.ts";
import { judgeThemes, WITH_FRAME } from "./support/judge.ts";
import { expect, test } from "./support/test.ts";
import { APP } from "./support/world.ts";

// The app's site may keep nothing inside the dashboard, partitioned or not; at the top level it may.
test.use({ cookies: { frames_blocked: { site: "[*.]example.net", in: "[*.]blnkfinance.com" } } });

test("a frame that keeps no cookies says so, and its new tab works", async ({ world }) => {
  world.expectedErrors.push(/status of 403 .*\/portal\/[\w-]+\?check=/);
  const page = await openDashboard(world);
  await install(page, "production");
  const frame = await launch(page, "production");
  await expect(frame.getByRole("heading", { name: "Cookies are blocked here" })).toBeVisible();
  await judgeThemes(page, "cookies-blocked", WITH_FRAME);

  const opened = world.context.waitForEvent("page");
  await frame.getByRole("link", { name: "Open in a new tab" }).click();
  const tab = await opened;
  await expect(tab.getByRole("heading", { name: "Overview" })).toBeVisible();
  expect(tab.url()).toMatch(new RegExp(`^${APP}/portal/[\\w-]+$`));
});

test("the way out of a frame without cookies works once", async ({ world }) => {
  world.expectedErrors.push(/status of 403 .*\/portal\/[\w-]+\?check=/, /status of 401 .*\/portal\/enter/);
  const page = await openDashboard(world);
  await install(page, "production");
  await launch(page, "production");
  const link = portal(page).getByRole("link", { name: "Open in a new tab" });
  const way = `${APP}${await link.getAttribute("href")}`;

  const [first, second] = [await world.context.newPage(), await world.context.newPage()];
  await first.goto(way);
  await expect(first.getByRole("heading", { name: "Overview" })).toBeVisible();
  await second.goto(way);
  await expect(second.getByText("Session ended, relaunch from Blnk Cloud")).toBeVisible();
  // The second tab was refused the code, not the session, which this browser holds by now.
  await second.goto(`${APP}${portalAddress(page).pathname}`);
  await expect(second.getByRole("heading", { name: "Overview" })).toBeVisible();
});
