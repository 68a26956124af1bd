import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { jobCredentials } from "#app/platform/installs/cloud-access.server.ts";
import { reportRefusedKey } from "#app/platform/installs/report-refused-key.server.ts";
import { API_KEY, OTHER_API_KEY } from "#tests/support/blnk-payloads.ts";
import { openWorld, type World } from "#tests/support/open-world.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const keyState = async (world: World) => (await world.findInstall())?.key_state;
const nextProof = async (world: World) => (await world.openJobs())[0]!.due_at - world.clock.now();

const activityOf = async (world: World, id: string) =>
  (
    await world.db.read
      .selectFrom("activity")
      .select("action")
      .where("installed_app_id", "=", id)
      .orderBy("id")
      .execute()
  ).map(({ action }) => action);

describe("one key", () => {
  test("a key is proven after the answer by one read with its own instance_id", async () => {
    const world = await openWorld();
    await world.install();
    expect(world.standIn.journal).toEqual([]);
    await world.work(SECOND);
    expect(world.standIn.journal).toEqual([{ path: "/data/ledgers", instanceIds: ["inst_1"], key: API_KEY }]);
    expect(await keyState(world)).toBe("working");
    expect(await world.openJobs()).toEqual([]);
  });

  test("a proven key empties the write-ahead log of the key it replaced, and leaves the log alone where it replaced none", async () => {
    const world = await openWorld();
    const log = () => readFileSync(`${world.file}-wal`, "latin1");
    await world.install();
    const first = (await world.keys())[0]!.box!;
    await world.work(SECOND);
    expect(world.walTruncation.pendingSince()).toBeUndefined();
    expect(log()).toContain(first);
    await world.install({ api_key: OTHER_API_KEY });
    await world.work(SECOND);
    await expect.poll(() => world.walTruncation.pendingSince(), { timeout: 15_000 }).toBeUndefined();
    expect(log()).not.toContain(first);
  });

  test.each([[[]], [["data:write", "alerts:write"]], [["alerts:read"]]])(
    "with %j the same read is tried: refused for the scope alone, the key is accepted and asks no more",
    async (granted_permissions) => {
      const world = await openWorld();
      world.standIn.answer(API_KEY, 403);
      await world.install({ granted_permissions });
      await world.work(SECOND);
      expect(world.standIn.journal).toMatchObject([{ path: "/data/ledgers", instanceIds: ["inst_1"] }]);
      expect(await keyState(world)).toBe("working");
      expect(await world.keys()).toMatchObject([{ proven_at: null }]);
      expect(await world.openJobs()).toEqual([]);
    },
  );

  test("with no scope at all a dead key is rejected after two refusals", async () => {
    const world = await openWorld();
    world.standIn.answer(API_KEY, 401);
    await world.install({ granted_permissions: [] });
    await world.work(SECOND);
    await world.work(3 * SECOND);
    expect(await keyState(world)).toBe("rejected");
  });

  test.each([401, 404, 503])(
    "with alerts:read alone a read of alerts accepts a key whose read of data was answered %i",
    async (status) => {
      const world = await openWorld();
      world.standIn.answer(API_KEY, status, "{}", "/data/ledgers");
      await world.install({ granted_permissions: ["alerts:read"] });
      await world.work(SECOND);
      expect(world.standIn.journal.map(({ path }) => path)).toEqual(["/data/ledgers", "/alerts/statuses"]);
      expect(await keyState(world)).toBe("working");
      expect(await world.keys()).toMatchObject([{ proven_at: null }]);
    },
  );

  test("with alerts:read alone a key that both reads refuse is rejected", async () => {
    const world = await openWorld();
    world.standIn.answer(API_KEY, 401);
    await world.install({ granted_permissions: ["alerts:read"] });
    await world.work(SECOND);
    await world.work(3 * SECOND);
    expect(await keyState(world)).toBe("rejected");
  });

  test("one 401 does not reject a key, a second at least two seconds later does", async () => {
    const world = await openWorld();
    world.standIn.answer(API_KEY, 401);
    await world.install();
    await world.work(SECOND);
    expect(await keyState(world)).toBe("unverified");
    expect(await nextProof(world)).toBeGreaterThanOrEqual(2 * SECOND);
    await world.work(3 * SECOND);
    expect(await keyState(world)).toBe("rejected");
  });

  test("a launch right after the first 401 does not count as the second", async () => {
    const world = await openWorld();
    world.standIn.answer(API_KEY, 401);
    await world.install();
    await world.work(SECOND);
    await world.launch();
    await world.work();
    expect(world.standIn.journal).toHaveLength(2);
    expect(await keyState(world)).toBe("unverified");
    await world.work(3 * SECOND);
    expect(await keyState(world)).toBe("rejected");
  });

  test("a rejected key is tried again after 1, 5 and 15 minutes, then hourly", async () => {
    const world = await openWorld();
    world.standIn.answer(API_KEY, 401);
    await world.install();
    await world.work(SECOND);
    await world.work(3 * SECOND);
    const waits: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      waits.push((await nextProof(world)) / MINUTE);
      await world.work(await nextProof(world));
    }
    expect(waits).toEqual([1, 5, 15, 60, 60]);
  });

  test("an answer that says nothing of a rejected key leaves its next try where it was", async () => {
    const world = await openWorld();
    world.standIn.answer(API_KEY, 503);
    await world.install();
    await world.work(SECOND);
    world.standIn.answer(API_KEY, 401);
    await world.work(SECOND);
    world.standIn.answer(API_KEY, 503);
    await world.work(3 * SECOND);
    world.standIn.answer(API_KEY, 401);
    const waits: number[] = [];
    for (const status of [401, 503, 401, 503, 503, 401]) {
      await world.work(await nextProof(world));
      waits.push((await nextProof(world)) / MINUTE);
      world.standIn.answer(API_KEY, status);
    }
    expect(await keyState(world)).toBe("rejected");
    expect(waits).toEqual([1, 5, 5, 15, 15, 15]);
  });

  test("a rejected key is tried at a launch, and one success makes it working", async () => {
    const world = await openWorld();
    world.standIn.answer(API_KEY, 401);
    await world.install();
    await world.work(SECOND);
    await world.work(3 * SECOND);
    world.standIn.answer(API_KEY, 200);
    await world.launch();
    await world.work();
    expect(await keyState(world)).toBe("working");
    expect(await world.openJobs()).toEqual([]);
  });

  test.each([
    ["Core's AUTH_ code in a 401", 401, '{"error":"x","error_detail":{"code":"AUTH_INVALID_API_KEY"}}'],
    [
      "Core's AUTH_ code in a 403",
      403,
      '{"error":"x","error_detail":{"code":"AUTH_INSUFFICIENT_PERMISSIONS"}}',
    ],
    ["an outage", 503, "{}"],
    ["a limit", 429, "{}"],
    ["a 403 of Cloud's own", 403, '{"error":"no"}'],
    ["a gateway's page", 502, "<h1>Bad gateway</h1>"],
  ])("%s never rejects a key", async (_name, status, body) => {
    const world = await openWorld();
    world.standIn.answer(API_KEY, status, body);
    await world.install();
    for (let round = 0; round < 4; round += 1) await world.work(3 * SECOND);
    expect(world.standIn.journal.length).toBeGreaterThan(1);
    expect(await keyState(world)).toBe("unverified");
  });

  test("an inconclusive fresh key is tried with backoff for ten minutes, then hourly", async () => {
    const world = await openWorld();
    world.standIn.answer(API_KEY, 503);
    await world.install();
    await world.work(SECOND);
    const waits: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const wait = await nextProof(world);
      waits.push(wait);
      await world.work(wait);
    }
    expect(waits.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 32].map((seconds) => seconds * SECOND));
    expect(waits.at(-1)).toBe(60 * MINUTE);
    expect(waits.every((wait, index) => index === 0 || wait >= waits[index - 1]!)).toBe(true);
  });
});

