import { expect, test } from "vitest";

import { moveMonitors, resumeAllWatching, resumeWatching } from "#app/monitors/lifecycle.server.ts";
import { exportMonitors } from "#app/monitors/export-monitors.server.ts";
import { importMonitors } from "#app/monitors/import-monitors.server.ts";
import { cancelJobs, recoverInterrupted } from "#app/platform/jobs/jobs.server.ts";
import { deleteExpired, RETENTION } from "#db/retention.server.ts";

import { AUTHOR, below, move, openWallet, openWatchedWorld, type WatchedWorld } from "./watched-world.ts";

const uninstall = (world: WatchedWorld, id: string) =>
  world.db.write(async (tx) => {
    await cancelJobs(tx, id, world.clock.now());
    await tx
      .updateTable("installs")
      .set({ state: "inactive", uninstalled_at: world.clock.now() })
      .where("installed_app_id", "=", id)
      .execute();
  });

test("a re-install goes on with the monitors: what still holds raises no second alert, what is over is closed", async () => {
  const world = await openWatchedWorld();
  await world.install();
  const low = openWallet(world.ledger, { amount: 1000n });
  const over = openWallet(world.ledger, { amount: 1000n });
  await world.monitor(below({ balance_id: low.balance_id }, "50.00"));
  await world.monitor({
    ...below({ balance_id: over.balance_id }, "50.00"),
    alert: { resolve_status: "RESOLVED" },
  });
  await world.monitor({ kind: "transaction_match", select: {}, condition: {} });
  await world.evaluate();
  expect(world.alerts()).toHaveLength(2);
  await uninstall(world, "instapp_1");
  await world.work(120_000);
  const before = world.sandbox.journal.entries().length;
  move(world.ledger, { source: "@World", destination: over.balance_id, precise_amount: 9000n });
  await world.work(120_000);
  expect(world.sandbox.journal.entries()).toHaveLength(before);

  const next = await world.install("instapp_2");
  await world.db.write(async (tx) => {
    await moveMonitors(tx, "instapp_1", "instapp_2");
    await resumeWatching(tx, next, world.clock.now());
  });
  await world.work();
  const holding = (await world.incidents()).filter(({ announcement }) => announcement !== "alert");
  expect(
    new Set(holding.map(({ installed_app_id, close_reason }) => `${installed_app_id} ${close_reason}`)),
  ).toEqual(new Set(["instapp_2 null", "instapp_2 recovered"]));
  expect(world.alerts().filter(({ affected_balances }) => affected_balances.length > 0)).toHaveLength(2);
  expect(
    world.alerts().find(({ affected_balances }) => affected_balances[0] === over.balance_id)?.status,
  ).toBe("RESOLVED");
});

test("at a start every active install that has monitors is watched again, spread over the interval", async () => {
  const world = await openWatchedWorld();
  for (const id of ["instapp_1", "instapp_2", "instapp_3"]) await world.install(id);
  await world.monitor(below({ balance_id: "bln_1" }, "1.00"));
  await world.monitor(below({ balance_id: "bln_1" }, "1.00"), "instapp_2");
  await world.db.write((tx) => tx.deleteFrom("jobs").execute());
  const now = world.clock.now();
  await resumeAllWatching(world.db, { now, intervalMs: 60_000 });
  await resumeAllWatching(world.db, { now: now + 5, intervalMs: 60_000 });
  const jobs = await world.db.read.selectFrom("jobs").selectAll().orderBy("due_at").execute();
  expect(jobs.map(({ installed_app_id, due_at }) => [installed_app_id, due_at - now])).toEqual([
    ["instapp_1", 0],
    ["instapp_2", 30_000],
  ]);
});

test("a watch that ended the process at every try is not watched again at a start, and the others are", async () => {
  const world = await openWatchedWorld();
  for (const id of ["instapp_1", "instapp_2"]) {
    await world.install(id);
    await world.monitor(below({ balance_id: "bln_1" }, "1.00"), id);
  }
  const now = world.clock.now();
  await world.db.write(async (tx) => {
    await tx.deleteFrom("jobs").where("installed_app_id", "=", "instapp_2").execute();
    await tx.deleteFrom("jobs").where("kind", "!=", "watch").execute();
    await tx.updateTable("jobs").set({ state: "running", attempts: 5 }).execute();
    await recoverInterrupted(tx, now);
  });
  await resumeAllWatching(world.db, { now, intervalMs: 60_000 });
  const jobs = await world.db.read.selectFrom("jobs").select(["installed_app_id", "state"]).execute();
  expect(jobs).toEqual([
    { installed_app_id: "instapp_1", state: "parked" },
    { installed_app_id: "instapp_2", state: "queued" },
  ]);
});

