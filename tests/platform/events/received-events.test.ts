import { expect, test } from "vitest";

import { findEvent, recordEvent, type ReceivedEvent } from "#app/platform/events/received-events.server.ts";
import { NOON, openWorld, type World } from "#tests/support/open-world.ts";

const EVENT: ReceivedEvent = {
  idempotency_key: "install:instapp_1",
  fingerprint: "f1",
  kind: "install",
  installed_app_id: "instapp_1",
  app_id: "app_1",
  instance_id: "inst_1",
  source_address: "192.0.2.1",
  secret_index: 0,
};

type Outcome = Parameters<typeof recordEvent>[2]["outcome"];

function record(world: World, outcome: Outcome, event: Partial<ReceivedEvent> = {}): Promise<number> {
  const received = { ...EVENT, ...event };
  return world.db.write(async (tx) => {
    const earlier = await findEvent(tx, received);
    return await recordEvent(tx, received, { outcome, reason: null }, { earlier, now: world.clock.now() });
  });
}

test("an identity is the idempotency key and the fingerprint: neither alone makes a row", async () => {
  const world = await openWorld();
  const ids = [
    await record(world, "applied"),
    await record(world, "applied", { fingerprint: "f2" }),
    await record(world, "applied", { idempotency_key: "install:other" }),
    await record(world, "duplicate"),
  ];
  expect(ids[3]).toBe(ids[0]);
  expect(new Set(ids).size).toBe(3);
});

test("a repeated delivery keeps the first time and takes the last time, address and secret", async () => {
  const world = await openWorld();
  await record(world, "applied");
  world.advance(1000);
  await record(world, "duplicate", { source_address: "198.51.100.7", secret_index: 1 });
  expect(await world.events()).toMatchObject([
    {
      deliveries: 2,
      first_received_at: NOON,
      last_received_at: NOON + 1000,
      source_address: "198.51.100.7",
      secret_index: 1,
      outcome: "applied",
    },
  ]);
});

test.each<[Outcome, Outcome, Outcome]>([
  ["ignored", "applied", "applied"],
  ["refused", "applied", "applied"],
  ["ignored", "refused", "refused"],
  ["duplicate", "refused", "refused"],
  ["applied", "duplicate", "applied"],
  ["applied", "refused", "applied"],
  ["applied", "applied", "applied"],
  ["superseded", "duplicate", "superseded"],
  ["superseded", "refused", "superseded"],
])("%s and then %s is recorded as %s", async (first, second, recorded) => {
  const world = await openWorld();
  await record(world, first);
  await record(world, second);
  expect(await world.events()).toMatchObject([{ outcome: recorded, deliveries: 2 }]);
});
