import { describe, expect, test, vi } from "vitest";

import { startAppStub } from "./app-stub.ts";
import { PRODUCTION, STAGING, startDashboard } from "./start-dashboard.ts";

async function startBoth() {
  const app = await startAppStub();
  const dashboard = await startDashboard();
  return { app, dashboard, appId: await dashboard.register(app.origin) };
}

/** The key of the nth install event that the app got, as the API families would look it up. */
function keyOf(both: Awaited<ReturnType<typeof startBoth>>, nth = 0) {
  return both.dashboard.keyring.find(String(both.app.callbacks()[nth]!["api_key"]));
}

describe("install", () => {
  test("sends the documented body and becomes active on a 2xx", async () => {
    const both = await startBoth();
    both.app.answers.callback = () => ({ status: 204, body: "" });
    const answer = await both.dashboard.install(both.appId, PRODUCTION, ["alerts:read", "data:read"]);

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ state: "active", failure: null });
    const id = answer.body.installed_app_id;
    const key = keyOf(both)!;
    expect(both.app.callbacks()).toEqual([
      {
        installed_app_id: id,
        app_id: both.appId,
        instance_id: PRODUCTION,
        api_key: key.key,
        api_key_prefix: key.prefix,
        granted_permissions: ["alerts:read", "data:read"],
        idempotency_key: `install:${id}`,
      },
    ]);
    expect(key).toMatchObject({
      state: "active",
      instance_id: PRODUCTION,
      scopes: ["alerts:read", "data:read"],
      installed_app_id: id,
    });
    expect(both.app.received.at(-1)).toMatchObject({ method: "POST", type: "application/json" });
  });

  test.each([
    ["500", { status: 500 }, 10_000, "the app answered 500"],
    [
      "a redirect, which is not followed",
      { status: 307, location: "/callback" },
      10_000,
      "the app answered 307",
    ],
    ["nothing in time", { hang: true }, 1_000, "the app did not answer within 1 s"],
    ["a 2xx too late", { afterMs: 4_000 }, 1_000, "the app did not answer within 1 s"],
  ])("answered by %s is cancelled and its key revoked", async (_name, callback, timeoutMs, words) => {
    const both = await startBoth();
    both.dashboard.switches.callback_timeout_ms = timeoutMs;
    both.app.answers.callback = () => callback;
    const answer = await both.dashboard.install(both.appId);

    expect(answer).toEqual({ status: 502, body: { error: { code: "app_failed", message: words } } });
    expect(both.app.callbacks()).toHaveLength(1);
    expect(keyOf(both)?.state).toBe("revoked");
    expect(await both.dashboard.installs()).toMatchObject([{ state: "cancelled", failure: words }]);
  });

  test("of an app that is gone is cancelled", async () => {
    const dashboard = await startDashboard();
    const gone = await startAppStub();
    const appId = await dashboard.register(gone.origin);
    gone.answers.callback = () => {
      throw new Error("the connection is cut");
    };
    const answer = await dashboard.install(appId);
    expect(answer.body.error.message).toBe("the app could not be reached");
    expect(dashboard.keyring.ofInstall((await dashboard.installs())[0]!.installed_app_id)).toMatchObject([
      { state: "revoked" },
    ]);
  });

  test("of any subset of the asked scopes is granted, of another one refused", async () => {
    const app = await startAppStub();
    const dashboard = await startDashboard();
    const appId = await dashboard.register(app.origin, { permissions: ["data:read"] });
    expect((await dashboard.install(appId, PRODUCTION, ["data:read", "data:write"])).status).toBe(400);
    expect((await dashboard.install(appId, PRODUCTION, [])).status).toBe(201);
    expect(app.callbacks()).toMatchObject([{ granted_permissions: [] }]);
  });

  test("happens once per instance, also while the first is under way", async () => {
    const both = await startBoth();
    both.app.answers.callback = () => ({ afterMs: 100 });
    const [first, second, elsewhere] = await Promise.all([
      both.dashboard.install(both.appId),
      both.dashboard.install(both.appId),
      both.dashboard.install(both.appId, STAGING),
    ]);
    expect(new Set([first.status, second.status])).toEqual(new Set([201, 409]));
    expect(elsewhere.status).toBe(201);
    expect((await both.dashboard.install(both.appId)).status).toBe(409);
    expect(both.app.callbacks()).toHaveLength(2);
    expect((await both.dashboard.install(both.appId, "inst_unknown")).status).toBe(404);
  });

  test("may be tried again after a failure, with a new id and a new key", async () => {
    const both = await startBoth();
    both.app.answers.callback = () => ({ status: 503 });
    await both.dashboard.install(both.appId);
    both.app.answers.callback = () => ({});
    expect((await both.dashboard.install(both.appId)).status).toBe(201);
    const [failed, retried] = both.app.callbacks();
    expect(retried!["installed_app_id"]).not.toBe(failed!["installed_app_id"]);
    expect(retried!["api_key"]).not.toBe(failed!["api_key"]);
    expect(keyOf(both, 0)?.state).toBe("revoked");
    expect(keyOf(both, 1)?.state).toBe("active");
  });
});

