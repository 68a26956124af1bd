import { expect, test } from "vitest";

import { API_KEY } from "#tests/support/blnk-payloads.ts";
import { startApp } from "#tests/support/start-app.ts";

test("nothing remote is awaited before the answer: a Cloud that hangs delays neither install nor launch nor uninstall", async () => {
  const app = await startApp();
  app.cloud.holdAnswers();
  const began = performance.now();
  expect((await app.install()).status).toBe(200);
  expect(app.cloud.journal).toEqual([]);
  expect((await app.requestLaunch()).status).toBe(200);
  await expect.poll(() => app.cloud.journal.length, { timeout: 10_000 }).toBe(1);
  const hanging = performance.now();
  expect((await app.requestLaunch()).status).toBe(200);
  expect((await app.uninstall()).status).toBe(200);
  expect(performance.now() - hanging).toBeLessThan(1000);
  expect(performance.now() - began).toBeLessThan(10_000);
  // The proof does come to Cloud, after the answer.
  expect(app.cloud.journal).toMatchObject([{ key: API_KEY }]);
});

test("an answer of 200 means that the event is on disk: a server that is stopped at once has it when it starts again", async () => {
  const app = await startApp();
  expect((await app.install()).status).toBe(200);
  expect(app.rows("select state from installs")).toEqual([{ state: "active" }]);
  await app.stop();
  const again = await startApp({
    directory: app.directory,
    env: { ENCRYPTION_KEYS: app.env.ENCRYPTION_KEYS!, URL_SECRETS: app.env.URL_SECRETS! },
  });
  expect((await again.install()).status).toBe(200);
  expect(again.rows("select deliveries, outcome from received_events")).toEqual([
    { deliveries: 2, outcome: "applied" },
  ]);
});
