import { describe, expect, test } from "vitest";

import { API_KEY, OTHER_API_KEY } from "#tests/support/blnk-payloads.ts";
import { NOON, openWorld } from "#tests/support/open-world.ts";

describe("install", () => {
  test("an unknown install becomes active with its key sealed and a proof due", async () => {
    const world = await openWorld();
    expect(await world.install({ organization_id: "org_1" })).toEqual({ outcome: "applied", reason: null });
    expect(await world.findInstall()).toEqual({
      installed_app_id: "instapp_1",
      app_id: "app_1",
      instance_id: "inst_1",
      organization_id: "org_1",
      state: "active",
      generation: 1,
      granted_permissions: '["alerts:write","data:read"]',
      key_state: "unverified",
      key_state_at: NOON,
      installed_at: NOON,
      updated_at: NOON,
      uninstalled_at: null,
    });
    expect(await world.currentKey()).toBe(API_KEY);
    expect(await world.openJobs()).toMatchObject([{ kind: "prove_key", generation: 1, state: "queued" }]);
  });

  test("the ledger row says who sent what, when and with which secret, and never the key", async () => {
    const world = await openWorld();
    await world.install();
    const [event, ...others] = await world.events();
    expect(others).toEqual([]);
    expect(event).toEqual({
      id: 1,
      idempotency_key: "install:instapp_1",
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      kind: "install",
      installed_app_id: "instapp_1",
      app_id: "app_1",
      instance_id: "inst_1",
      outcome: "applied",
      reason: null,
      deliveries: 1,
      first_received_at: NOON,
      last_received_at: NOON,
      source_address: "192.0.2.1",
      secret_index: 0,
    });
    expect(JSON.stringify([event, await world.keys(), await world.findInstall()])).not.toContain(API_KEY);
  });

  test("a second delivery of the same event changes nothing but the count and the time", async () => {
    const world = await openWorld();
    await world.install();
    world.advance(5000);
    expect(await world.install()).toMatchObject({ outcome: "duplicate" });
    expect(await world.findInstall()).toMatchObject({ generation: 1, updated_at: NOON });
    expect(await world.events()).toMatchObject([
      { outcome: "applied", deliveries: 2, first_received_at: NOON, last_received_at: NOON + 5000 },
    ]);
  });

  test("permissions in another order, repeated, or beside unknown fields are the same event", async () => {
    const world = await openWorld();
    await world.install({ granted_permissions: ["data:read", "alerts:write"] });
    expect(
      await world.install({
        granted_permissions: ["alerts:write", "data:read", "alerts:write"],
        extra: 1,
        api_key_prefix: "other",
      }),
    ).toMatchObject({
      outcome: "duplicate",
    });
    expect(await world.events()).toHaveLength(1);
  });

  test("a retried install with a new key keeps the new key", async () => {
    const world = await openWorld();
    await world.install();
    expect(await world.install({ api_key: OTHER_API_KEY })).toMatchObject({ outcome: "applied" });
    expect(await world.findInstall()).toMatchObject({ state: "active", generation: 2 });
    expect(await world.currentKey()).toBe(OTHER_API_KEY);
    expect(await world.events()).toHaveLength(2);
  });

  test("a replaced key's box is held until the new key is proven", async () => {
    const world = await openWorld();
    await world.install();
    await world.install({ api_key: OTHER_API_KEY });
    expect((await world.keys()).map(({ box }) => box === null)).toEqual([false, false]);
  });

  test("a late delivery of an older attempt does not bring the older key back", async () => {
    const world = await openWorld();
    await world.install();
    await world.install({ api_key: OTHER_API_KEY });
    expect(await world.install()).toMatchObject({ outcome: "duplicate" });
    expect(await world.install({ granted_permissions: [] })).toMatchObject({ outcome: "duplicate" });
    expect(await world.install({ idempotency_key: "install:other" })).toMatchObject({ outcome: "duplicate" });
    expect(await world.findInstall()).toMatchObject({ generation: 2 });
    expect(await world.currentKey()).toBe(OTHER_API_KEY);
  });

  test("the current key with other permissions applies them", async () => {
    const world = await openWorld();
    await world.install();
    expect(await world.install({ granted_permissions: ["data:read", "data:write"] })).toMatchObject({
      outcome: "applied",
    });
    expect(await world.findInstall()).toMatchObject({
      generation: 2,
      granted_permissions: '["data:read","data:write"]',
    });
    expect(await world.currentKey()).toBe(API_KEY);
    expect((await world.keys()).filter(({ box }) => box !== null)).toHaveLength(1);
  });

  test.each([
    ["none", [], "[]"],
    ["unknown ones", ["proxy:write", "*"], '["*","proxy:write"]'],
  ])("an install that grants %s is valid", async (_name, granted_permissions, stored) => {
    const world = await openWorld();
    expect(await world.install({ granted_permissions })).toMatchObject({ outcome: "applied" });
    expect(await world.findInstall()).toMatchObject({ state: "active", granted_permissions: stored });
  });

  test("an organization_id that comes once is kept by deliveries without it", async () => {
    const world = await openWorld();
    await world.install({ organization_id: "org_1" });
    await world.install({ api_key: OTHER_API_KEY });
    expect(await world.findInstall()).toMatchObject({ organization_id: "org_1" });
  });

  test("a new generation ends the launches and cancels the jobs of the old one", async () => {
    const world = await openWorld();
    await world.install();
    const { launchId } = await world.launch();
    await world.install({ api_key: OTHER_API_KEY });
    expect(await world.db.read.selectFrom("launches").select(["launch_id", "ended_at"]).execute()).toEqual([
      { launch_id: launchId, ended_at: NOON },
    ]);
    const jobs = await world.db.read
      .selectFrom("jobs")
      .select(["generation", "state"])
      .orderBy("id")
      .execute();
    expect(jobs).toEqual([
      { generation: 1, state: "cancelled" },
      { generation: 2, state: "queued" },
    ]);
  });
});