describe("a replaced key", () => {
  test("is destroyed once the new one works", async () => {
    const world = await openWorld();
    await world.install();
    await world.install({ api_key: OTHER_API_KEY });
    await world.work(SECOND);
    expect(await keyState(world)).toBe("working");
    expect((await world.keys()).map(({ box }) => box !== null)).toEqual([false, true]);
    expect(world.standIn.journal.map(({ key }) => key)).toEqual([OTHER_API_KEY]);
  });

  test("is restored when the new one is refused and it still works", async () => {
    const world = await openWorld();
    await world.install();
    await world.work(SECOND);
    world.standIn.answer("blnk_forged", 401);
    await world.install({ api_key: "blnk_forged", granted_permissions: ["data:read", "data:write"] });
    await world.launch();
    await world.work(SECOND);
    expect(await world.currentKey()).toBe("blnk_forged");
    await world.work(3 * SECOND);
    expect(await world.currentKey()).toBe(API_KEY);
    expect(await world.findInstall()).toMatchObject({
      state: "active",
      generation: 3,
      key_state: "working",
      granted_permissions: '["alerts:write","data:read"]',
    });
    expect((await world.events()).map(({ outcome }) => outcome)).toEqual(["applied", "superseded"]);
    expect((await world.keys()).filter(({ box }) => box !== null)).toHaveLength(1);
    const launches = await world.db.read.selectFrom("launches").select("ended_at").execute();
    expect(launches).toEqual([{ ended_at: world.clock.now() }]);
    expect(await world.openJobs()).toEqual([]);
  });

  test("is restored for good: neither event brings the forged key back", async () => {
    const world = await openWorld();
    await world.install();
    world.standIn.answer("blnk_forged", 401);
    await world.install({ api_key: "blnk_forged" });
    await world.work(SECOND);
    await world.work(3 * SECOND);
    expect(await world.currentKey()).toBe(API_KEY);
    for (const fields of [
      { api_key: "blnk_forged" },
      { api_key: "blnk_forged", granted_permissions: [] },
      {},
    ]) {
      expect(await world.install(fields)).toMatchObject({ outcome: "duplicate" });
    }
    expect(await world.currentKey()).toBe(API_KEY);
    expect((await world.events()).map(({ outcome }) => outcome)).toEqual([
      "applied",
      "superseded",
      "duplicate",
    ]);
  });

  test("several forged keys in a row end with the one that works", async () => {
    const world = await openWorld();
    await world.install();
    for (const api_key of ["blnk_forged_1", "blnk_forged_2", "blnk_forged_3"]) {
      world.standIn.answer(api_key, 401);
      await world.install({ api_key });
    }
    await world.work(SECOND);
    await world.work(3 * SECOND);
    expect(await world.currentKey()).toBe(API_KEY);
    expect((await world.events()).map(({ outcome }) => outcome)).toEqual([
      "applied",
      "superseded",
      "superseded",
      "superseded",
    ]);
  });

  test("is kept while both are refused, and restored when it works again", async () => {
    const world = await openWorld();
    await world.install();
    world.standIn.answer(API_KEY, 401);
    world.standIn.answer(OTHER_API_KEY, 401);
    await world.install({ api_key: OTHER_API_KEY });
    await world.work(SECOND);
    await world.work(3 * SECOND);
    expect(await keyState(world)).toBe("rejected");
    expect((await world.keys()).filter(({ box }) => box !== null)).toHaveLength(2);
    world.standIn.answer(API_KEY, 200);
    await world.work(MINUTE);
    expect(await world.currentKey()).toBe(API_KEY);
  });

  test("is destroyed by an uninstall while the new one is not proven", async () => {
    const world = await openWorld();
    world.standIn.answer(OTHER_API_KEY, 403);
    await world.install();
    await world.install({ api_key: OTHER_API_KEY, granted_permissions: [] });
    await world.work(SECOND);
    await world.uninstall();
    expect((await world.keys()).filter(({ box }) => box !== null)).toEqual([]);
  });

  test("is destroyed at once by an uninstall, with the new one", async () => {
    const world = await openWorld();
    await world.install();
    await world.install({ api_key: OTHER_API_KEY });
    await world.uninstall();
    expect((await world.keys()).map(({ box, key_prefix }) => [box, key_prefix])).toEqual([
      [null, ""],
      [null, ""],
    ]);
  });
});

