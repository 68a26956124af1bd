import { expect, test } from "vitest";

import { API_KEY, installBody } from "#tests/support/blnk-payloads.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { rawRequest } from "#tests/support/raw-request.ts";
import { findSecret } from "#tests/support/scan-bytes.ts";
import { startApp, type TestApp } from "#tests/support/start-app.ts";

const startMeasured = () => startApp({ env: { METRICS_PORT: "0" } });

async function scrape(app: TestApp): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${app.metricsPort}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("text/plain");
  return await response.text();
}

/** Every value that a label of ours has anywhere. */
function labelValues(text: string, label: string): Set<string> {
  return new Set([...text.matchAll(new RegExp(`^tidemark_.*\\b${label}="([^"]*)"`, "gm"))].map((m) => m[1]!));
}

test("without METRICS_PORT nothing listens, and the public port has no metrics", async () => {
  const app = await startApp();
  expect(app.metricsPort).toBeUndefined();
  expect((await app.request("/metrics")).status).toBe(404);
});

test("the metrics' port serves its one path only, and the public port serves none of it", async () => {
  const app = await startMeasured();
  expect((await fetch(`http://127.0.0.1:${app.metricsPort}/healthz`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${app.metricsPort}/metrics`, { method: "POST" })).status).toBe(404);
  expect((await app.request("/metrics")).status).toBe(404);
  await app.stop();
  await expect(fetch(`http://127.0.0.1:${app.metricsPort}/metrics`)).rejects.toThrow();
});

test("callbacks are counted by what came of them, and the gauges say how things stand", async () => {
  const app = await startMeasured();
  await app.install();
  await app.install();
  await app.callback(installBody({ app_id: "app_other" }));
  await app.callback("{");
  await openPortal(app).enter(await app.launch());
  await expect
    .poll(() => app.rows("select key_state from installs"), { timeout: 15_000 })
    .toEqual([{ key_state: "working" }]);
  const text = await scrape(app);
  for (const line of [
    'tidemark_callback_seconds_count{outcome="applied"} 1',
    'tidemark_callback_seconds_count{outcome="duplicate"} 1',
    'tidemark_callback_seconds_count{outcome="refused"} 1',
    'tidemark_callback_seconds_count{outcome="invalid"} 1',
    'tidemark_request_seconds_count{route="callback",status="2xx"} 2',
    'tidemark_request_seconds_count{route="callback",status="4xx"} 2',
    'tidemark_installs{state="active"} 1',
    "tidemark_sessions 1",
    'tidemark_jobs{state="parked"} 0',
    'tidemark_monitors{what="firing"} 0',
    "tidemark_wal_truncation_pending_seconds 0",
  ])
    expect(text).toContain(`${line}\n`);
  expect(text).toMatch(/^tidemark_cloud_call_seconds_count\{scope="data:read",outcome="ok"\} [1-9]/m);
  expect(text).toMatch(/^tidemark_database_bytes\{file="database"\} [1-9]/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
});

test("no caller can add a label's value, whatever it asks for", async () => {
  const app = await startMeasured();
  await app.install();
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await app.request(`/${attempt}/${API_KEY}`);
    await app.request(`/portal/${attempt}/balances?token=${API_KEY}`);
    await app.callback(installBody({ installed_app_id: `instapp_${attempt}`, event: `install-${attempt}` }));
  }
  await rawRequest(app.port, `GET /portal/%E0${API_KEY} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await rawRequest(app.port, `BREW /${API_KEY} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const text = await scrape(app);
  const routes = ["callback", "launch", "enter", "portal", "ops", "probe", "static", "other"];
  expect([...labelValues(text, "route")].filter((route) => !routes.includes(route))).toEqual([]);
  expect([...labelValues(text, "status")].filter((status) => !/^[2-5]xx$/.test(status))).toEqual([]);
  expect([...labelValues(text, "outcome")].filter((outcome) => !/^[a-z_]+$/.test(outcome))).toEqual([]);
  for (const secret of [API_KEY, "instapp_"]) expect(findSecret(text, secret)).toEqual([]);
});
