import { expect, test } from "vitest";

import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp } from "#tests/support/start-app.ts";

test("a launch opens so many tabs in two minutes, then says to wait; another launch is not kept from it", async () => {
  const app = await startApp();
  await app.install();
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch());
  const entries = app.rows("select code_hash from hand_over_codes").length;
  for (let asked = entries; asked < 20; asked += 1)
    expect((await portal.post(`${home}/new-tab`)).status).toBe(200);
  const refused = await portal.post(`${home}/new-tab`);
  expect([refused.status, await refused.text()]).toEqual([429, expect.stringContaining("Wait two minutes")]);
  expect(app.rows("select code_hash from hand_over_codes")).toHaveLength(20);

  const other = openPortal(app);
  const elsewhere = await other.enter(await app.launch());
  expect((await other.post(`${elsewhere}/new-tab`)).status).toBe(200);

  app.change("update hand_over_codes set expires_at = ?", Date.now());
  expect((await portal.post(`${home}/new-tab`)).status).toBe(200);
});