describe("uninstall", () => {
  test("an active install becomes inactive, its key destroyed, its launches ended, its jobs cancelled", async () => {
    const world = await openWorld();
    await world.install();
    await world.launch();
    world.advance(1000);
    expect(await world.uninstall()).toEqual({ outcome: "applied", reason: null });
    expect(await world.findInstall()).toMatchObject({
      state: "inactive",
      generation: 2,
      uninstalled_at: NOON + 1000,
    });
    expect(await world.keys()).toMatchObject([{ box: null, key_prefix: "" }]);
    expect(await world.openJobs()).toEqual([]);
    expect(await world.db.read.selectFrom("launches").select("ended_at").execute()).toEqual([
      { ended_at: NOON + 1000 },
    ]);
  });

  test("nothing that was shown of a key is left, of one that was applied more than once neither", async () => {
    const world = await openWorld();
    await world.install();
    await world.install({ granted_permissions: [] });
    expect((await world.keys()).map(({ key_prefix }) => key_prefix)).toEqual(["", API_KEY.slice(0, 8)]);
    await world.uninstall();
    expect((await world.keys()).map(({ box, key_prefix }) => [box, key_prefix])).toEqual([
      [null, ""],
      [null, ""],
    ]);
  });

  test("an unknown install is answered and ignored", async () => {
    const world = await openWorld();
    expect(await world.uninstall()).toEqual({ outcome: "ignored", reason: "unknown install" });
    expect(await world.findInstall()).toBeUndefined();
    expect(await world.events()).toMatchObject([{ outcome: "ignored" }]);
  });

  test("an inactive install stays as it is, and another uninstall of it is applied", async () => {
    const world = await openWorld();
    await world.install();
    await world.uninstall();
    const before = await world.findInstall();
    world.advance(60_000);
    expect(await world.uninstall({ uninstalled_at: "2026-11-24T13:00:00Z" })).toMatchObject({
      outcome: "applied",
    });
    expect(await world.findInstall()).toEqual(before);
  });

  test("an uninstall before the install, then the install, then the same uninstall again disables", async () => {
    const world = await openWorld();
    expect(await world.uninstall()).toMatchObject({ outcome: "ignored" });
    expect(await world.install()).toMatchObject({ outcome: "applied" });
    expect(await world.uninstall()).toMatchObject({ outcome: "applied" });
    expect(await world.findInstall()).toMatchObject({ state: "inactive" });
    expect(await world.events()).toMatchObject([
      { outcome: "applied", deliveries: 2 },
      { outcome: "applied" },
    ]);
  });
});

