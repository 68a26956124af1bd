import assert from "node:assert/strict";
import type { LifecycleCase } from "../case.ts";
import type { DashboardApp } from "../dashboard-app.ts";

const SCOPES = ["data:read"];
const SHORT_MS = 300;

export function lifecycleCases(instanceId: string): LifecycleCase[] {
  const install = (app: DashboardApp) =>
    app.dashboard("POST", "/api/installs", {
      app_id: app.appId,
      instance_id: instanceId,
      granted_permissions: SCOPES,
    });
  return [
    {
      number: 60,
      title: "an install that the app refuses or answers late is cancelled and its key dead",
      run: async (app) => {
        app.answerWith(500);
        assert.equal((await install(app)).status, 502);
        assert.equal(await app.readWith(app.lastKey()), 401);

        await app.control("PATCH", "/__sandbox/switches", { callback_timeout_ms: SHORT_MS });
        app.answerWith(200, 3 * SHORT_MS);
        assert.equal((await install(app)).status, 502);
        assert.equal(await app.readWith(app.lastKey()), 401);
        await app.control("PATCH", "/__sandbox/switches", { callback_timeout_ms: 10_000 });
      },
    },
    {
      number: 61,
      title: "an uninstall that the app refuses changes nothing, one that it takes revokes the key",
      run: async (app) => {
        app.answerWith(200);
        const { body } = await install(app);
        const uninstall = () =>
          app.dashboard("POST", `/api/installs/${String(body.installed_app_id)}/uninstall`, {});
        assert.equal(await app.readWith(app.lastKey()), 200);
        app.answerWith(500);
        assert.equal((await uninstall()).status, 502);
        assert.equal(await app.readWith(app.lastKey()), 200);
        app.answerWith(200);
        assert.equal((await uninstall()).status, 200);
        assert.equal(await app.readWith(app.lastKey()), 401);
      },
    },
    {
      number: 62,
      title: "a launch of an inactive install or for another instance opens nothing",
      run: async (app) => {
        app.answerWith(200);
        const { body } = await install(app);
        const path = `/api/installs/${String(body.installed_app_id)}`;
        assert.equal((await app.dashboard("POST", `${path}/launch`, {})).status, 200);
        const foreign = await app.dashboard("POST", `${path}/launch`, { instance_id: "inst_of_another" });
        assert.equal(foreign.status, 502);
        await app.dashboard("POST", `${path}/uninstall`, {});
        const inactive = await app.dashboard("POST", `${path}/launch`, {});
        assert.equal(inactive.status, 502);
        assert.ok(!("portal_url" in foreign.body) && !("portal_url" in inactive.body));
      },
    },
  ];
}
