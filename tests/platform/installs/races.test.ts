import { expect, test } from "vitest";

import { callbackSchema } from "#app/platform/installs/callback-schema.ts";
import { receiveCallback } from "#app/platform/installs/receive-callback.server.ts";
import { installBody } from "#tests/support/blnk-payloads.ts";
import { openWorld } from "#tests/support/open-world.ts";

const times = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

test("the same install 50 times at once is applied once", async () => {
  const world = await openWorld();
  const verdicts = await times(50, () => world.install());
  expect(verdicts.filter(({ outcome }) => outcome === "applied")).toHaveLength(1);
  expect(verdicts.filter(({ outcome }) => outcome === "duplicate")).toHaveLength(49);
  expect(await world.findInstall()).toMatchObject({ generation: 1, state: "active" });
  expect(await world.events()).toMatchObject([{ outcome: "applied", deliveries: 50 }]);
  expect(await world.openJobs()).toHaveLength(1);
});

test("50 installs with keys of their own at once leave one generation each and one current key", async () => {
  const world = await openWorld();
  const verdicts = await times(50, (index) => world.install({ api_key: `blnk_key_${index}` }));
  expect(verdicts.every(({ outcome }) => outcome === "applied")).toBe(true);
  expect(await world.findInstall()).toMatchObject({ generation: 50 });
  expect(await world.currentKey()).toMatch(/^blnk_key_\d+$/);
  expect(await world.openJobs()).toMatchObject([{ generation: 50 }]);
});

test("50 mixed events at once leave an install that is either active with its key or inactive without", async () => {
  const world = await openWorld();
  await times(50, (index) => {
    if (index % 3 === 0)
      return world.uninstall({ uninstalled_at: `2026-11-24T12:00:${String(index % 60).padStart(2, "0")}Z` });
    return world.install({ api_key: `blnk_key_${index % 7}` });
  });
  const install = await world.findInstall();
  const held = (await world.keys()).filter(({ box }) => box !== null);
  const deliveries = (await world.events()).reduce((sum, event) => sum + event.deliveries, 0);
  expect(deliveries).toBe(50);
  if (install?.state === "active") expect(await world.currentKey()).toBeDefined();
  else expect(held).toEqual([]);
  expect(new Set((await world.keys()).map(({ generation }) => generation)).size).toBe(
    (await world.keys()).length,
  );
});

test("launches that race an uninstall leave no live launch", async () => {
  const world = await openWorld();
  await world.install();
  const results = await Promise.allSettled([
    ...Array.from({ length: 20 }, () => world.launch()),
    world.uninstall(),
    ...Array.from({ length: 20 }, () => world.launch()),
  ]);
  expect(results.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
  expect(results.filter(({ status }) => status === "rejected").length).toBeGreaterThan(0);
  const live = await world.db.read
    .selectFrom("launches")
    .select("launch_id")
    .where("ended_at", "is", null)
    .execute();
  expect(live).toEqual([]);
});

test("a callback whose caller has gone before its turn is not applied", async () => {
  const world = await openWorld();
  const controller = new AbortController();
  const delivery = {
    event: callbackSchema.parse(installBody()),
    source_address: "192.0.2.1",
    secret_index: 0,
    arrivedAt: performance.now(),
    signal: controller.signal,
  };
  const receiving = receiveCallback(world, delivery);
  controller.abort();
  await expect(receiving).rejects.toMatchObject({ name: "StorageError", code: "not_begun" });
  expect(await world.events()).toEqual([]);
  expect(await world.findInstall()).toBeUndefined();
});

test("what arrived more than nine seconds ago is not applied, as its caller has given it up", async () => {
  const world = await openWorld();
  const deliver = (secondsAgo: number) =>
    receiveCallback(world, {
      event: callbackSchema.parse(installBody()),
      source_address: "192.0.2.1",
      secret_index: 0,
      arrivedAt: performance.now() - secondsAgo * 1000,
      signal: new AbortController().signal,
    });
  await expect(deliver(9.1)).rejects.toMatchObject({ name: "StorageError", code: "not_begun" });
  expect(await world.events()).toEqual([]);
  expect(await deliver(1)).toMatchObject({ outcome: "applied" });
});
