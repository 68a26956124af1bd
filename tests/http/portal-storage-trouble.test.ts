import { expect, test } from "vitest";

import { SCOPES } from "#app/platform/permissions/scopes.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp } from "#tests/support/start-app.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";
import { whileLocked } from "#tests/support/while-locked.ts";

test("what a page's form asks for and cannot be stored is 503 in our words, and nothing of it is done", async () => {
  const app = await startApp();
  await app.install({ granted_permissions: SCOPES });
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch());
  const headers = { origin: PUBLIC_URL };
  const form = "currency=XTS&decimals=3";
  await whileLocked(app, async () => {
    const page = await portal.post(`${home}/precision`, headers, form);
    expect(page.status).toBe(503);
    expect(await page.text()).toContain("This could not be stored, and nothing was changed.");
    // What the page's own script sends.
    const data = await portal.post(`${home}/precision.data`, headers, form);
    expect(data.status).toBe(503);
    const text = await data.text();
    expect(text).toContain("storage");
    expect(text).not.toMatch(/sqlite|busy|locked/i);
    expect((await portal.post(`${home}/display`, headers, "timeZone=utc&theme=dark")).status).toBe(503);
  });
  expect(app.rows("select * from currency_decimals")).toEqual([]);
  expect((await portal.post(`${home}/precision`, headers, form)).status).toBe(200);
  expect(app.rows("select currency, decimals from currency_decimals")).toEqual([
    { currency: "XTS", decimals: 3 },
  ]);
}, 120_000);
