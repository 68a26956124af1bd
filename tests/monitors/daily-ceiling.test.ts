import { expect, test } from "vitest";

import type { RecordedStep } from "#app/monitors/incidents/incidents.server.ts";
import { limitEvents, recordSurplus } from "#app/monitors/incidents/daily-ceiling.server.ts";
import { addValue, emptyCount, estimate } from "#app/monitors/incidents/distinct-count.server.ts";
import { EVENTS_PER_DAY } from "#app/monitors/incidents/stopped-recording.ts";
import { setWebhook } from "#app/monitors/webhook/webhooks.server.ts";
import { loadMonitor } from "#app/portal/monitors/detail/load-monitor.server.ts";

import { AUTHOR, below, move, openWallet, openWatchedWorld, type WatchedWorld } from "./watched-world.ts";

const PAYMENTS = { kind: "transaction_match", select: { currency: "USD" }, condition: {} };
const DAY_MS = 86_400_000;

function pay(world: WatchedWorld, balance_id: string, count: number) {
  for (let payment = 0; payment < count; payment += 1)
    move(world.ledger, { source: "@World", destination: balance_id, precise_amount: 1n });
}

const isWithin = (share: number, number: number, of: number) => Math.abs(number - of) <= share * of;

test("a monitor records a thousand events a day, then one that counts the others, with one alert and one message", async () => {
  const world = await openWatchedWorld({ webhookHosts: ["*"] });
  const { installed_app_id, owner } = await world.install();
  await setWebhook(world.platform, owner, { url: "https://hooks.example.com/", format: "standard" }, AUTHOR);
  const { balance_id } = openWallet(world.ledger, { amount: 0n });
  const id = await world.monitor(PAYMENTS);
  await world.work();

  pay(world, balance_id, 1_300);
  await world.work(60_000);
  const split = async () => {
    const incidents = await world.incidents();
    return {
      recorded: incidents.filter(({ unrecorded }) => unrecorded === null).length,
      stopped: incidents.filter(({ unrecorded }) => unrecorded !== null),
    };
  };
  const first = await split();
  expect(first.recorded).toBe(EVENTS_PER_DAY);
  expect(first.stopped).toHaveLength(1);
  expect(isWithin(0.1, first.stopped[0]!.unrecorded!, 300)).toBe(true);

  pay(world, balance_id, 200);
  await world.work(60_000);
  const second = await split();
  expect(second.recorded).toBe(EVENTS_PER_DAY);
  expect(second.stopped.map((incident) => incident.id)).toEqual(first.stopped.map((incident) => incident.id));
  expect(isWithin(0.1, second.stopped[0]!.unrecorded!, 500)).toBe(true);

  const told = world.alerts().filter(({ description }) => description.includes("Stopped recording"));
  expect(told).toHaveLength(1);
  expect(told[0]!.description).toMatch(/1,000 incidents today \(UTC\); about \d+ more matched\./);
  const messages = world.db.read.selectFrom("webhook_messages").where("event", "=", "monitor.capped");
  expect(await messages.selectAll().execute()).toHaveLength(1);
  // Ten of their own, one for the other 990, and that one.
  expect(world.alerts()).toHaveLength(12);
  const page = await loadMonitor(world.db, { installedAppId: installed_app_id, id, now: world.clock.now() });
  expect(page?.stopped).toMatch(/^Stopped recording: 1,000 incidents today \(UTC\); about [45]\d0 more/);
});

test("what is read again, as new balances are for ten minutes, is not counted again", async () => {
  const world = await openWatchedWorld();
  await world.install();
  await world.monitor({ kind: "new_balance", select: { currency: "USD" }, condition: {} });
  await world.work();
  const { ledger_id } = openWallet(world.ledger, { amount: 0n });
  for (let balance = 0; balance < 1_099; balance += 1)
    openWallet(world.ledger, { amount: 0n, ledgerId: ledger_id });
  const unrecorded = async () => (await world.incidents()).find(({ unrecorded }) => unrecorded !== null);
  await world.work(60_000);
  const first = (await unrecorded())!.unrecorded!;
  expect(isWithin(0.1, first, 100)).toBe(true);
  await world.work(60_000);
  await world.work(60_000);
  expect((await unrecorded())!.unrecorded).toBe(first);
});

const event = (subject: string): RecordedStep => {
  const result = {
    subject,
    outcome: "happened" as const,
    entity: subject,
    value: undefined,
    compared_to: undefined,
    reason: undefined,
  };
  const id = `inc_${subject}`;
  return {
    subject,
    result,
    previous: undefined,
    step: {
      next: undefined,
      opened: { id, announcement: "alert" },
      unmuted: undefined,
      closed: { id, reason: "event" },
    },
  };
};

test("the next day a monitor records again, and counts anew", async () => {
  const world = await openWatchedWorld();
  const { installed_app_id } = await world.install();
  const owner = { installed_app_id, monitor_id: await world.monitor(PAYMENTS) };
  const events = Array.from({ length: EVENTS_PER_DAY + 50 }, (_, index) => event(`txn_${index}`));
  const today = Date.UTC(2026, 10, 25, 23, 59);
  for (const now of [today, today + DAY_MS]) {
    const { recorded, surplus } = await limitEvents(world.db, owner.monitor_id, events, now);
    expect(recorded).toHaveLength(EVENTS_PER_DAY);
    await world.db.write((tx) => recordSurplus(tx, owner, surplus!, now));
  }
  const days = (await world.incidents()).map(({ subject, unrecorded }) => ({ subject, unrecorded }));
  expect(days.map(({ subject }) => subject)).toEqual(["2026-11-25", "2026-11-26"]);
  for (const { unrecorded } of days) expect(isWithin(0.1, unrecorded!, 50)).toBe(true);
});

test("a thousand conditions that become true are all recorded: the limit is for events", async () => {
  const world = await openWatchedWorld();
  await world.install();
  const { ledger_id } = openWallet(world.ledger, { amount: 1n });
  for (let balance = 0; balance < EVENTS_PER_DAY + 9; balance += 1)
    openWallet(world.ledger, { amount: 1n, ledgerId: ledger_id });
  await world.monitor(below({ ledger_id }, "50.00"));
  await world.work();
  expect(await world.incidents()).toHaveLength(EVENTS_PER_DAY + 10);
});

test.each([1, 40, 3_000, 200_000])("%d different values are counted within a tenth", (size) => {
  const count = emptyCount();
  for (let value = 0; value < size; value += 1) addValue(count, `txn_${value}`);
  const once = estimate(count);
  for (let value = 0; value < size; value += 3) addValue(count, `txn_${value}`);
  expect(estimate(count)).toBe(once);
  expect(isWithin(0.1, once, size)).toBe(true);
});