describe("re-install with the same id", () => {
  test("with a new key makes it active again, with the new key", async () => {
    const world = await openWorld();
    await world.install();
    await world.uninstall();
    expect(await world.install({ api_key: OTHER_API_KEY })).toMatchObject({ outcome: "applied" });
    expect(await world.findInstall()).toMatchObject({ state: "active", generation: 3, uninstalled_at: null });
    expect(await world.currentKey()).toBe(OTHER_API_KEY);
  });

  test("with the same key, a replay, is answered and stays inactive", async () => {
    const world = await openWorld();
    await world.install();
    await world.uninstall();
    expect(await world.install()).toMatchObject({ outcome: "duplicate" });
    expect(await world.findInstall()).toMatchObject({ state: "inactive" });
  });

  test("with the same key and anything else different stays inactive, too", async () => {
    const world = await openWorld();
    await world.install();
    await world.uninstall();
    for (const fields of [
      { granted_permissions: [] },
      { idempotency_key: "install:again" },
      { organization_id: "org_9", granted_permissions: ["data:write"] },
    ]) {
      expect(await world.install(fields)).toMatchObject({ outcome: "duplicate" });
    }
    expect(await world.findInstall()).toMatchObject({ state: "inactive" });
    expect((await world.keys()).every(({ box }) => box === null)).toBe(true);
  });

  test("is not undone by a replay of the earlier uninstall", async () => {
    const world = await openWorld();
    await world.install();
    await world.uninstall();
    await world.install({ api_key: OTHER_API_KEY });
    expect(await world.uninstall()).toMatchObject({ outcome: "duplicate" });
    expect(await world.findInstall()).toMatchObject({ state: "active" });
  });

  test("is undone by an uninstall without its time, even one that looks like a replay", async () => {
    const world = await openWorld();
    await world.install();
    await world.uninstall({ uninstalled_at: undefined });
    await world.install({ api_key: OTHER_API_KEY });
    expect(await world.uninstall({ uninstalled_at: undefined })).toMatchObject({ outcome: "applied" });
    expect(await world.findInstall()).toMatchObject({ state: "inactive" });
    expect(await world.currentKey()).toBeUndefined();
  });
});

describe("mismatch", () => {
  test.each(["app_id", "instance_id"])(
    "an event whose %s is not the stored one is refused and recorded",
    async (field) => {
      const world = await openWorld();
      await world.install();
      const before = await world.findInstall();
      const forged = { [field]: "forged_1" };
      for (const verdict of [
        await world.install(forged),
        await world.uninstall(forged),
        await world.install({ ...forged, api_key: OTHER_API_KEY }),
      ]) {
        expect(verdict).toMatchObject({
          outcome: "refused",
          reason: expect.stringContaining(field) as string,
        });
      }
      expect(await world.findInstall()).toEqual(before);
      expect((await world.events()).map(({ outcome }) => outcome)).toEqual([
        "applied",
        "refused",
        "refused",
        "refused",
      ]);
    },
  );

  test("an app_id unlike the pinned one is refused, for an unknown install too", async () => {
    const world = await openWorld({ pinnedAppId: "app_pinned" });
    expect(await world.install()).toMatchObject({
      outcome: "refused",
      reason: expect.stringContaining("BLNK_APP_ID") as string,
    });
    expect(await world.findInstall()).toBeUndefined();
    expect(await world.install({ app_id: "app_pinned" })).toMatchObject({ outcome: "applied" });
  });

  test("a refused event is judged afresh when it comes again", async () => {
    const world = await openWorld();
    const forged = { instance_id: "inst_2" };
    await world.install();
    expect(await world.install(forged)).toMatchObject({ outcome: "refused" });
    expect(await world.install(forged)).toMatchObject({ outcome: "refused" });
    expect(await world.events()).toMatchObject([
      { outcome: "applied", deliveries: 1 },
      { outcome: "refused", deliveries: 2 },
    ]);
  });
});

describe("two installs", () => {
  test("an event of one never touches the other", async () => {
    const world = await openWorld();
    await world.install();
    await world.install({ installed_app_id: "instapp_2", instance_id: "inst_2", api_key: OTHER_API_KEY });
    const before = await world.findInstall("instapp_2");
    await world.uninstall();
    expect(await world.findInstall("instapp_2")).toEqual(before);
    expect(await world.currentKey("instapp_2")).toBe(OTHER_API_KEY);
    expect(await world.currentKey()).toBeUndefined();
  });

  test("the same key in two installs is two keys", async () => {
    const world = await openWorld();
    await world.install();
    await world.uninstall();
    expect(await world.install({ installed_app_id: "instapp_2" })).toMatchObject({ outcome: "applied" });
  });
});
