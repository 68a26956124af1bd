import { expect, test } from "vitest";

import { startApp } from "#tests/support/start-app.ts";
import { whileLocked } from "#tests/support/while-locked.ts";

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
