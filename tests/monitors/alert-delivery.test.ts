import { describe, expect, test } from "vitest";

import { planAlerts } from "#app/monitors/alerts/plan-alerts.server.ts";
import { resumeInterruptedSends, noteAlertStatus } from "#app/monitors/alerts/alert-deliveries.server.ts";
import { enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import { findMonitor } from "#app/monitors/monitors.server.ts";

import { closeOne } from "./close-one.ts";
import { Crash } from "./crash.ts";
import { below, openSandbox, openWallet, openWatchedWorld, type WatchedWorld } from "./watched-world.ts";

/** A paused monitor of a wallet, with `count` incidents that wait for their alerts. */
async function openIncidents(
  world: WatchedWorld,
  count: number,
  {
    announcement = "alert" as const,
    alert = {},
  }: { announcement?: "alert" | "already_true"; alert?: object } = {},
) {
  const wallet = openWallet(world.ledger);
  const id = await world.monitor({
    ...below({ balance_id: wallet.balance_id }, "500.00"),
    enabled: false,
    alert,
  });
  await addIncidents(world, id, wallet.balance_id, count, announcement);
  return { id, wallet };
}

async function addIncidents(
  world: WatchedWorld,
  monitor_id: string,
  entity: string,
  count: number,
  announcement: "alert" | "already_true" = "alert",
) {
  const before = (await world.incidents()).length;
  await world.db.write(async (tx) => {
    for (let index = before; index < before + count; index += 1) {
      await tx
        .insertInto("incidents")
        .values({
          id: `inc_${String(index).padStart(4, "0")}`,
          installed_app_id: "instapp_1",
          monitor_id,
          subject: `s${index}`,
          entity,
          announcement,
          is_event: 0,
          value: "100.00",
          compared_to: null,
          opened_at: world.clock.now(),
          closed_at: null,
          close_reason: null,
          delivery: "waiting",
          alert_id: null,
        })
        .execute();
    }
  });
}

async function plan(world: WatchedWorld, id: string, mayAlert = true): Promise<number> {
  const stored = await findMonitor(world.db.read, "instapp_1", id);
  return await world.db.write(async (tx) => {
    const now = world.clock.now();
    const plan = {
      installed_app_id: "instapp_1",
      monitor_id: id,
      monitor: stored!.monitor,
      explanation: "Alert once.",
      mayAlert,
    };
    const planned = await planAlerts(tx, plan, now);
    await enqueueJob(
      tx,
      { kind: "deliver_alerts", installed_app_id: "instapp_1", generation: 1, due_at: now },
      now,
    );
    return planned;
  });
}

async function recover(world: WatchedWorld): Promise<void> {
  await world.db.write(async (tx) => {
    await closeOne(tx, "inc_0000", world.clock.now());
    await enqueueJob(
      tx,
      { kind: "deliver_alerts", installed_app_id: "instapp_1", generation: 1, due_at: world.clock.now() },
      world.clock.now(),
    );
  });
}

const markers = (world: WatchedWorld) =>
  world.alerts().map(({ description }) => description.split("\n").at(-1));

describe("alerts", () => {
  test("an incident gets one alert on its balance, with the marker as its last line", async () => {
    const world = await openWatchedWorld();
    await world.install();
    const { id, wallet } = await openIncidents(world, 1);
    expect(await plan(world, id)).toBe(1);
    await world.work();
    expect(world.alerts()).toMatchObject([
      { affected_balances: [wallet.balance_id], title: "Warning: A monitor" },
    ]);
    expect(markers(world)).toEqual(["tidemark:inc_0000"]);
    expect(await world.deliveries()).toMatchObject([
      {
        state: "delivered",
        may_be_doubled: 0,
        anomaly_id: world.alerts()[0]!.anomaly_id,
        status_seen: "FLAGGED",
      },
    ]);
    await world.work(3_600_000);
    expect(world.alerts()).toHaveLength(1);
  });

  test("of many at once ten get an alert each, the rest one that has the count and twenty ids", async () => {
    const world = await openWatchedWorld();
    await world.install();
    const { id } = await openIncidents(world, 45);
    expect(await plan(world, id)).toBe(11);
    await world.work();
    expect(world.alerts()).toHaveLength(11);
    const shared = world.alerts().find(({ description }) => description.includes("This is so of 35"));
    expect(shared?.description).toContain("and 15 more");
    expect(shared?.description.endsWith("tidemark:inc_0010")).toBe(true);
    expect(
      (await world.incidents()).every(
        ({ delivery, alert_id }) => delivery === "planned" && alert_id !== null,
      ),
    ).toBe(true);
  });

  test("what was already true at the first evaluation shares one alert that says so", async () => {
    const world = await openWatchedWorld();
    await world.install();
    const { id } = await openIncidents(world, 12, { announcement: "already_true" });
    expect(await plan(world, id)).toBe(1);
    await world.work();
    expect(world.alerts()).toHaveLength(1);
    expect(world.alerts()[0]!.description).toContain("already true when the monitor was created");
  });

  test("after 200 alerts in a day one more says so, and the incidents are kept", async () => {
    const world = await openWatchedWorld();
    await world.install();
    const { id, wallet } = await openIncidents(world, 0);
    for (let round = 0; round < 21; round += 1) {
      await addIncidents(world, id, wallet.balance_id, 10);
      await plan(world, id);
    }
    await world.work();
    expect(world.alerts()).toHaveLength(201);
    expect(world.alerts().filter(({ title }) => title.includes("200 alerts today"))).toHaveLength(1);
    const incidents = await world.incidents();
    expect(incidents).toHaveLength(210);
    expect(incidents.filter(({ delivery }) => delivery === "capped")).toHaveLength(10);
    // The next day has room again.
    world.advance(24 * 3_600_000);
    await addIncidents(world, id, wallet.balance_id, 1);
    expect(await plan(world, id)).toBe(1);
  });

  test("without alerts:write nothing is planned, and the incidents show it", async () => {
    const world = await openWatchedWorld();
    await world.install();
    const { id } = await openIncidents(world, 3);
    expect(await plan(world, id, false)).toBe(0);
    expect((await world.incidents()).map(({ delivery }) => delivery)).toEqual(["none", "none", "none"]);
  });
});

describe("an answer that is lost", () => {
  test("is looked for after two seconds, and the alert is not raised again", async () => {
    const world = await openWatchedWorld();
    await world.install();
    const { id } = await openIncidents(world, 1);
    world.sandbox.faults.add({
      kind: "reset",
      method: "POST",
      path: "/alerts/flag",
      after_work: true,
      times: 1,
    });
    await plan(world, id);
    await world.work();
    expect(await world.deliveries()).toMatchObject([{ state: "sending" }]);
    await world.work(1_000);
    expect(
      world.sandbox.journal
        .entries()
        .filter(({ method, url }) => method === "GET" && url.startsWith("/alerts")),
    ).toEqual([]);
    await world.work(6_000);
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", may_be_doubled: 0 }]);
    expect(world.alerts()).toHaveLength(1);
  });

  test("where nothing was raised, it is raised after the look", async () => {
    const world = await openWatchedWorld();
    await world.install();
    const { id } = await openIncidents(world, 1);
    world.sandbox.faults.add({ kind: "reset", method: "POST", path: "/alerts/flag", times: 1 });
    await plan(world, id);
    await world.work();
    await world.work(10_000);
    expect(world.alerts()).toHaveLength(1);
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", may_be_doubled: 0, attempts: 2 }]);
  });

  test("without alerts:read it is raised again and marked: it may be doubled", async () => {
    const world = await openWatchedWorld();
    await world.install("instapp_1", { granted: ["data:read", "alerts:write"] });
    const { id } = await openIncidents(world, 1);
    world.sandbox.faults.add({
      kind: "reset",
      method: "POST",
      path: "/alerts/flag",
      after_work: true,
      times: 1,
    });
    await plan(world, id);
    await world.work();
    await world.work(10_000);
    expect(world.alerts()).toHaveLength(2);
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", may_be_doubled: 1 }]);
  });

  test("to a process that ended is looked for two seconds after the next start, however old the call is", async () => {
    expect(
      await raiseLate((world) => world.db.write((tx) => resumeInterruptedSends(tx, world.clock.now()))),
    ).toBe(1);
  });

  test("would be raised twice without that wait: the check bites", async () => {
    expect(await raiseLate(async () => undefined)).toBe(2);
  });

  test("a Cloud that is down for an hour is asked now and then, and gets each alert once afterwards", async () => {
    const world = await openWatchedWorld();
    await world.install();
    const { id } = await openIncidents(world, 30);
    world.sandbox.faults.add({ kind: "status", status: 503, path: "/alerts" });
    await plan(world, id);
    for (let minute = 0; minute < 60; minute += 1) await world.work(60_000);
    const asked = world.sandbox.journal.entries().length;
    expect(asked).toBeLessThan(200);
    world.sandbox.faults.clear();
    for (let minute = 0; minute < 12; minute += 1) await world.work(60_000);
    expect(new Set(markers(world)).size).toBe(11);
    expect(world.alerts()).toHaveLength(11);
    expect(world.sandbox.journal.entries().length - asked).toBeLessThan(60);
  });

  test("an alert that Cloud refuses is parked after five tries, and the others are raised", async () => {
    const world = await openWatchedWorld();
    await world.install();
    const { id } = await openIncidents(world, 2);
    await world.db.write((tx) =>
      tx.updateTable("incidents").set({ entity: "bln_unknown" }).where("id", "=", "inc_0000").execute(),
    );
    await plan(world, id);
    for (let round = 0; round < 8; round += 1) await world.work(400_000);
    expect((await world.deliveries()).map(({ state, error, attempts }) => [state, error, attempts])).toEqual([
      ["parked", "not_found", 5],
      ["delivered", null, 1],
    ]);
  });
});

describe("recovery", () => {
  test("sets the status that the monitor names, once the incident is over", async () => {
    const world = await openWatchedWorld();
    await world.install();
    const { id } = await openIncidents(world, 1, { alert: { resolve_status: "RESOLVED" } });
    await plan(world, id);
    await world.work();
    await recover(world);
    await world.work();
    expect(world.alerts()).toMatchObject([{ status: "RESOLVED" }]);
    expect(await world.deliveries()).toMatchObject([{ resolution: "done" }]);
  });

  test("leaves an alert alone whose status somebody has changed", async () => {
    const world = await openWatchedWorld();
    await world.install();
    const { id } = await openIncidents(world, 1, { alert: { resolve_status: "RESOLVED" } });
    await plan(world, id);
    await world.work();
    const [alert] = world.alerts();
    world.sandbox.workspace.instances[0]!.alerts.update(alert!, { status: "INVESTIGATING" });
    await recover(world);
    await world.work();
    expect(world.alerts()).toMatchObject([{ status: "INVESTIGATING" }]);
    expect(await world.deliveries()).toMatchObject([{ resolution: "left" }]);
  });

  test("follows a status that was set in Tidemark itself", async () => {
    const world = await openWatchedWorld();
    await world.install();
    const { id } = await openIncidents(world, 1, { alert: { resolve_status: "RESOLVED" } });
    await plan(world, id);
    await world.work();
    const [alert] = world.alerts();
    world.sandbox.workspace.instances[0]!.alerts.update(alert!, { status: "INVESTIGATING" });
    await world.db.write((tx) => noteAlertStatus(tx, "instapp_1", alert!.anomaly_id, "INVESTIGATING"));
    await recover(world);
    await world.work();
    expect(world.alerts()).toMatchObject([{ status: "RESOLVED" }]);
  });
});

/** A process ends a minute into its call, and Cloud stores the alert only after the next start. @returns the alerts */
async function raiseLate(start: (world: WatchedWorld) => Promise<void>): Promise<number> {
  const world = await openWatchedWorld();
  await world.install();
  const { id, wallet } = await openIncidents(world, 1);
  await plan(world, id);
  const began = world.clock.now() - 60_000;
  await world.db.write((tx) =>
    tx
      .updateTable("alert_deliveries")
      .set({ state: "sending", attempts: 1, sent_at: began, due_at: began + 2_000 })
      .execute(),
  );
  await start(world);
  await world.work();
  const { title, description } = (await world.deliveries())[0]!;
  world.sandbox.workspace.instances[0]!.alerts.flag("Balance", wallet.balance_id, title, description);
  await world.work(2_000);
  expect(await world.deliveries()).toMatchObject([{ state: "delivered", may_be_doubled: 0 }]);
  return world.alerts().length;
}

describe("a crash at any moment of the delivery", () => {
  test("doubles no alert and loses none", { timeout: 120_000 }, async () => {
    const counting = new Crash();
    await deliverThrough([counting]);
    expect(counting.moments).toBeGreaterThan(10);
    for (let moment = 1; moment <= counting.moments; moment += 1) {
      const markers = await deliverThrough([
        new Crash(moment),
        new Crash(1 + ((moment * 7) % 9)),
        new Crash(),
      ]);
      expect(new Set(markers), `after a crash at moment ${moment}`).toEqual(
        new Set(["tidemark:inc_0000", "tidemark:inc_0001", "tidemark:inc_0002"]),
      );
      expect(markers).toHaveLength(3);
    }
  });

  test("would double them without the look-up: the check bites", { timeout: 60_000 }, async () => {
    const sandbox = await openSandbox();
    sandbox.faults.add({ kind: "status", status: 403, method: "GET", path: "/alerts" });
    const counts: number[] = [];
    for (const moment of [8, 9, 10, 11])
      counts.push((await deliverThrough([new Crash(moment), new Crash()], sandbox)).length);
    expect(Math.max(...counts)).toBeGreaterThan(3);
  });
});

/** Delivers three alerts by processes that each end at their crash; answers the markers of all alerts in Cloud. */
async function deliverThrough(
  crashes: Crash[],
  sandbox?: Awaited<ReturnType<typeof openSandbox>>,
): Promise<(string | undefined)[]> {
  const cloud = sandbox ?? (await openSandbox());
  const before = new Set(cloud.workspace.instances[0]!.alerts.all());
  let world = await openWatchedWorld({ sandbox: cloud });
  await world.install();
  const { id } = await openIncidents(world, 3);
  await plan(world, id);
  let ahead = 0;
  for (const crash of crashes) {
    await world.close();
    world = await openWatchedWorld({ sandbox: cloud, file: world.file, ahead, crash });
    await world.work(10_000);
    ahead = world.ahead() + 120_000;
  }
  await world.work(120_000);
  await world.close();
  if (!sandbox) await cloud.close();
  return cloud.workspace.instances[0]!.alerts.all()
    .filter((alert) => !before.has(alert))
    .map(({ description }) => description.split("\n").at(-1));
}