describe("uninstall", () => {
  test("answered by 500 leaves the install and its key; answered by 200 ends both", async () => {
    const both = await startBoth();
    const { body: install } = await both.dashboard.install(both.appId);
    const path = `/api/installs/${install.installed_app_id}/uninstall`;

    both.app.answers.callback = () => ({ status: 500 });
    expect((await both.dashboard.post(path)).status).toBe(502);
    expect(await both.dashboard.installs()).toMatchObject([
      { state: "active", failure: "the app answered 500" },
    ]);
    expect(keyOf(both)?.state).toBe("active");

    let keyDuringEvent: string | undefined;
    both.app.answers.callback = () => {
      keyDuringEvent = keyOf(both)?.state;
      return {};
    };
    const answer = await both.dashboard.post(path);
    expect(answer).toMatchObject({ status: 200, body: { state: "uninstalled", failure: null } });
    expect(keyDuringEvent).toBe("active");
    expect(keyOf(both)?.state).toBe("revoked");
    expect(both.app.callbacks().at(-1)).toEqual({
      installed_app_id: install.installed_app_id,
      app_id: both.appId,
      instance_id: PRODUCTION,
      uninstalled_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      idempotency_key: `uninstall:${install.installed_app_id}`,
    });
    expect((await both.dashboard.post(path)).status).toBe(409);
  });

  test("of an install that never was is refused without a call", async () => {
    const both = await startBoth();
    expect((await both.dashboard.post("/api/installs/instapp_none/uninstall")).status).toBe(404);
    expect(both.app.callbacks()).toEqual([]);
  });
});

describe("launch", () => {
  test("passes the app's portal_url on", async () => {
    const both = await startBoth();
    const { body: install } = await both.dashboard.install(both.appId);
    const answer = await both.dashboard.post(`/api/installs/${install.installed_app_id}/launch`);
    expect(answer).toEqual({
      status: 200,
      body: { portal_url: `${both.app.origin}/portal/enter?token=stub-token` },
    });
    expect(both.app.received.at(-1)!.body).toEqual({
      installed_app_id: install.installed_app_id,
      app_id: both.appId,
      instance_id: PRODUCTION,
    });
  });

  const unusable = "no usable portal_url came back";
  test.each([
    ["refuses", { status: 403, body: { portal_url: "https://app.example/" } }, "the app answered 403"],
    ["answers HTML", { body: "<p>hello</p>" }, unusable],
    ["answers no portal_url", { body: { url: "https://app.example/" } }, unusable],
    ["answers plain http outside loopback", { body: { portal_url: "http://app.example/" } }, unusable],
    ["answers a script", { body: { portal_url: "javascript:alert(1)" } }, unusable],
    ["redirects", { status: 302, location: "https://app.example/" }, "the app answered 302"],
    ["hangs", { hang: true }, "the app did not answer within 1 s"],
  ])("of an app that %s fails", async (_name, launch, words) => {
    const both = await startBoth();
    const { body: install } = await both.dashboard.install(both.appId);
    if ("hang" in launch) both.dashboard.switches.callback_timeout_ms = 1_000;
    both.app.answers.launch = () => launch;
    const answer = await both.dashboard.post(`/api/installs/${install.installed_app_id}/launch`);
    expect(answer).toEqual({ status: 502, body: { error: { code: "app_failed", message: words } } });
  });

  test("of an uninstalled app, or with another instance, is the app's to refuse", async () => {
    const both = await startBoth();
    const { body: install } = await both.dashboard.install(both.appId);
    const path = `/api/installs/${install.installed_app_id}`;
    await both.dashboard.post(`${path}/launch`, { instance_id: STAGING });
    expect(both.app.received.at(-1)!.body).toMatchObject({ instance_id: STAGING });

    await both.dashboard.post(`${path}/uninstall`);
    both.app.answers.launch = () => ({ status: 403 });
    expect((await both.dashboard.post(`${path}/launch`)).status).toBe(502);
    expect(both.app.received.at(-1)!.path).toBe("/launch");
  });

  test("is for the users named in launch access", async () => {
    const app = await startAppStub();
    const dashboard = await startDashboard();
    const appId = await dashboard.register(app.origin, { launch_access: ["user_ada"] });
    const { body: install } = await dashboard.install(appId);
    const path = `/api/installs/${install.installed_app_id}/launch`;
    expect((await dashboard.post(path)).status).toBe(403);
    expect((await dashboard.post(path, { user_id: "user_ada" })).status).toBe(200);
  });
});

