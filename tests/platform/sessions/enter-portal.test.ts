import { describe, expect, test } from "vitest";

import { admitToPortal } from "#app/platform/sessions/admit-to-portal.server.ts";
import { hashSecret } from "#app/platform/sessions/secrets.server.ts";
import { API_KEY, OTHER_API_KEY } from "#tests/support/blnk-payloads.ts";
import { NOON, openWorld, type World } from "#tests/support/open-world.ts";

import { codeOf, launchToken, openBrowser } from "./browse.ts";

const MINUTE = 60_000;

async function installed(): Promise<World> {
  const world = await openWorld();
  await world.install();
  return world;
}

const sessions = (world: World) => world.db.read.selectFrom("sessions").selectAll().execute();

describe("a launch's token", () => {
  test("opens a session of its launch and goes on to the launch's own path", async () => {
    const world = await installed();
    const { token, launchId } = await launchToken(world);
    const entry = await openBrowser(world).enter({ token });
    expect(entry?.location).toMatch(new RegExp(`^/portal/${launchId}\\?check=[\\w-]{43}$`));
    expect(entry?.cookies).toHaveLength(1);
    expect(await sessions(world)).toMatchObject([
      { launch_id: launchId, created_at: NOON, source_address: "198.51.100.7" },
    ]);
  });

  test("and cookie and code are 256 bits each, and only their hashes are stored", async () => {
    const world = await installed();
    const { token, launchId } = await launchToken(world);
    const browser = openBrowser(world);
    const entry = await browser.enter({ token });
    const cookie = browser.jar.get(`__Host-p_${launchId}`)!;
    const code = codeOf(entry!.location);
    for (const secret of [token, cookie, code]) expect(Buffer.from(secret, "base64url")).toHaveLength(32);
    const stored = JSON.stringify([
      await sessions(world),
      await world.db.read.selectFrom("launches").selectAll().execute(),
      await world.db.read.selectFrom("hand_over_codes").selectAll().execute(),
    ]);
    for (const secret of [token, cookie, code]) {
      expect(stored).not.toContain(secret);
      expect(stored).toContain(hashSecret(secret));
    }
  });

  test("opens again, as when the dashboard moves the frame, and each redemption is a session of its own", async () => {
    const world = await installed();
    const { token } = await launchToken(world);
    const first = openBrowser(world);
    const second = openBrowser(world);
    await first.enter({ token });
    await second.enter({ token });
    expect(await sessions(world)).toHaveLength(2);
    expect([...first.jar.values()]).not.toEqual([...second.jar.values()]);
  });

  test("sends a browser on that already holds the launch's good cookie, without a new session", async () => {
    const world = await installed();
    const { token, launchId } = await launchToken(world);
    const browser = openBrowser(world);
    await browser.enter({ token });
    expect(await browser.enter({ token })).toEqual({ location: `/portal/${launchId}`, cookies: [] });
    expect(await sessions(world)).toHaveLength(1);
  });

  test("opens at most 20 sessions", async () => {
    const world = await installed();
    const { token } = await launchToken(world);
    for (let redemption = 1; redemption <= 20; redemption += 1)
      expect(await openBrowser(world).enter({ token })).toBeDefined();
    expect(await openBrowser(world).enter({ token })).toBeUndefined();
    expect(await sessions(world)).toHaveLength(20);
  });

  test("opens at most 20 sessions when 60 ask at once", async () => {
    const world = await installed();
    const { token } = await launchToken(world);
    const entries = await Promise.all(Array.from({ length: 60 }, () => openBrowser(world).enter({ token })));
    expect(entries.filter((entry) => entry !== undefined)).toHaveLength(20);
    expect(await sessions(world)).toHaveLength(20);
  });

  test.each([
    ["a wrong token", async () => ({ token: "wrong" })],
    ["the launch's public id", async (world: World) => ({ token: (await launchToken(world)).launchId })],
    ["the token's hash", async (world: World) => ({ token: hashSecret((await launchToken(world)).token) })],
    ["a token given as a code", async (world: World) => ({ code: (await launchToken(world)).token })],
    ["the API key", async () => ({ token: API_KEY })],
    ["nothing", async () => ({ token: "" })],
  ])("%s opens nothing", async (_name, pass) => {
    const world = await installed();
    expect(await openBrowser(world).enter(await pass(world))).toBeUndefined();
    expect(await sessions(world)).toEqual([]);
  });

  test("opens nothing once the launch has expired, and sliding does not help", async () => {
    const world = await installed();
    const { token, launchId } = await launchToken(world);
    const browser = openBrowser(world);
    await browser.enter({ token });
    for (let minute = 0; minute < 14; minute += 1) {
      world.advance(MINUTE);
      expect(await browser.open(`/portal/${launchId}`)).toMatchObject({
        kind: "session",
        session: { expiresAt: NOON + 15 * MINUTE },
      });
    }
    await openBrowser(world).enter({ token });
    world.advance(MINUTE);
    expect(await browser.open(`/portal/${launchId}`)).toEqual({ kind: "ended" });
    expect(await openBrowser(world).enter({ token })).toBeUndefined();
  });

  test("opens nothing after an uninstall, nor after a re-install", async () => {
    const world = await installed();
    const { token, launchId } = await launchToken(world);
    const browser = openBrowser(world);
    await browser.enter({ token });
    await world.uninstall();
    expect(await openBrowser(world).enter({ token })).toBeUndefined();
    expect(await browser.open(`/portal/${launchId}`)).toEqual({ kind: "ended" });
    await world.install({ api_key: OTHER_API_KEY });
    expect(await openBrowser(world).enter({ token })).toBeUndefined();
    expect(await browser.open(`/portal/${launchId}`)).toEqual({ kind: "ended" });
  });

  test("that races an uninstall leaves no session that is good", async () => {
    const world = await installed();
    const { token, launchId } = await launchToken(world);
    const browsers = Array.from({ length: 10 }, () => openBrowser(world));
    await Promise.all([
      ...browsers.slice(0, 5).map((browser) => browser.enter({ token })),
      world.uninstall(),
      ...browsers.slice(5).map((browser) => browser.enter({ token })),
    ]);
    for (const browser of browsers)
      expect(await browser.open(`/portal/${launchId}`)).toEqual({ kind: "ended" });
  });
});

