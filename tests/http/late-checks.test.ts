import { createServer } from "node:http";

import { expect, onTestFinished, test } from "vitest";

import { listen } from "#tests/support/listen.ts";
import { openOperator } from "#tests/support/operator-browser.ts";
import { operatorHash } from "#tests/support/operator-password.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp } from "#tests/support/start-app.ts";

const MINUTE_MS = 60_000;

/** Counts the calls of HEARTBEAT_URL. */
async function startHeartbeat() {
  let calls = 0;
  const server = createServer((_request, response) => {
    calls += 1;
    response.end();
  });
  const url = await listen(server);
  onTestFinished(() => void server.close());
  return { url, calls: () => calls };
}

test("a check's job that was given up is on the portal's pages, in /ops and in the metrics, until the operator retries it", async () => {
  const heartbeat = await startHeartbeat();
  const app = await startApp({
    env: {
      OPERATOR_PASSWORD_HASH: operatorHash(),
      METRICS_PORT: "0",
      MONITOR_INTERVAL_SECONDS: "1",
      HEARTBEAT_URL: heartbeat.url,
    },
  });
  await app.install();
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch());
  const operator = openOperator(app);
  await operator.signIn();
  const metric = async () =>
    /^tidemark_installs_unchecked (\d+)$/m.exec(
      await (await fetch(`http://127.0.0.1:${app.metricsPort}/metrics`)).text(),
    )?.[1];
  const shown = async () => ({
    overview: (await (await portal.get(home)).text()).includes("haven’t been checked"),
    monitors: (await (await portal.get(`${home}/monitors`)).text()).includes("haven’t been checked"),
    ops: (await operator.text("/ops")).includes("Monitors of 1 install are not checked"),
    metric: await metric(),
  });
  const before = heartbeat.calls();
  await expect.poll(heartbeat.calls, { timeout: 10_000 }).toBeGreaterThan(before);
  expect(await shown()).toEqual({ overview: false, monitors: false, ops: false, metric: "0" });

  const then = Date.now() - 10 * MINUTE_MS;
  app.change(
    `insert into jobs (id, kind, installed_app_id, generation, payload, parked_key, state, due_at, attempts, created_at, finished_at, last_error)
     values (901, 'watch', 'instapp_1', 1, '{}', 'watch:instapp_1', 'parked', 0, 5, 0, ?, 'interrupted')`,
    then,
  );
  app.change(
    `insert into monitors (id, installed_app_id, name, kind, definition, revision, watching_since, backfilled, created_at, updated_at)
     values ('mon_1', 'instapp_1', 'Low', 'balance_threshold', ?, 1, ?, 0, ?, ?)`,
    JSON.stringify({
      name: "Low",
      enabled: true,
      severity: "warning",
      mute: [],
      start: "alert",
      kind: "balance_threshold",
      alert: {},
      select: { balance_id: "bln_1" },
      condition: {
        field: "balance",
        operator: "<",
        per: "balance",
        for_minutes: 0,
        value: "1.00",
        precision: 100,
      },
    }),
    then,
    then,
    then,
  );
  expect(await shown()).toEqual({ overview: true, monitors: true, ops: true, metric: "1" });
  expect(await operator.text("/ops/jobs")).toContain("watch instapp_1 interrupted");
  const stopped = heartbeat.calls();
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  // One may have been under way.
  expect(heartbeat.calls() - stopped).toBeLessThanOrEqual(1);

  await operator.post("/ops/jobs", { id: "901" });
  await expect
    .poll(shown, { timeout: 15_000 })
    .toEqual({ overview: false, monitors: false, ops: false, metric: "0" });
  const recovered = heartbeat.calls();
  await expect.poll(heartbeat.calls, { timeout: 10_000 }).toBeGreaterThan(recovered);
}, 60_000);