describe("switches", () => {
  test("the older payload carries organization_id, and user_id on launches", async () => {
    const both = await startBoth();
    both.dashboard.switches.payload = "older";
    const { body: install } = await both.dashboard.install(both.appId);
    await both.dashboard.post(`/api/installs/${install.installed_app_id}/launch`);
    expect(both.app.received.at(-1)!.body).toMatchObject({
      organization_id: "org_test",
      user_id: expect.stringMatching(/^user_/),
    });
    await both.dashboard.post(`/api/installs/${install.installed_app_id}/uninstall`);
    for (const callback of both.app.callbacks()) {
      expect(callback).toMatchObject({ organization_id: "org_test" });
      expect(callback).not.toHaveProperty("user_id");
    }
  });

  test.each([
    ["after_2xx", "pending"],
    ["during_callback", "active"],
  ] as const)("a key that works %s is %s during the callback", async (keyWorks, state) => {
    const both = await startBoth();
    both.dashboard.switches.key_works = keyWorks;
    let during: string | undefined;
    both.app.answers.callback = (call) => {
      during = both.dashboard.keyring.find(String(call.body["api_key"]))?.state;
      return {};
    };
    await both.dashboard.install(both.appId);
    expect(during).toBe(state);
    expect(keyOf(both)?.state).toBe("active");
  });

  test("in the older order the key is dead before the uninstall event is sent", async () => {
    const both = await startBoth();
    both.dashboard.switches.uninstall_revokes = "before_event";
    const { body: install } = await both.dashboard.install(both.appId);
    let during: string | undefined;
    both.app.answers.callback = () => {
      during = keyOf(both)?.state;
      return {};
    };
    await both.dashboard.post(`/api/installs/${install.installed_app_id}/uninstall`);
    expect(during).toBe("revoked");
  });

  test("a re-install can reuse the id, with a new key under the same idempotency_key", async () => {
    const both = await startBoth();
    both.dashboard.switches.reinstall_id = "same";
    const first = await both.dashboard.install(both.appId);
    await both.dashboard.post(`/api/installs/${first.body.installed_app_id}/uninstall`);
    const second = await both.dashboard.install(both.appId);
    expect(second.body.installed_app_id).toBe(first.body.installed_app_id);
    const [before, , after] = both.app.callbacks();
    expect(after!["idempotency_key"]).toBe(before!["idempotency_key"]);
    expect(after!["api_key"]).not.toBe(before!["api_key"]);
    expect(keyOf(both, 0)?.state).toBe("revoked");
    expect(keyOf(both, 2)?.state).toBe("active");
    expect(await both.dashboard.installs()).toMatchObject([{ state: "active" }]);
  });

  test("duplicates follow the first delivery and change nothing in Cloud", async () => {
    const both = await startBoth();
    both.dashboard.switches.callbacks.duplicates = 2;
    both.app.answers.callback = () => (both.app.callbacks().length > 1 ? { status: 500 } : {});
    expect((await both.dashboard.install(both.appId)).status).toBe(201);
    await vi.waitFor(() => expect(both.app.callbacks()).toHaveLength(3), 10_000);
    const [first, ...copies] = both.app.callbacks();
    expect(copies).toEqual([first, first]);
    expect(await both.dashboard.installs()).toMatchObject([{ state: "active" }]);
  });

  test("reordered, the copy of the install event arrives after the uninstall event", async () => {
    const both = await startBoth();
    both.dashboard.switches.callbacks.reorder = true;
    const { body: install } = await both.dashboard.install(both.appId);
    await both.dashboard.post(`/api/installs/${install.installed_app_id}/uninstall`);
    await vi.waitFor(() => expect(both.app.callbacks()).toHaveLength(3), 10_000);
    const id = install.installed_app_id;
    expect(both.app.callbacks()).toMatchObject([
      { idempotency_key: `install:${id}` },
      { idempotency_key: `uninstall:${id}` },
      { idempotency_key: `install:${id}` },
    ]);
  });

  test("an event delayed beyond the time-out arrives although the install is cancelled", async () => {
    const both = await startBoth();
    both.dashboard.switches.callback_timeout_ms = 100;
    both.dashboard.switches.callbacks.delay_ms = 2_000;
    expect((await both.dashboard.install(both.appId)).status).toBe(502);
    expect(both.app.callbacks()).toEqual([]);
    await vi.waitFor(() => expect(both.app.callbacks()).toHaveLength(1), 10_000);
    expect(keyOf(both)?.state).toBe("revoked");
    await vi.waitFor(
      async () =>
        expect((await both.dashboard.events()).slice(2)).toMatchObject([
          { kind: "install", delivery: "first", outcome: "timed_out", status: null },
          { kind: "install", delivery: "late", outcome: "answered", status: 200 },
        ]),
      10_000,
    );
  });

  test("an event delayed within the time-out still counts", async () => {
    const both = await startBoth();
    both.dashboard.switches.callbacks.delay_ms = 50;
    expect((await both.dashboard.install(both.appId)).status).toBe(201);
  });
});
