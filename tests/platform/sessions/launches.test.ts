import { expect, test } from "vitest";

import { hashSecret } from "#app/platform/sessions/secrets.server.ts";
import { API_KEY } from "#tests/support/blnk-payloads.ts";
import { NOON, openWorld, type World } from "#tests/support/open-world.ts";

import { launchToken, openBrowser } from "./browse.ts";

const live = (world: World) =>
  world.db.read
    .selectFrom("launches")
    .select(["launch_id", "redemptions"])
    .where("ended_at", "is", null)
    .execute();

test("a launch stores a hash, an absolute expiry, the generation and the source, and answers a fresh URL", async () => {
  const world = await openWorld();
  await world.install();
  const { portalUrl, launchId } = await world.launch({ user_id: "user_7" });
  expect(portalUrl).toMatch(/^https:\/\/tidemark\.example\.com\/portal\/enter\?token=[\w-]{43}$/);
  expect(await world.db.read.selectFrom("launches").selectAll().execute()).toEqual([
    {
      launch_id: launchId,
      installed_app_id: "instapp_1",
      generation: 1,
      token_hash: hashSecret(new URL(portalUrl).searchParams.get("token")!),
      user_id: "user_7",
      created_at: NOON,
      expires_at: NOON + 15 * 60_000,
      ended_at: null,
      redemptions: 0,
      source_address: "192.0.2.1",
      secret_index: 0,
    },
  ]);
  expect((await world.launch()).portalUrl).not.toBe(portalUrl);
});

test("the URL holds neither the key nor anything of the install", async () => {
  const world = await openWorld();
  await world.install();
  const { portalUrl } = await world.launch();
  for (const text of [API_KEY, "instapp_1", "inst_1", "app_1"]) expect(portalUrl).not.toContain(text);
});

test.each([
  ["unknown_install", { installed_app_id: "instapp_9" }],
  ["mismatch", { app_id: "app_9" }],
  ["mismatch", { instance_id: "inst_9" }],
])("a launch is refused as %s and stores nothing", async (code, fields) => {
  const world = await openWorld();
  await world.install();
  await expect(world.launch(fields)).rejects.toMatchObject({ code });
  expect(await live(world)).toEqual([]);
});

test("an inactive install is not launched, and a mismatch is told before that", async () => {
  const world = await openWorld();
  await world.install();
  await world.uninstall();
  await expect(world.launch()).rejects.toMatchObject({ code: "inactive_install" });
  await expect(world.launch({ instance_id: "inst_9" })).rejects.toMatchObject({ code: "mismatch" });
  expect(await live(world)).toEqual([]);
});

test("an app_id unlike the pinned one is not launched", async () => {
  const world = await openWorld({ pinnedAppId: "app_1" });
  await world.install();
  await expect(world.launch({ app_id: "app_2" })).rejects.toMatchObject({ code: "mismatch" });
  await expect(world.launch()).resolves.toBeDefined();
});

test("beyond 50 live launches the oldest that nobody opened goes first", async () => {
  const world = await openWorld();
  await world.install();
  const launches = [];
  for (let count = 0; count < 50; count += 1) {
    world.advance(1);
    launches.push(await launchToken(world));
  }
  await openBrowser(world).enter({ token: launches[0]!.token });
  world.advance(1);
  await world.launch();
  const ids = (await live(world)).map(({ launch_id }) => launch_id);
  expect(ids).toHaveLength(50);
  expect(ids).toContain(launches[0]!.launchId);
  expect(ids).not.toContain(launches[1]!.launchId);
  expect(ids).toContain(launches[2]!.launchId);
});

test("when all 50 have been opened the newest launch still works, and the oldest ends", async () => {
  const world = await openWorld();
  await world.install();
  const launches = [];
  for (let count = 0; count < 50; count += 1) {
    world.advance(1);
    const launched = await launchToken(world);
    launches.push(launched);
    await openBrowser(world).enter({ token: launched.token });
  }
  const newest = await launchToken(world);
  expect(await openBrowser(world).enter({ token: newest.token })).toBeDefined();
  const ids = (await live(world)).map(({ launch_id }) => launch_id);
  expect(ids).toHaveLength(50);
  expect(ids).not.toContain(launches[0]!.launchId);
});

test("80 launches in the same millisecond leave 50 live ones", async () => {
  const world = await openWorld();
  await world.install();
  await Promise.all(Array.from({ length: 80 }, () => world.launch()));
  expect(await live(world)).toHaveLength(50);
});

test("the launches of one install never push out another's", async () => {
  const world = await openWorld();
  await world.install();
  await world.install({ installed_app_id: "instapp_2", api_key: "blnk_2" });
  const kept = await launchToken(world, { installed_app_id: "instapp_2" });
  for (let count = 0; count < 55; count += 1) await world.launch();
  expect(await openBrowser(world).enter({ token: kept.token })).toBeDefined();
});