describe("cookies", () => {
  test("an embedded session's cookie is None and Partitioned, a top-level one's Lax", async () => {
    const world = await installed();
    const { token } = await launchToken(world);
    const [embedded] = (await openBrowser(world, { site: "embedded" }).enter({ token }))!.cookies;
    const [topLevel] = (await openBrowser(world, { site: "top-level" }).enter({ token }))!.cookies;
    expect(embedded).toMatch(
      /^__Host-p_[\w-]+=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=None; Partitioned$/,
    );
    expect(topLevel).toMatch(/^__Host-p_[\w-]+=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  });

  test("of two values under one name each is tried", async () => {
    const world = await installed();
    const { token, launchId } = await launchToken(world);
    const browser = openBrowser(world);
    await browser.enter({ token });
    const good = browser.jar.get(`__Host-p_${launchId}`)!;
    for (const cookie of [
      `__Host-p_${launchId}=stale; __Host-p_${launchId}=${good}`,
      `__Host-p_${launchId}=${good}; x=1; __Host-p_${launchId}=stale`,
    ]) {
      const request = new Request(`https://tidemark.example.com/portal/${launchId}`, { headers: { cookie } });
      expect(await admitToPortal(world, request, launchId)).toMatchObject({ kind: "session" });
    }
  });

  test("entering expires the cookies of dead launches and keeps those of live ones", async () => {
    const world = await installed();
    const browser = openBrowser(world);
    const dead = await launchToken(world);
    await browser.enter({ token: dead.token });
    world.advance(16 * MINUTE);
    const live = await launchToken(world);
    await browser.enter({ token: live.token });
    expect([...browser.jar.keys()]).toEqual([`__Host-p_${live.launchId}`]);
    const next = await launchToken(world);
    await browser.enter({ token: next.token });
    expect([...browser.jar.keys()].sort()).toEqual(
      [`__Host-p_${live.launchId}`, `__Host-p_${next.launchId}`].sort(),
    );
  });

  test("a browser never holds more than 16, and the newest stay", async () => {
    const world = await installed();
    const browser = openBrowser(world);
    const launches = [];
    for (let count = 0; count < 20; count += 1) {
      world.advance(1000);
      const launched = await launchToken(world);
      launches.push(launched.launchId);
      await browser.enter({ token: launched.token });
    }
    expect([...browser.jar.keys()]).toEqual(launches.slice(-16).map((id) => `__Host-p_${id}`));
  });

  test("a name that no launch has cannot be set, only expired, whatever it is", async () => {
    const world = await installed();
    const browser = openBrowser(world);
    browser.jar.set("__Host-p_made-up", "x").set("__Host-p_", "y").set("other", "z");
    const entry = await browser.enter({ token: (await launchToken(world)).token });
    expect(
      entry!.cookies
        .filter((cookie) => /made-up|p_=/.test(cookie))
        .every((cookie) => cookie.includes("Max-Age=0")),
    ).toBe(true);
    expect(entry!.cookies.some((cookie) => cookie.startsWith("other"))).toBe(false);
  });

  test("two installs open side by side never mix", async () => {
    const world = await installed();
    await world.install({ installed_app_id: "instapp_2", instance_id: "inst_2", api_key: OTHER_API_KEY });
    const browser = openBrowser(world);
    const a = await launchToken(world);
    const b = await launchToken(world, { installed_app_id: "instapp_2", instance_id: "inst_2" });
    await browser.enter({ token: a.token });
    await browser.enter({ token: b.token });
    expect(await browser.open(`/portal/${a.launchId}`)).toMatchObject({
      session: { install: { installed_app_id: "instapp_1" } },
    });
    expect(await browser.open(`/portal/${b.launchId}`)).toMatchObject({
      session: { install: { installed_app_id: "instapp_2" } },
    });
  });

  test("a cookie of one launch under the name of another opens nothing", async () => {
    const world = await installed();
    await world.install({ installed_app_id: "instapp_2", instance_id: "inst_2", api_key: OTHER_API_KEY });
    const browser = openBrowser(world);
    const a = await launchToken(world);
    const b = await launchToken(world, { installed_app_id: "instapp_2", instance_id: "inst_2" });
    await browser.enter({ token: a.token });
    browser.jar.set(`__Host-p_${b.launchId}`, browser.jar.get(`__Host-p_${a.launchId}`)!);
    expect(await browser.open(`/portal/${b.launchId}`)).toEqual({ kind: "ended" });
  });
});
