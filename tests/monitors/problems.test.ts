import { expect, test } from "vitest";

import { pauseMonitor } from "#app/monitors/monitors.server.ts";
import type { PostWebhook } from "#app/monitors/webhook/post-webhook.server.ts";
import { setWebhook } from "#app/monitors/webhook/webhooks.server.ts";

import { AUTHOR, below, openWallet, openWatchedWorld } from "./watched-world.ts";

const MINUTE = 60_000;
const DOWN = { kind: "status", status: 500, path: "/data/balances" } as const;

/** A world that tells a webhook, and the types of what it told. */
async function open() {
  const told: string[] = [];
  const postWebhook: PostWebhook = (_url, _headers, body) => {
    told.push((JSON.parse(body) as { type: string }).type);
    return Promise.resolve({ kind: "answered", status: 200 });
  };
  const world = await openWatchedWorld({ webhookHosts: ["hooks.example.com"], postWebhook });
  const install = await world.install();
  await setWebhook(
    world.platform,
    install.owner,
    { url: "https://hooks.example.com/in", format: "standard" },
    AUTHOR,
  );
  /** Hours in UTC, from and to so many minutes from now. */
  const hours = (from: number, to: number) => {
    const clock = (minutes: number) =>
      new Date(world.clock.now() + minutes * MINUTE).toISOString().slice(11, 16);
    return { schedule: { from: clock(from), to: clock(to), time_zone: "UTC" } };
  };
  const { balance_id } = openWallet(world.ledger, { amount: 1000n });
  return {
    world,
    install,
    told,
    watch: async (more: object = {}) => await world.monitor({ ...below({ balance_id }, "50.00"), ...more }),
    hours,
    pass: async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute += 1) await world.work(MINUTE);
    },
    problems: async () => (await world.monitors()).map(({ problem }) => problem !== null),
  };
}

test("a key that Cloud refuses is a problem of the monitors that were due, not of one outside its hours", async () => {
  const { world, watch, hours, problems } = await open();
  await watch();
  await watch(hours(60, 120));
  world.sandbox.faults.add({ kind: "status", status: 401, path: "/data/" });
  await world.evaluate();
  expect(await problems()).toEqual([true, false]);
});

test("a problem goes when it passes, and when the monitor's hours end before that", async () => {
  const { world, watch, hours, problems, told, pass } = await open();
  await watch();
  await watch(hours(-60, 5));
  await world.evaluate();
  expect(await world.states()).toMatchObject([{ state: "firing" }, { state: "firing" }]);
  world.sandbox.faults.add(DOWN);
  await pass(3);
  expect(await problems()).toEqual([true, true]);
  await pass(4);
  expect(await problems()).toEqual([true, false]);
  const [, scheduled] = await world.monitors();
  expect((await world.states()).filter(({ monitor_id }) => monitor_id === scheduled!.id)).toMatchObject([
    { state: "firing", reason: null },
  ]);
  world.sandbox.faults.clear();
  await pass(1);
  expect(await problems()).toEqual([false, false]);
  await pass(20);
  expect(told.filter((type) => type !== "monitor.incidents")).toEqual([]);
  expect(world.alerts()).toHaveLength(2);
});

test("a morning's first failure is no news of a whole night; one that lasts 15 minutes is, once", async () => {
  const { world, watch, hours, told, pass } = await open();
  await watch(hours(30, 120));
  await pass(29);
  world.sandbox.faults.add(DOWN);
  await pass(14);
  expect(told).toEqual([]);
  await pass(30);
  expect(told).toEqual(["monitors.not_evaluated"]);
});

test("a monitor that is paused in the middle of a problem no longer has it", async () => {
  const { world, install, watch, problems, told, pass } = await open();
  const id = await watch();
  await watch({ ...below({ balance_id: "bln_other" }, "1.00"), enabled: false });
  world.sandbox.faults.add(DOWN);
  await world.evaluate();
  expect(await problems()).toEqual([true, false]);
  await world.db.write((tx) => pauseMonitor(tx, install, id, world.clock.now()));
  expect(await problems()).toEqual([false, false]);
  await pass(20);
  expect(told).toEqual([]);
});

test("a cycle in which no monitor was due is complete", async () => {
  const { world, watch, hours } = await open();
  await watch(hours(60, 120));
  await world.evaluate();
  expect(await world.db.read.selectFrom("watches").select("completed_at").execute()).toEqual([
    { completed_at: expect.any(Number) as number },
  ]);
});
