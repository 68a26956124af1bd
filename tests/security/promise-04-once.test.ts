import { expect, test } from "vitest";

import { API_KEY, OTHER_API_KEY } from "#tests/support/blnk-payloads.ts";
import { startApp, type TestApp } from "#tests/support/start-app.ts";

const outcomes = (app: TestApp) =>
  app
    .rows<{ outcome: string }>("select outcome from received_events order by id")
    .map(({ outcome }) => outcome);

const install = (app: TestApp) =>
  app.rows<{ state: string; generation: number }>("select state, generation from installs")[0];

/** Which key a call to Cloud carries now. */
async function keyInUse(app: TestApp): Promise<string | undefined> {
  await expect
    .poll(() => app.rows("select 1 from installs where key_state = 'working'").length, { timeout: 10_000 })
    .toBe(1);
  return app.cloud.journal.at(-1)?.key;
}

test("the same delivery any number of times is one event", async () => {
  const app = await startApp();
  for (let delivery = 0; delivery < 5; delivery += 1) expect((await app.install()).status).toBe(200);
  expect(install(app)).toEqual({ state: "active", generation: 1 });
  expect(app.rows("select deliveries from received_events")).toEqual([{ deliveries: 5 }]);
  expect(await keyInUse(app)).toBe(API_KEY);
  expect(app.cloud.journal).toHaveLength(1);
});

test("a retry with the same idempotency key and a new api_key is not a duplicate: the new key is in use", async () => {
  const app = await startApp();
  // Cloud revokes the key of an attempt that it gave up.
  app.cloud.answer(API_KEY, 401);
  await app.install();
  await app.install({ api_key: OTHER_API_KEY });
  expect(install(app)).toEqual({ state: "active", generation: 2 });
  expect(await keyInUse(app)).toBe(OTHER_API_KEY);
});

test("a re-install with the same id is active again", async () => {
  const app = await startApp();
  await app.install();
  await app.uninstall();
  await app.install({ api_key: OTHER_API_KEY });
  expect(install(app)?.state).toBe("active");
});

test("a replayed install after an uninstall is answered and resurrects nothing", async () => {
  const app = await startApp();
  await app.install();
  await app.uninstall();
  for (const replay of [
    {},
    { granted_permissions: ["data:write"] },
    { idempotency_key: "install:fresh" },
    { event: "app.installed" },
  ]) {
    expect((await app.install(replay)).status).toBe(200);
  }
  expect(install(app)?.state).toBe("inactive");
  expect((await app.requestLaunch()).status).toBe(403);
  expect(app.rows("select box from install_keys where box is not null")).toEqual([]);
});

test("an uninstall that came early does not swallow the real one", async () => {
  const app = await startApp();
  await app.uninstall();
  await app.install();
  await app.uninstall();
  expect(install(app)?.state).toBe("inactive");
  expect(outcomes(app)).toEqual(["applied", "applied"]);
});

test("one forged event that knows no URL disables nothing", async () => {
  const app = await startApp();
  await app.install();
  const forged = {
    installed_app_id: "instapp_1",
    app_id: "app_1",
    instance_id: "inst_1",
    idempotency_key: "uninstall:instapp_1",
  };
  for (const path of [
    "/api/callback",
    "/api/callback/",
    "/api/callback/dev",
    "/api/callback/undefined",
    "/webhooks/uninstall",
    "/",
  ]) {
    const { status } = await app.post(path, forged);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  }
  expect(install(app)).toEqual({ state: "active", generation: 1 });
  // The same body by the secret URL does.
  await app.callback(forged);
  expect(install(app)?.state).toBe("inactive");
});
