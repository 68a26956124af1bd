import { expect, test } from "vitest";

import { launchBody } from "#tests/support/blnk-payloads.ts";
import { startApp } from "#tests/support/start-app.ts";

test("a launch answers JSON with a fresh URL of ours, whatever Host the request names", async () => {
  const app = await startApp();
  await app.install();
  const urls = [];
  for (const host of ["tidemark.example.com", "evil.example"]) {
    const response = await app.post(app.paths.launch, launchBody(), {
      headers: { "x-forwarded-host": host, forwarded: `host=${host}` },
    });
    expect(response.status).toBe(200);
    const body = (await response.json()) as { portal_url: string };
    expect(Object.keys(body)).toEqual(["portal_url"]);
    expect(body.portal_url).toMatch(/^https:\/\/tidemark\.example\.com\/portal\/enter\?token=[\w-]{43}$/);
    urls.push(body.portal_url);
  }
  expect(new Set(urls).size).toBe(2);
});

test("the older payload with organization_id and user_id is taken, and the user is kept", async () => {
  const app = await startApp();
  await app.install();
  expect((await app.requestLaunch({ organization_id: "org_1", user_id: "user_7" })).status).toBe(200);
  expect((await app.requestLaunch({ user_id: { odd: true } })).status).toBe(200);
  expect(app.rows("select user_id from launches order by created_at, user_id desc")).toEqual(
    expect.arrayContaining([{ user_id: "user_7" }, { user_id: null }]),
  );
});

test.each([
  ["an unknown install", { installed_app_id: "instapp_9" }, 404],
  ["another app", { app_id: "app_9" }, 409],
  ["another instance", { instance_id: "inst_9" }, 409],
  ["no instance", { instance_id: undefined }, 400],
  ["an id that could not be one", { installed_app_id: "../../etc" }, 400],
])("%s is refused without a portal_url", async (_name, fields, status) => {
  const app = await startApp();
  await app.install();
  const response = await app.requestLaunch(fields);
  expect(response.status).toBe(status);
  const text = await response.text();
  expect(text).not.toContain("portal_url");
  expect(JSON.parse(text)).toHaveProperty("error.code");
  expect(app.rows("select * from launches")).toEqual([]);
});

test("an inactive install is 403, without a portal_url", async () => {
  const app = await startApp();
  await app.install();
  await app.uninstall();
  const response = await app.requestLaunch();
  expect(response.status).toBe(403);
  expect(await response.text()).not.toContain("portal_url");
});
