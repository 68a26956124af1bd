import { expect, test } from "vitest";

import { pauseMonitor } from "#app/monitors/monitors.server.ts";
import { createWatchdog } from "#app/monitors/watch/watchdog.server.ts";
import { listLateChecks } from "#app/monitors/watch/late-checks.server.ts";
import type { PostWebhook } from "#app/monitors/webhook/post-webhook.server.ts";
import { setWebhook } from "#app/monitors/webhook/webhooks.server.ts";
import { findLateCheck } from "#app/portal/monitors/find-late-check.server.ts";
import type { JobHandler } from "#app/platform/jobs/worker.server.ts";

import { AUTHOR, below, openWallet, openWatchedWorld } from "./watched-world.ts";

const MINUTE = 60_000;

/** An install with a webhook and a monitor that was checked once, and a watchdog that looks when it is told to. */
async function open(wrap?: (handlers: Record<string, JobHandler>) => Record<string, JobHandler>) {
  const told: { type: string; reason?: string }[] = [];
  const postWebhook: PostWebhook = (_url, _headers, body) => {
    const { type, data } = JSON.parse(body) as { type: string; data: { reason?: string } };
    told.push({ type, ...(data.reason !== undefined && { reason: data.reason }) });
    return Promise.resolve({ kind: "answered", status: 200 });
  };
  const world = await openWatchedWorld({
    webhookHosts: ["hooks.example.com"],
    postWebhook,
    ...(wrap && { wrap }),
  });
  const install = await world.install();
  const url = "https://hooks.example.com/in";
  await setWebhook(world.platform, install.owner, { url, format: "standard" }, AUTHOR);
  const { balance_id } = openWallet(world.ledger);
  const monitor = await world.monitor(below({ balance_id }, "50.00"));
  await world.work();
  let heartbeats = 0;
  const watchdog = createWatchdog({ ...world.platform, heartbeat: () => (heartbeats += 1) });
  const job = (
    change: Partial<{ state: "parked"; last_error: string; open_key: null; parked_key: string }>,
  ) => world.db.write((tx) => tx.updateTable("jobs").set(change).where("kind", "=", "watch").execute());
  return {
    world,
    install,
    monitor,
    told,
    balance_id,
    /** Whether the heartbeat was called. */
    look: async () => {
      const before = heartbeats;
      await watchdog.look();
      return heartbeats > before;
    },
    park: (last_error: string) =>
      job({ state: "parked", last_error, open_key: null, parked_key: "watch:instapp_1" }),
    late: () => findLateCheck(world.db, "instapp_1", { now: world.clock.now(), intervalMs: MINUTE }),
    watchJobs: async () =>
      (await world.db.read.selectFrom("jobs").select("state").where("kind", "=", "watch").execute()).map(
        ({ state }) => state,
      ),
  };
}

test("while every install is checked in time the heartbeat is called, and nobody is told anything", async () => {
  const { world, look, told, late } = await open();
  expect(await look()).toBe(true);
  await world.work(2 * MINUTE);
  expect(await look()).toBe(true);
  expect(await late()).toBeUndefined();
  expect(told).toEqual([]);
});

test("a check's job that was given up is told once, in the portal too, stops the heartbeat, and its recovery is told", async () => {
  const { world, look, park, late, told, watchJobs } = await open();
  await park("interrupted");
  world.advance(4 * MINUTE);
  const { completed_at } = await world.db.read
    .selectFrom("watches")
    .select("completed_at")
    .executeTakeFirstOrThrow();
  expect(await late()).toEqual({ since: completed_at, why: expect.stringContaining("retry the job") });
  expect(await look()).toBe(false);
  expect(await look()).toBe(false);
  await world.work();
  // Retrying it is the operator's: it ended the process five times.
  expect(await watchJobs()).toEqual(["parked"]);
  expect(told).toEqual([
    { type: "monitors.not_evaluated", reason: expect.stringContaining("gave up after five tries") },
  ]);

  await world.evaluate();
  await world.work();
  expect(await late()).toBeUndefined();
  expect(await look()).toBe(true);
  expect(told.map(({ type }) => type)).toEqual(["monitors.not_evaluated", "monitors.recovered"]);
});

test.each(["missing", "parked after errors", "put off for a year"])(
  "a check's job that is %s is asked for again, before anybody is told",
  async (how) => {
    const { world, look, park, told } = await open();
    if (how === "parked after errors") await park("unexpected");
    else if (how === "missing")
      await world.db.write((tx) => tx.deleteFrom("jobs").where("kind", "=", "watch").execute());
    else
      await world.db.write((tx) =>
        tx
          .updateTable("jobs")
          .set({ due_at: world.clock.now() + 365 * 24 * 60 * MINUTE })
          .where("kind", "=", "watch")
          .execute(),
      );
    world.advance(4 * MINUTE);
    expect(await look()).toBe(false);
    await world.work();
    expect(await look()).toBe(true);
    expect(told).toEqual([]);
  },
);

test("a check that never ends is told of at the second look, by a webhook that still gets through", async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let hangs = false;
  const { world, look, late, told } = await open(({ watch, ...handlers }) => ({
    ...handlers,
    watch: async (job, context) => {
      if (hangs) await ended;
      return await watch!(job, context);
    },
  }));
  hangs = true;
  world.advance(4 * MINUTE);
  world.worker.wake();
  expect(await look()).toBe(false);
  expect(told).toEqual([]);
  expect(await look()).toBe(false);
  world.worker.wake();
  await expect
    .poll(() => told.map(({ type }) => type), { timeout: 10_000 })
    .toEqual(["monitors.not_evaluated"]);
  expect((await late())?.why).toContain("is late, or has stopped");
  end();
});

test("a Cloud that fails is no late check: its monitors say so, and the heartbeat goes on", async () => {
  const { world, look, late } = await open();
  world.sandbox.faults.add({ kind: "status", status: 500 });
  for (let minute = 0; minute < 5; minute += 1) await world.work(MINUTE);
  expect((await world.monitors())[0]!.problem).not.toBeNull();
  expect(await late()).toBeUndefined();
  expect(await look()).toBe(true);
});

test("an install whose monitors are paused or that is gone is nobody's to check", async () => {
  const { world, install, monitor, late, look } = await open();
  await world.db.write((tx) => pauseMonitor(tx, install, monitor, world.clock.now()));
  await world.work(10 * MINUTE);
  world.advance(60 * MINUTE);
  expect(await late()).toBeUndefined();
  expect(await look()).toBe(true);
  await world.db.write((tx) => tx.updateTable("installs").set({ state: "inactive" }).execute());
  expect(await listLateChecks(world.db, { now: world.clock.now(), intervalMs: MINUTE })).toEqual([]);
});
