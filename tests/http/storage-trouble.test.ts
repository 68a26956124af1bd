import SqliteDatabase from "better-sqlite3";
import { expect, test } from "vitest";

import { SCOPES } from "#app/permissions/scopes.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { PUBLIC_URL, startApp, type TestApp } from "#tests/support/start-app.ts";

/** Another process that holds the file for writing. */
async function whileLocked(app: TestApp, work: () => Promise<void>): Promise<void> {
  const other = new SqliteDatabase(app.file);
  other.exec("begin immediate");
  try {
    await work();
  } finally {
    other.exec("rollback");
    other.close();
  }
}

test("what cannot be stored is 503 with Retry-After and in our words, nothing is applied, and it recovers by itself", async () => {
  const app = await startApp();
  await whileLocked(app, async () => {
    const response = await app.install();
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await response.text()).not.toMatch(/sqlite|busy|locked/i);
    expect(app.rows("select * from received_events")).toEqual([]);
  });
  expect((await app.install()).status).toBe(200);
}, 40_000);

test("a launch that cannot be stored is 503 without a portal_url", async () => {
  const app = await startApp();
  await app.install();
  await whileLocked(app, async () => {
    const response = await app.requestLaunch();
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await response.text()).not.toContain("portal_url");
  });
  expect((await app.requestLaunch()).status).toBe(200);
}, 40_000);

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

test("readyz is 503 while nothing can be stored, and 200 again afterwards; healthz is 200 throughout", async () => {
  const app = await startApp();
  expect((await app.request("/readyz")).status).toBe(200);
  await whileLocked(app, async () => {
    await expect.poll(async () => (await app.request("/readyz")).status, { timeout: 40_000 }).toBe(503);
    expect((await app.request("/healthz")).status).toBe(200);
  });
  await expect.poll(async () => (await app.request("/readyz")).status, { timeout: 40_000 }).toBe(200);
}, 120_000);

test("readiness is probed at most once a second, however often it is asked", async () => {
  const app = await startApp();
  const beats = new Set<number>();
  const began = performance.now();
  for (let asked = 0; asked < 60; asked += 1) {
    expect((await app.request("/readyz")).status).toBe(200);
    beats.add(app.rows<{ beat_at: number }>("select beat_at from heartbeat")[0]!.beat_at);
  }
  expect(beats.size).toBeLessThanOrEqual(2 + (performance.now() - began) / 1000);
});