/** A minute in steps, as the worker's polls are. */
async function aMinute(world: World): Promise<void> {
  for (let second = 0; second < 60; second += 1) await world.work(SECOND);
}

const FORGED = "blnk_forged";

describe("a forged install", () => {
  test.each([
    ["a made-up key and no scopes", 401, []],
    ["a made-up key and alerts alone", 401, ["alerts:read", "alerts:write"]],
    ["a made-up key and all scopes", 401, ["data:read", "data:write"]],
    ["the key of another instance and no scopes", 403, []],
    ["the key of another instance and alerts alone", 403, ["alerts:read", "alerts:write"]],
    ["the key of another instance and all scopes", 403, ["data:read", "data:write"]],
    ["a key that Cloud slows down", 429, ["data:read"]],
    ["a key of an instance that is down", 503, []],
  ])("with %s is healed within a minute", async (_name, status, granted_permissions) => {
    const world = await openWorld();
    await world.install();
    await world.work(SECOND);
    world.standIn.answer(FORGED, status);
    world.standIn.answer(FORGED, status === 403 ? 200 : status, "{}", "/alerts/statuses");
    await world.install({ api_key: FORGED, granted_permissions });
    expect(await world.currentKey()).toBe(FORGED);
    await aMinute(world);
    expect(await world.currentKey()).toBe(API_KEY);
    expect(await world.findInstall()).toMatchObject({
      state: "active",
      key_state: "working",
      granted_permissions: '["alerts:write","data:read"]',
    });
    expect((await world.events()).map(({ outcome }) => outcome)).toEqual(["applied", "superseded"]);
  });

  test("whose key opens the breaker, and whose users launch again and again, is healed within a minute", async () => {
    const world = await openWorld();
    await world.install();
    await world.work(SECOND);
    world.standIn.answer(FORGED, 502);
    await world.install({ api_key: FORGED, granted_permissions: [] });
    for (let round = 0; round < 8; round += 1) {
      await world.launch();
      await world.work();
    }
    expect(await world.currentKey()).toBe(FORGED);
    await world.work(20 * SECOND);
    expect(await world.currentKey()).toBe(API_KEY);
  });

  test("that cannot be told from the real one during an outage is healed a minute after it at the latest", async () => {
    const world = await openWorld();
    await world.install();
    await world.work(SECOND);
    world.standIn.answer(FORGED, 403);
    world.standIn.answer(API_KEY, 500);
    await world.install({ api_key: FORGED, granted_permissions: [] });
    for (let minute = 0; minute < 30; minute += 1) await world.work(MINUTE);
    expect(await world.currentKey()).toBe(FORGED);
    expect(await keyState(world)).toBe("unverified");
    world.standIn.answer(API_KEY, 200);
    await world.work(MINUTE);
    expect(await world.currentKey()).toBe(API_KEY);
  });

  test("is healed in place of a real key that can itself read nothing", async () => {
    const world = await openWorld();
    const granted_permissions = ["alerts:read", "alerts:write"];
    world.standIn.answer(API_KEY, 403, "{}", "/data/ledgers");
    world.standIn.answer(FORGED, 403, "{}", "/data/ledgers");
    await world.install({ granted_permissions });
    await world.work(SECOND);
    await world.install({ api_key: FORGED, granted_permissions });
    await aMinute(world);
    expect(await world.currentKey()).toBe(API_KEY);
    await world.work(MINUTE);
    expect(await world.currentKey()).toBe(API_KEY);
    for (let minute = 0; minute < 70; minute += 1) await world.work(MINUTE);
    expect(await world.currentKey()).toBe(API_KEY);
    expect((await world.keys()).filter(({ box }) => box !== null)).toHaveLength(1);
    expect(await world.openJobs()).toEqual([]);
  });

  test("gets no call of a job, not even while it is current", async () => {
    const world = await openWorld();
    await world.install();
    await world.work(SECOND);
    world.standIn.answer(FORGED, 403);
    await world.install({ api_key: FORGED, granted_permissions: ["alerts:write"] });
    const client = world.cloud.client(jobCredentials(world, (await world.findInstall())!));
    await expect(client.alerts.flag("bln_1", { description: "Low" })).rejects.toMatchObject({
      code: "unproven",
    });
    await aMinute(world);
    const healed = world.cloud.client(jobCredentials(world, (await world.findInstall())!));
    await healed.alerts.flag("bln_1", { description: "Low" }).catch(() => undefined);
    const flags = world.standIn.journal.filter(({ path }) => path.startsWith("/alerts/flag"));
    expect(flags.map(({ key }) => key)).toEqual([API_KEY]);
  });
});

