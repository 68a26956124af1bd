import { readdirSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { openPortal } from "#tests/support/portal-browser.ts";
import { rawRequest } from "#tests/support/raw-request.ts";
import { BUILD } from "#tests/support/built-app.ts";
import { startApp, type TestApp } from "#tests/support/start-app.ts";

const PORTAL = "'self' https://blnkfinance.com https://*.blnkfinance.com";

const ancestorsOf = (policy: string | null | undefined) =>
  /(?:^|; )frame-ancestors ([^;]*)$/.exec(policy ?? "")?.[1];

function expectHeaders(
  name: string,
  headers: { get(name: string): string | null | undefined },
  ancestors: string,
) {
  const policy = headers.get("content-security-policy");
  expect(policy?.match(/frame-ancestors/g), name).toHaveLength(1);
  expect(ancestorsOf(policy), name).toBe(ancestors);
  expect(policy, name).toContain("default-src 'none'");
  expect(policy, name).not.toContain("style-src-attr");
  expect(policy, name).not.toMatch(/script-src[^;]*('unsafe-inline'|'unsafe-eval'|\*|https:|data:)/);
  expect(headers.get("x-content-type-options"), name).toBe("nosniff");
  expect(headers.get("referrer-policy"), name).toBe("same-origin");
  expect(headers.get("strict-transport-security"), name).toMatch(/^max-age=\d{8}/);
  expect(headers.get("permissions-policy"), name).toContain("camera=()");
  expect(headers.get("cache-control"), name).toBeTruthy();
  expect(headers.get("x-frame-options") ?? null, name).toBeNull();
  expect(headers.get("x-powered-by") ?? null, name).toBeNull();
}

async function openSession(app: TestApp) {
  await app.install();
  const path = await app.launch();
  const portal = openPortal(app);
  return { portal, path, page: await portal.enter(path) };
}

test("every kind of portal answer may be framed by the dashboard and nobody else", async () => {
  const app = await startApp();
  const { portal, path, page } = await openSession(app);
  const origin = { origin: "https://tidemark.example.com" };
  const answers: [string, number, Response][] = [
    ["a document", 200, await portal.get(page)],
    ["data", 200, await portal.get(`${page}.data`)],
    ["a redirect of entering", 302, await app.request(await app.launch())],
    ["a redirect of the check", 303, await portal.get(`${page}?check=x`)],
    ["the ended page", 401, await app.request(page)],
    ["the ended page for data", 401, await app.request(`${page}.data`)],
    ["entering with a bad token", 401, await app.request("/portal/enter?token=x")],
    [
      "entering in no way that a page is opened",
      400,
      await app.request(path, { headers: { "sec-fetch-dest": "image" } }),
    ],
    ["an action", 200, await portal.post(`${page}/new-tab`, origin)],
    ["a write from elsewhere", 403, await portal.post(`${page}/end`, {})],
    ["a page that is not there", 404, await portal.get(`${page}/nowhere/at/all`)],
    ["a method that does nothing", 405, await portal.post(page, origin)],
    ["HEAD", 200, await portal.get(page, { method: "HEAD" })],
  ];
  for (const [name, status, response] of answers) {
    expect(response.status, name).toBe(status);
    expectHeaders(name, response.headers, PORTAL);
  }
});

test("every other answer may be framed by nobody", async () => {
  const app = await startApp();
  const asset = readdirSync(join(BUILD, "client/assets")).find((name) => name.endsWith(".css"))!;
  const answers: [string, number, Response][] = [
    ["the front page", 200, await app.request("/")],
    ["an unknown path", 404, await app.request("/nowhere")],
    ["an unknown path's data", 404, await app.request("/nowhere.data")],
    ["healthz", 200, await app.request("/healthz")],
    ["readyz", 200, await app.request("/readyz")],
    ["a static file", 200, await app.request(`/assets/${asset}`)],
    ["a static file that is not there", 404, await app.request("/assets/nothing.js")],
    ["the icon", 200, await app.request("/favicon.svg")],
    ["a probe", 200, await app.request(app.paths.callback)],
    ["a probe by OPTIONS", 204, await app.request(app.paths.launch, { method: "OPTIONS" })],
    ["an install", 200, await app.install()],
    ["a launch", 200, await app.requestLaunch()],
    ["a bad body", 400, await app.callback("{")],
    ["a mismatch", 409, await app.install({ app_id: "app_2" })],
    ["another method", 405, await app.request(app.paths.callback, { method: "PUT" })],
    ["a body too large", 413, await app.callback("x".repeat(70_000))],
    ["another type", 415, await app.callback("{}", { headers: { "content-type": "text/plain" } })],
    ["a wrong token", 404, await app.request("/api/callback/wrong")],
    ["a write from elsewhere", 403, await app.request("/ops", { method: "POST" })],
    ["a path that only looks like the portal", 404, await app.request("/portalx/enter")],
    ["the portal's name alone", 404, await app.request("/portal")],
  ];
  for (const [name, status, response] of answers) {
    expect(response.status, name).toBe(status);
    expectHeaders(name, response.headers, "'none'");
  }
});

test("an unexpected error says nothing of itself, in any mode, and carries the headers", async () => {
  for (const NODE_ENV of ["production", "development", "test"]) {
    const app = await startApp({ env: { NODE_ENV } });
    const { portal, page } = await openSession(app);
    app.change("drop table sessions");
    for (const path of [page, `${page}.data`]) {
      const response = await portal.get(path);
      expect(response.status).toBe(500);
      expectHeaders(`${NODE_ENV} ${path}`, response.headers, PORTAL);
      expect(await response.text()).not.toMatch(
        /sqlite|no such table|sessions\b|\bat .*\.(js|ts):\d+|node_modules/i,
      );
    }
  }
});

test("what node:http refuses by itself carries the headers, too", async () => {
  const app = await startApp();
  for (const bytes of [
    "nonsense\r\n\r\n",
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(20_000)}\r\n\r\n`,
    "GET / HTTP/1.1\r\n\r\n",
    "GET /portal/x HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n",
    "TRACE /portal/x HTTP/1.1\r\nHost: x\r\n\r\n",
  ]) {
    const { status, headers } = await rawRequest(app.port, bytes);
    expect(status).toBeGreaterThanOrEqual(400);
    expectHeaders(bytes.slice(0, 20), headers, bytes.includes("/portal/x") ? PORTAL : "'none'");
  }
});

test("nothing that a request can choose gets into the policy", async () => {
  const app = await startApp();
  const { portal, page } = await openSession(app);
  const evil = "https://evil.example";
  const headers = {
    origin: evil,
    referer: evil,
    host: "evil.example",
    "x-forwarded-host": "evil.example",
    "content-security-policy": "frame-ancestors *",
  };
  for (const path of [
    page,
    `${page}?frame-ancestors=${evil}`,
    `${page}?x=;frame-ancestors%20*`,
    `/portal/;frame-ancestors%20*`,
  ]) {
    const response = await portal.get(path, { headers });
    expect(response.headers.get("content-security-policy")).not.toContain("evil");
    expect(ancestorsOf(response.headers.get("content-security-policy"))).toBe(PORTAL);
  }
});

test("the policy is the one of FRAME_ANCESTORS, on the portal only", async () => {
  const app = await startApp({ env: { FRAME_ANCESTORS: "'self' https://cloud.example.com" } });
  const { portal, page } = await openSession(app);
  expect(ancestorsOf((await portal.get(page)).headers.get("content-security-policy"))).toBe(
    "'self' https://cloud.example.com",
  );
  expect(ancestorsOf((await app.request("/")).headers.get("content-security-policy"))).toBe("'none'");
});

test("a page's scripts run by a nonce that no other answer has, and all of them carry it", async () => {
  const app = await startApp();
  const { portal, page } = await openSession(app);
  const nonces = [];
  for (let visit = 0; visit < 3; visit += 1) {
    const response = await portal.get(page);
    const nonce = /'nonce-([^']+)'/.exec(response.headers.get("content-security-policy")!)![1]!;
    nonces.push(nonce);
    const scripts = (await response.text()).match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
  }
  expect(new Set(nonces).size).toBe(3);
});
