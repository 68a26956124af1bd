import { expect, test } from "vitest";

import { burnHandOverCode, mintHandOverCode } from "#app/platform/sessions/hand-over-codes.server.ts";
import { endLaunch } from "#app/platform/sessions/launches.server.ts";
import { openWorld, type World } from "#tests/support/open-world.ts";

import { codeOf, launchToken, openBrowser } from "./browse.ts";

async function entered(options: { keepsCookies?: boolean } = {}) {
  const world = await openWorld();
  await world.install();
  const { token, launchId } = await launchToken(world);
  const browser = openBrowser(world, options);
  const { location } = (await browser.enter({ token }))!;
  return { world, browser, token, launchId, location, page: `/portal/${launchId}`, code: codeOf(location) };
}

const countSecrets = async (world: World) => [
  (await world.db.read.selectFrom("sessions").select("token_hash").execute()).length,
  (await world.db.read.selectFrom("hand_over_codes").select("code_hash").execute()).length,
];

test("a cookie that came back burns the code and leads to the address without it", async () => {
  const { browser, page, location, code, world } = await entered();
  expect(await browser.open(`${location}&tab=2`)).toEqual({ kind: "settled", location: `${page}?tab=2` });
  expect(await browser.open(location)).toEqual({ kind: "settled", location: page });
  expect(await openBrowser(world).enter({ code })).toBeUndefined();
});

test("a cookie that did not come back leads to the page for blocked cookies, whose code opens a tab", async () => {
  const { browser, location, code, page, world } = await entered({ keepsCookies: false });
  expect(await browser.open(location)).toEqual({ kind: "cookies_blocked", code });
  expect(await browser.open(location)).toEqual({ kind: "cookies_blocked", code });
  const tab = openBrowser(world, { site: "top-level" });
  const entry = await tab.enter({ code });
  expect(entry?.location.startsWith(page)).toBe(true);
  expect(await tab.open(page)).toMatchObject({ kind: "session" });
});

test("a code opens one session, whoever asks first", async () => {
  const { code, world } = await entered({ keepsCookies: false });
  const entries = await Promise.all(Array.from({ length: 20 }, () => openBrowser(world).enter({ code })));
  expect(entries.filter((entry) => entry !== undefined)).toHaveLength(1);
  expect(await openBrowser(world).enter({ code })).toBeUndefined();
});

test("a code that was used leads to the ended page, not to the one for blocked cookies", async () => {
  const { browser, location, code, world } = await entered({ keepsCookies: false });
  await openBrowser(world).enter({ code });
  expect(await browser.open(location)).toEqual({ kind: "ended" });
});

test("a code is good for two minutes", async () => {
  const { browser, location, code, world } = await entered({ keepsCookies: false });
  world.advance(119_999);
  expect(await browser.open(location)).toMatchObject({ kind: "cookies_blocked" });
  world.advance(1);
  expect(await browser.open(location)).toEqual({ kind: "ended" });
  expect(await openBrowser(world).enter({ code })).toBeUndefined();
});

test("a code dies with its launch: ended by hand, expired, uninstalled", async () => {
  for (const end of [
    (world: World, launchId: string) => world.db.write((tx) => endLaunch(tx, launchId, world.clock.now())),
    async (world: World) => world.advance(15 * 60_000),
    (world: World) => world.uninstall(),
  ]) {
    const { code, launchId, location, browser, world } = await entered({ keepsCookies: false });
    await end(world, launchId);
    expect(await openBrowser(world).enter({ code })).toBeUndefined();
    expect(await browser.open(location)).toEqual({ kind: "ended" });
  }
});

test("a code is bound to its launch: it neither opens nor is burnt under another", async () => {
  const { code, world } = await entered({ keepsCookies: false });
  const other = await launchToken(world);
  expect(await openBrowser(world).open(`/portal/${other.launchId}?check=${code}`)).toEqual({ kind: "ended" });
  const visitor = openBrowser(world);
  await visitor.enter({ token: other.token });
  expect(await visitor.open(`/portal/${other.launchId}?check=${code}`)).toMatchObject({ kind: "settled" });
  expect(await openBrowser(world).enter({ code })).toBeDefined();
});

test("a code that a session minted opens one tab, and burning it is idempotent", async () => {
  const { world, launchId } = await entered();
  const now = world.clock.now();
  const mint = () => world.db.write((tx) => mintHandOverCode(tx, launchId, now));
  expect(await openBrowser(world).enter({ code: await mint() })).toBeDefined();
  const burnt = await mint();
  for (let times = 0; times < 2; times += 1)
    await world.db.write((tx) => burnHandOverCode(tx, launchId, burnt, now));
  expect(await openBrowser(world).enter({ code: burnt })).toBeUndefined();
});

test("a session of an older generation is not good, even where nobody ended its launch", async () => {
  const { world, browser, page, token } = await entered();
  await world.db.write((tx) => tx.updateTable("installs").set({ generation: 2 }).execute());
  expect(await browser.open(page)).toEqual({ kind: "ended" });
  expect(await openBrowser(world).enter({ token })).toBeUndefined();
});

test("a request without a session never gets one, and never a code, whatever launch it names", async () => {
  const { world, launchId, token, code, browser } = await entered();
  const before = await countSecrets(world);
  const stranger = openBrowser(world);
  const cookie = browser.jar.get(`__Host-p_${launchId}`)!;
  const attempts = [
    `/portal/${launchId}`,
    `/portal/${launchId}?check=`,
    `/portal/${launchId}?check=wrong`,
    `/portal/${launchId}?check=${token}`,
    `/portal/${launchId}?check=${cookie}`,
    `/portal/${launchId}?token=${token}`,
    `/portal/${launchId}?code=${code}`,
    "/portal/unknown",
    "/portal/unknown?check=" + code,
    "/portal/enter",
    "/portal/%00",
    "/portal/__proto__",
  ];
  for (const attempt of attempts) expect(await stranger.open(attempt), attempt).toEqual({ kind: "ended" });
  expect(await countSecrets(world)).toEqual(before);
});

test("ending a launch ends every session of it and no other", async () => {
  const { world, browser, page, launchId, token } = await entered();
  const tab = openBrowser(world);
  await tab.enter({ token });
  const other = await launchToken(world);
  const visitor = openBrowser(world);
  await visitor.enter({ token: other.token });
  await world.db.write((tx) => endLaunch(tx, launchId, world.clock.now()));
  expect(await browser.open(page)).toEqual({ kind: "ended" });
  expect(await tab.open(page)).toEqual({ kind: "ended" });
  expect(await openBrowser(world).enter({ token })).toBeUndefined();
  expect(await visitor.open(`/portal/${other.launchId}`)).toMatchObject({ kind: "session" });
});

test("a session knows its install from its own row, with the scopes we know and the user if one was sent", async () => {
  const world = await openWorld();
  await world.install({ granted_permissions: ["data:read", "proxy:write"] });
  const { token, launchId } = await launchToken(world, { user_id: "user_7" });
  const browser = openBrowser(world);
  await browser.enter({ token });
  expect(await browser.open(`/portal/${launchId}?installed_app_id=instapp_2`)).toMatchObject({
    session: {
      launchId,
      userId: "user_7",
      install: { installed_app_id: "instapp_1", instance_id: "inst_1", grantedPermissions: ["data:read"] },
    },
  });
});