describe("Cloud's word against Cloud's", () => {
  test("a genuine install with fewer scopes ends on its key, and the revoked one is destroyed", async () => {
    const world = await openWorld();
    await world.install();
    await world.work(SECOND);
    world.standIn.answer(API_KEY, 401);
    world.standIn.answer(OTHER_API_KEY, 403, "{}", "/data/ledgers");
    await world.install({ api_key: OTHER_API_KEY, granted_permissions: ["alerts:read"] });
    await aMinute(world);
    expect(await world.currentKey()).toBe(OTHER_API_KEY);
    expect(await world.findInstall()).toMatchObject({
      generation: 2,
      key_state: "working",
      granted_permissions: '["alerts:read"]',
    });
    expect((await world.keys()).map(({ box }) => box !== null)).toEqual([false, true]);
    expect(await world.openJobs()).toEqual([]);
  });

  test("one 401 does not destroy a held key", async () => {
    const world = await openWorld();
    await world.install();
    await world.work(SECOND);
    world.standIn.answer(API_KEY, 401);
    world.standIn.answer(OTHER_API_KEY, 403);
    await world.install({ api_key: OTHER_API_KEY, granted_permissions: [] });
    await world.work(16 * SECOND);
    world.standIn.answer(API_KEY, 200);
    await world.work(3 * SECOND);
    expect(await world.currentKey()).toBe(API_KEY);
  });

  test("a revocation that comes late costs a switch back, and the new key is current again", async () => {
    const world = await openWorld();
    await world.install();
    await world.work(SECOND);
    world.standIn.answer(OTHER_API_KEY, 403);
    await world.install({ api_key: OTHER_API_KEY, granted_permissions: [] });
    await aMinute(world);
    expect(await world.currentKey()).toBe(API_KEY);
    world.standIn.answer(API_KEY, 401);
    await reportRefusedKey(world, (await world.findInstall())!);
    await aMinute(world);
    expect(await world.currentKey()).toBe(OTHER_API_KEY);
    expect(await keyState(world)).toBe("working");
    expect((await world.events()).map(({ outcome }) => outcome)).toEqual(["superseded", "applied"]);
  });

  test("what a restored key replaced is destroyed after an hour in which it still worked", async () => {
    const world = await openWorld();
    await world.install();
    await world.work(SECOND);
    world.standIn.answer(OTHER_API_KEY, 403);
    await world.install({ api_key: OTHER_API_KEY, granted_permissions: [] });
    await aMinute(world);
    expect((await world.keys()).filter(({ box }) => box !== null)).toHaveLength(2);
    await world.work(60 * MINUTE);
    expect((await world.keys()).filter(({ box }) => box !== null)).toHaveLength(1);
    expect(await world.currentKey()).toBe(API_KEY);
    expect(await world.openJobs()).toEqual([]);
  });

  test("a new key that works before the old one is revoked is kept, and the old one is never asked", async () => {
    const world = await openWorld();
    await world.install();
    await world.work(SECOND);
    world.standIn.answer(OTHER_API_KEY, 401);
    await world.install({ api_key: OTHER_API_KEY });
    await world.work(SECOND);
    world.standIn.answer(OTHER_API_KEY, 200);
    await aMinute(world);
    expect(await world.currentKey()).toBe(OTHER_API_KEY);
    expect(world.standIn.journal.map(({ key }) => key)).toEqual([API_KEY, OTHER_API_KEY, OTHER_API_KEY]);
  });

  test("an install delivered again while its key is held brings it back at once if it works", async () => {
    const world = await openWorld();
    await world.install();
    await world.work(SECOND);
    world.standIn.answer(API_KEY, 500);
    world.standIn.answer(FORGED, 403);
    await world.install({ api_key: FORGED, granted_permissions: [] });
    for (let minute = 0; minute < 20; minute += 1) await world.work(MINUTE);
    world.standIn.answer(API_KEY, 200);
    await world.work();
    expect(await world.currentKey()).toBe(FORGED);
    expect(await world.install()).toMatchObject({ outcome: "duplicate" });
    await world.work();
    expect(await world.currentKey()).toBe(API_KEY);
  });

  test("a late delivery of a dead attempt changes nothing", async () => {
    const world = await openWorld();
    world.standIn.answer(API_KEY, 401);
    world.standIn.answer(OTHER_API_KEY, 503);
    await world.install();
    await world.install({ api_key: OTHER_API_KEY });
    await world.install();
    await aMinute(world);
    expect(await world.findInstall()).toMatchObject({ generation: 2 });
    expect(await world.currentKey()).toBe(OTHER_API_KEY);
  });
});

