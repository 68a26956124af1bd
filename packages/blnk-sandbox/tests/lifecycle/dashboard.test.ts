import { request } from "node:http";
import { describe, expect, test } from "vitest";

import { manifestOf, startAppStub } from "./app-stub.ts";
import { startDashboard } from "./start-dashboard.ts";

/** fetch does not let a test choose Host and Origin. */
function rawRequest(
  origin: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      origin + path,
      { method: options.method, headers: options.headers },
      (response) => {
        response.resume();
        resolve(response.statusCode!);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(options.body);
  });
}

describe("registration", () => {
  test("asks both URLs with a GET and stores the manifest", async () => {
    const app = await startAppStub();
    const dashboard = await startDashboard();
    const answer = await dashboard.post("/api/apps", manifestOf(app.origin));
    expect(answer.status).toBe(201);
    expect(app.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /callback",
      "GET /launch",
    ]);
    expect((await dashboard.get("/api/state")).body.apps).toEqual([
      { ...manifestOf(app.origin), app_id: answer.body.app_id },
    ]);
  });

  test("is not put off by a 404, but by a 503 and by silence", async () => {
    const app = await startAppStub();
    const dashboard = await startDashboard();
    app.answers.callback = () => ({ status: 404 });
    expect((await dashboard.post("/api/apps", manifestOf(app.origin))).status).toBe(201);
    app.answers.callback = () => ({ status: 503 });
    const refused = await dashboard.post("/api/apps", manifestOf(app.origin));
    expect(refused).toMatchObject({ status: 422, body: { error: { code: "unreachable" } } });
    expect(refused.body.error.message).toContain("registration_callback_url");
    dashboard.switches.callback_timeout_ms = 100;
    app.answers.callback = () => ({ hang: true });
    expect((await dashboard.post("/api/apps", manifestOf(app.origin))).status).toBe(422);
    expect((await dashboard.get("/api/state")).body.apps).toHaveLength(1);
  });

  test.each([
    ["a public host", { registration_callback_url: "https://app.example/callback" }],
    ["a host that only looks local", { registration_callback_url: "http://127.0.0.1.app.example/" }],
    ["another scheme", { portal_generator_url: "file:///etc/hosts" }],
    ["a scope that does not exist", { permissions: ["data:admin"] }],
    ["no name", { display_name: " " }],
  ])("with %s is refused without a call", async (_name, change) => {
    const app = await startAppStub();
    const dashboard = await startDashboard();
    const answer = await dashboard.post("/api/apps", manifestOf(app.origin, change));
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "invalid" } } });
    expect(app.received).toEqual([]);
  });

  test("at start needs no running app", async () => {
    const dashboard = await startDashboard({ apps: [manifestOf("http://127.0.0.1:9")] });
    expect((await dashboard.get("/api/state")).body.apps).toMatchObject([{ display_name: "Stub" }]);
  });
});

describe("the event log", () => {
  test("shows what was sent and answered, but neither the key nor the launch token", async () => {
    const app = await startAppStub();
    app.answers.callback = (call) => ({ body: { echo: call.body } });
    const dashboard = await startDashboard();
    const { body: install } = await dashboard.install(await dashboard.register(app.origin));
    await dashboard.post(`/api/installs/${install.installed_app_id}/launch`);
    const events = await dashboard.events();

    expect(events.map(({ kind, status, outcome }) => ({ kind, status, outcome }))).toEqual([
      { kind: "probe", status: 200, outcome: "answered" },
      { kind: "probe", status: 200, outcome: "answered" },
      { kind: "install", status: 200, outcome: "answered" },
      { kind: "launch", status: 200, outcome: "answered" },
    ]);
    const [, , installed, launched] = events;
    const key = String(app.callbacks()[0]!["api_key"]);
    expect(installed!.sent).toMatchObject({ api_key: `${install.api_key_prefix}…` });
    expect(installed!.answer).toContain("idempotency_key");
    expect(launched!.answer).toContain(`${app.origin}/portal/enter?…`);
    const shown = JSON.stringify([events, (await dashboard.get("/api/state")).body]);
    expect(shown).not.toContain(key);
    expect(shown).not.toContain("stub-token");
    // The negative control: both were there to be shown.
    expect(JSON.stringify(app.callbacks())).toContain(key);
  });

  test("goes on after the last id known", async () => {
    const app = await startAppStub();
    const dashboard = await startDashboard();
    await dashboard.register(app.origin);
    const [first, second] = await dashboard.events();
    expect((await dashboard.get(`/api/events?after=${first!.id}`)).body.events).toEqual([second]);
  });
});

describe("the guard", () => {
  test("refuses a foreign Host or Origin and everything but JSON, and changes nothing", async () => {
    const app = await startAppStub();
    const dashboard = await startDashboard();
    const { body: install } = await dashboard.install(await dashboard.register(app.origin));
    const path = `/api/installs/${install.installed_app_id}/uninstall`;
    const json = { "content-type": "application/json" };
    const call = (headers: Record<string, string>, body = "{}") =>
      rawRequest(dashboard.origin, path, { method: "POST", headers, body });

    expect(await call({ ...json, host: "rebound.example" })).toBe(403);
    expect(await call({ ...json, origin: "https://evil.example" })).toBe(403);
    expect(await call({ ...json, origin: "null" })).toBe(403);
    expect(await call({ ...json, origin: app.origin })).toBe(403);
    expect(await call({ origin: app.origin }, "")).toBe(403);
    expect(await call({ "content-type": "text/plain" })).toBe(415);
    expect(await rawRequest(dashboard.origin, "/api/state", { headers: { host: "rebound.example" } })).toBe(
      403,
    );
    expect(await dashboard.installs()).toMatchObject([{ state: "active" }]);

    expect(await call({ ...json, origin: dashboard.origin })).toBe(200);
  });

  test("answers bad bodies and unknown routes in words", async () => {
    const dashboard = await startDashboard();
    const json = { "content-type": "application/json" };
    const post = (path: string, body: string) =>
      rawRequest(dashboard.origin, path, { method: "POST", headers: json, body });
    expect(await post("/api/apps", "{")).toBe(400);
    expect(await post("/api/apps", "null")).toBe(400);
    expect(await post("/api/installs", JSON.stringify({ app_id: "x".repeat(70_000) }))).toBe(400);
    expect(await post("/api/nothing", "{}")).toBe(404);
    expect(await rawRequest(dashboard.origin, "/../dashboard.ts", {})).toBe(404);
  });
});

describe("the page", () => {
  test("may frame the registered portals and nothing else", async () => {
    const dashboard = await startDashboard({
      apps: [manifestOf("http://127.0.0.1:9")],
      portalOrigins: ["https://app.test"],
    });
    const response = await fetch(dashboard.origin);
    const policy = response.headers.get("content-security-policy")!;
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(policy).toContain("frame-src http://127.0.0.1:9 https://app.test;");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  test("has everything it links to", async () => {
    const dashboard = await startDashboard();
    const html = await (await fetch(dashboard.origin)).text();
    const links = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      expect(link).not.toMatch(/^(\/|https?:)/);
      expect((await fetch(new URL(link, dashboard.origin))).status, link).toBe(200);
    }
  });
});