async function exported(world: WatchedWorld, id: string, { withState } = { withState: false }) {
  let text = "";
  for await (const piece of exportMonitors(world.db, id, { withState })) text += piece;
  return JSON.parse(text) as { monitors: { state: unknown[]; incidents: { id: string }[] }[] };
}

test("an export has every incident of every monitor, the newest first, in however many pieces", async () => {
  const world = await openWatchedWorld();
  await world.install();
  const busy = await world.monitor(below({ balance_id: "bln_1" }, "1.00"));
  await world.monitor(below({ balance_id: "bln_1" }, "1.00"));
  await world.db.write(async (tx) => {
    for (let index = 0; index < 1200; index += 1)
      await tx
        .insertInto("incidents")
        .values({
          id: `epi_${String(index).padStart(4, "0")}`,
          installed_app_id: "instapp_1",
          monitor_id: busy,
          subject: `txn_${index}`,
          entity: null,
          announcement: "quiet",
          is_event: 1,
          value: null,
          compared_to: null,
          // Many of one moment.
          opened_at: Math.floor(index / 100),
          closed_at: 1200,
          close_reason: "event",
          delivery: "none",
          alert_id: null,
        })
        .execute();
  });
  const { monitors } = await exported(world, "instapp_1", { withState: true });
  const ids = Array.from({ length: 1200 }, (_, index) => `epi_${String(index).padStart(4, "0")}`);
  expect(monitors.map(({ incidents }) => incidents.map(({ id }) => id))).toEqual([ids.toReversed(), []]);
});

test("an export can be imported again as it is, state and all; names that are taken can be left out", async () => {
  const world = await openWatchedWorld();
  await world.install();
  await world.install("instapp_2");
  const { balance_id } = openWallet(world.ledger, { amount: 1000n });
  await world.monitor({ name: "Treasury low", ...below({ balance_id }, "50.00", { rearm: "60.00" }) });
  await world.evaluate();
  const plain = await exported(world, "instapp_1");
  expect(plain).toMatchObject({
    monitors: [{ name: "Treasury low", condition: { value: "50.00", rearm: "60.00", precision: 100 } }],
  });
  const full = await exported(world, "instapp_1", { withState: true });
  expect(full.monitors[0]!.state).toEqual([
    { subject: balance_id, state: "firing", value: "10.00", evaluated_at: expect.any(Number) as number },
  ]);
  expect(full.monitors[0]!.incidents).toMatchObject([
    {
      subject: balance_id,
      closed_at: null,
      reason: null,
      delivery: "delivered",
      anomaly_id: world.alerts()[0]!.anomaly_id,
    },
  ]);

  const author = { installed_app_id: "instapp_2", generation: 1, ...AUTHOR };
  const now = world.clock.now();
  expect(await importMonitors(world.db, author, full, { skipExisting: false, now })).toEqual({
    created: 1,
    errors: [],
  });
  expect(await importMonitors(world.db, author, full, { skipExisting: true, now })).toEqual({
    created: 0,
    errors: [],
  });
  const broken = { monitors: [plain.monitors[0], { name: "No kind" }] };
  expect(await importMonitors(world.db, author, broken, { skipExisting: false, now })).toMatchObject({
    created: 0,
    errors: [{ index: 1, path: "kind" }],
  });
  expect(await exported(world, "instapp_2")).toEqual(plain);
  await world.work();
  expect((await exported(world, "instapp_2", { withState: true })).monitors[0]).toMatchObject({
    state: [{ state: "firing" }],
  });
});

test("what has outlived its time is swept, an open incident never", async () => {
  const world = await openWatchedWorld();
  await world.install();
  const open = openWallet(world.ledger, { amount: 1000n });
  const closed = openWallet(world.ledger, { amount: 1000n });
  await world.monitor(below({ balance_id: open.balance_id }, "50.00"));
  await world.monitor(below({ balance_id: closed.balance_id }, "50.00"));
  await world.evaluate();
  move(world.ledger, { source: "@World", destination: closed.balance_id, precise_amount: 9000n });
  await world.work(60_000);
  const sweep = async (days: number) => {
    for (const rule of RETENTION)
      await world.db.write((tx) => deleteExpired(tx, rule, world.clock.now() + days * 86_400_000));
  };
  await sweep(31);
  expect(await world.db.read.selectFrom("evaluations").selectAll().execute()).toEqual([]);
  expect(await world.incidents()).toHaveLength(2);
  await sweep(401);
  expect(await world.incidents()).toMatchObject([{ entity: open.balance_id }]);
  expect(await world.deliveries()).toHaveLength(1);
  await uninstall(world, "instapp_1");
  await sweep(91);
  expect([await world.incidents(), await world.monitors(), await world.states()]).toEqual([[], [], []]);
});