describe("generations", () => {
  test("a proof that was asked under an older generation does not write its result back", async () => {
    const world = await openWorld();
    world.standIn.answer(OTHER_API_KEY, 503);
    const release = world.standIn.holdAnswers();
    await world.install();
    world.advance(SECOND);
    await world.worker.start();
    await expect.poll(() => world.standIn.journal.length, { timeout: 10_000 }).toBe(1);
    await world.install({ api_key: OTHER_API_KEY });
    release();
    await world.work(SECOND);
    expect(await world.findInstall()).toMatchObject({ generation: 2, key_state: "unverified" });
    expect((await world.keys()).filter(({ box }) => box !== null)).toHaveLength(2);
  });

  test("a proof in flight at an uninstall changes nothing afterwards", async () => {
    const world = await openWorld();
    const release = world.standIn.holdAnswers();
    await world.install();
    world.advance(SECOND);
    await world.worker.start();
    await expect.poll(() => world.standIn.journal.length, { timeout: 10_000 }).toBe(1);
    await world.uninstall();
    const after = await world.findInstall();
    release();
    await world.work(60 * MINUTE);
    expect(await world.findInstall()).toEqual(after);
    expect(world.standIn.journal).toHaveLength(1);
    expect(await world.db.read.selectFrom("jobs").select("state").execute()).toEqual([
      { state: "cancelled" },
    ]);
  });
});

