import { setTimeout as sleep } from "node:timers/promises";

import { expect, test } from "vitest";

import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp } from "#tests/support/start-app.ts";

test("an uninstall ends the key, the sessions, the launches, the codes and the jobs together", async () => {
  const app = await startApp();
  app.cloud.answer("blnk_3f9a1c77d2e84b06a5c1_first", 503);
  await app.install();
  const portal = openPortal(app);
  const [opened, unopened] = [await app.launch(), await app.launch()];
  const page = await portal.enter(opened);
  const { location } = (await (await portal.post(`${page}/new-tab`)).json()) as { location: string };
  expect((await portal.get(page)).status).toBe(200);
  const openJobs = "select kind from jobs where installed_app_id is not null and open_key is not null";
  await expect.poll(() => app.rows(openJobs).length, { timeout: 10_000 }).toBeGreaterThan(0);

  expect((await app.uninstall()).status).toBe(200);

  expect(app.rows("select state from installs")).toEqual([{ state: "inactive" }]);
  expect(app.rows("select box from install_keys where box is not null")).toEqual([]);
  expect(app.rows(openJobs)).toEqual([]);
  expect(app.rows("select 1 from launches where ended_at is null")).toEqual([]);
  for (const path of [page, `${page}.data`, opened, unopened, location])
    expect((await portal.get(path)).status, path).toBe(401);
  expect((await app.requestLaunch()).status).toBe(403);
});

test("no call to Cloud is made after an uninstall, by a job that was in flight neither", async () => {
  const app = await startApp();
  const release = app.cloud.holdAnswers();
  await app.install();
  await expect.poll(() => app.cloud.journal.length, { timeout: 10_000 }).toBe(1);
  await app.uninstall();
  const state = app.rows("select * from installs");
  release();
  await sleep(2500);
  expect(app.cloud.journal).toHaveLength(1);
  expect(app.rows("select * from installs")).toEqual(state);
});

test("an uninstall of one install leaves another as it was", async () => {
  const app = await startApp();
  await app.install();
  await app.install({ installed_app_id: "instapp_2", instance_id: "inst_2", api_key: "blnk_of_the_second" });
  const portal = openPortal(app);
  const page = await portal.enter(await app.launch({ installed_app_id: "instapp_2", instance_id: "inst_2" }));
  await app.uninstall();
  expect((await portal.get(page)).status).toBe(200);
  expect(app.rows("select installed_app_id from install_keys where box is not null")).toEqual([
    { installed_app_id: "instapp_2" },
  ]);
});