describe("re-installs", () => {
  test("a re-install with a new id takes over what the old one left, once its key works", async () => {
    const world = await openWorld();
    await world.install();
    await world.uninstall();
    await world.install({ installed_app_id: "instapp_2", api_key: OTHER_API_KEY });
    expect(await activityOf(world, "instapp_2")).toEqual(["app.installed"]);
    await world.work(SECOND);
    expect(await activityOf(world, "instapp_2")).toEqual([
      "app.installed",
      "app.uninstalled",
      "app.installed",
    ]);
    expect(await activityOf(world, "instapp_1")).toEqual([]);
  });

  test("an unproven re-install, which may be forged, takes nothing", async () => {
    const world = await openWorld();
    await world.install();
    await world.uninstall();
    world.standIn.answer("blnk_forged", 401);
    await world.install({ installed_app_id: "instapp_2", api_key: "blnk_forged" });
    await world.work(SECOND);
    await world.work(3 * SECOND);
    expect(await activityOf(world, "instapp_1")).toEqual(["app.installed", "app.uninstalled"]);
  });

  test.each([
    ["alerts alone", ["alerts:read", "alerts:write"]],
    ["no scopes", []],
    ["all scopes", ["data:read", "data:write", "alerts:read", "alerts:write"]],
  ])(
    "a key of another instance takes nothing with %s, at once or late",
    async (_name, granted_permissions) => {
      const world = await openWorld();
      world.standIn.answer(FORGED, 403, "{}", "/data/ledgers");
      await world.install();
      await world.work(SECOND);
      const forged = { installed_app_id: "instapp_2", api_key: FORGED, granted_permissions };
      await world.install(forged);
      await aMinute(world);
      await world.uninstall();
      await world.work(MINUTE);
      expect(await activityOf(world, "instapp_1")).toEqual(["app.installed", "app.uninstalled"]);
      expect(await activityOf(world, "instapp_2")).toEqual(["app.installed"]);
    },
  );

  test("a forged install that came and went in between does not cut the next one off", async () => {
    const world = await openWorld();
    await world.install();
    await world.work(SECOND);
    await world.uninstall();
    world.standIn.answer(FORGED, 401);
    world.advance(SECOND);
    await world.install({ installed_app_id: "instapp_2", api_key: FORGED });
    await world.uninstall({ installed_app_id: "instapp_2" });
    await world.install({ installed_app_id: "instapp_3", api_key: OTHER_API_KEY });
    await world.work(SECOND);
    expect(await activityOf(world, "instapp_1")).toEqual([]);
    expect(await activityOf(world, "instapp_3")).toEqual([
      "app.installed",
      "app.uninstalled",
      "app.installed",
    ]);
  });

  test("an active sibling is never touched", async () => {
    const world = await openWorld();
    await world.install();
    await world.install({ installed_app_id: "instapp_2", api_key: OTHER_API_KEY });
    await world.work(SECOND);
    expect(await activityOf(world, "instapp_1")).toEqual(["app.installed"]);
    expect(await activityOf(world, "instapp_2")).toEqual(["app.installed"]);
  });

  test("a late uninstall leaves what was made to the install that works by then", async () => {
    const world = await openWorld();
    await world.install();
    await world.install({ installed_app_id: "instapp_2", api_key: OTHER_API_KEY });
    await world.work(SECOND);
    await world.uninstall();
    await world.uninstall();
    expect(await activityOf(world, "instapp_1")).toEqual([]);
    expect(await activityOf(world, "instapp_2")).toEqual([
      "app.installed",
      "app.installed",
      "app.uninstalled",
    ]);
  });

  test("two late uninstalls leave all that was made to the one that works, each thing once", async () => {
    const world = await openWorld();
    const ids = ["instapp_1", "instapp_2", "instapp_3"];
    for (const id of ids) {
      await world.install({ installed_app_id: id, api_key: `blnk_${id}` });
      await world.work(SECOND);
    }
    for (const id of ids.slice(0, 2)) await world.uninstall({ installed_app_id: id });
    await world.work(SECOND);
    const left = await Promise.all(ids.map(async (id) => (await activityOf(world, id)).length));
    expect(left).toEqual([0, 0, 5]);
  });

  test("an uninstall leaves nothing to a sibling whose key is not known to work", async () => {
    const world = await openWorld();
    await world.install();
    world.standIn.answer("blnk_forged", 401);
    await world.install({ installed_app_id: "instapp_2", api_key: "blnk_forged" });
    await world.work(SECOND);
    await world.work(3 * SECOND);
    await world.uninstall();
    expect(await activityOf(world, "instapp_1")).toEqual(["app.installed", "app.uninstalled"]);
  });

  test.each([
    ["another instance", { instance_id: "inst_2" }],
    ["another app", { app_id: "app_2" }],
  ])("a late uninstall leaves nothing to %s", async (_name, fields) => {
    const world = await openWorld();
    await world.install();
    await world.install({ installed_app_id: "instapp_2", api_key: OTHER_API_KEY, ...fields });
    await world.work(SECOND);
    await world.uninstall();
    expect(await activityOf(world, "instapp_2")).toEqual(["app.installed"]);
  });

  test.each([
    ["another instance", { instance_id: "inst_2" }],
    ["another app", { app_id: "app_2" }],
  ])("%s gets nothing", async (_name, fields) => {
    const world = await openWorld();
    await world.install();
    await world.uninstall();
    await world.install({ installed_app_id: "instapp_2", api_key: OTHER_API_KEY, ...fields });
    await world.work(SECOND);
    expect((await world.findInstall("instapp_2"))?.key_state).toBe("working");
    expect(await activityOf(world, "instapp_2")).toEqual(["app.installed"]);
  });

  test("of several inactive ones the newest is followed", async () => {
    const world = await openWorld();
    for (const id of ["instapp_1", "instapp_2"]) {
      await world.install({ installed_app_id: id, api_key: `blnk_${id}`, granted_permissions: [] });
    }
    for (const id of ["instapp_2", "instapp_1"]) {
      world.advance(SECOND);
      await world.uninstall({ installed_app_id: id });
    }
    await world.install({ installed_app_id: "instapp_3", api_key: OTHER_API_KEY });
    await world.work(SECOND);
    expect(await activityOf(world, "instapp_1")).toEqual([]);
    expect(await activityOf(world, "instapp_2")).toEqual(["app.installed", "app.uninstalled"]);
  });
});
