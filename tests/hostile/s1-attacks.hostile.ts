import { afterAll, expect, test } from "vitest";

import { report } from "#tests/support/report.ts";
import { OPERATOR_PASSWORD } from "#tests/support/operator-password.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

import { type Attack, breachOf } from "./attack.ts";
import {
  attacksOnTheCallbackUrl,
  callbackTo,
  forgedCallbacks,
  replays,
  times,
} from "./attacks/on-callbacks.ts";
import { attacksOnEntries } from "./attacks/on-entries.ts";
import { attacksOnTheLaunchUrl, forgedLaunches, launchAt } from "./attacks/on-launches.ts";
import { attacksOnSessions, foreignWrites, look, write } from "./attacks/on-sessions.ts";
import {
  attacksOnTheOperator,
  forgedPasswords,
  lookAtConsole,
  signInWith,
} from "./attacks/on-the-operator.ts";
import { ATTACKER, HISTORY, openVictim, overhear, type Victim, VICTIM } from "./victim.ts";

/** What an attack aims at, and the same sent by who has a right to it, which must not be taken for beaten off. */
type Target = { attacks: (victim: Victim) => Attack[]; control: (victim: Victim) => Attack };

const TARGETS: Record<string, Target> = {
  "the callback's secret URL": {
    attacks: attacksOnTheCallbackUrl,
    control: ({ app }) => callbackTo(app, "the right token", app.paths.callback.split("/").at(-1)!),
  },
  "the life cycle, by replays": {
    attacks: replays,
    control: ({ app }) => ({
      name: "an uninstall of another time",
      refused: [200],
      send: () => app.callback({ ...HISTORY.uninstall, uninstalled_at: "2026-11-25T12:00:00Z" }),
    }),
  },
  "the life cycle, by forgeries": {
    attacks: forgedCallbacks,
    control: ({ app }) => ({
      name: "an install with a key of its own",
      refused: [200],
      send: () => app.callback({ ...HISTORY.currentInstall, api_key: "blnk_a_new_key" }),
    }),
  },
  "the launch's secret URL": {
    attacks: attacksOnTheLaunchUrl,
    control: ({ app }) => launchAt(app, "the right token", app.paths.launch.split("/").at(-1)!),
  },
  launches: {
    attacks: forgedLaunches,
    control: ({ app }) => ({
      name: "a launch of the victim",
      refused: [200],
      send: () => app.post(app.paths.launch, VICTIM),
    }),
  },
  "launch tokens and hand-over codes": {
    attacks: attacksOnEntries,
    control: ({ app, session }) => ({
      name: "the right code",
      refused: [302],
      send: () => app.request(`/portal/enter?code=${session.code}`),
    }),
  },
  "portal sessions": {
    attacks: attacksOnSessions,
    control: (victim) =>
      look(victim, "the right cookie", {
        cookie: `__Host-p_${victim.session.launchId}=${victim.session.cookie}`,
      }),
  },
  writes: {
    attacks: foreignWrites,
    control: ({ app, session }) => ({
      name: "a write from the page itself",
      refused: [401],
      send: () =>
        write(app, `${session.home}/end`, `__Host-p_${session.launchId}=${session.cookie}`, {
          origin: PUBLIC_URL,
        }),
    }),
  },
  "the operator's sessions": {
    attacks: attacksOnTheOperator,
    control: ({ app, operatorCookie }) => lookAtConsole(app, "the right cookie", { cookie: operatorCookie }),
  },
  "the operator's password": {
    attacks: forgedPasswords,
    control: ({ app }) =>
      signInWith(
        app,
        "the right password",
        new URLSearchParams({ password: OPERATOR_PASSWORD }),
        "198.51.100.200",
      ),
  },
};

let tried = 0;
let succeeded = 0;
let controls = 0;

test.each(Object.entries(TARGETS))(
  "no attack on %s succeeds",
  async (_target, { attacks, control }) => {
    const victim = await openVictim();
    const list = attacks(victim);
    expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
    const breaches: string[] = [];
    for (const attack of list) {
      const breach = await breachOf(victim, attack);
      if (breach) breaches.push(breach);
    }
    tried += list.length;
    succeeded += breaches.length;
    expect(breaches).toEqual([]);
    expect(await breachOf(victim, control(victim))).toBeDefined();
    controls += 1;
  },
  120_000,
);

test("of twenty that enter by one code at once one gets in, and of sixty by one token twenty", async () => {
  const { app, session } = await openVictim();
  const enter = async (pass: string) => (await app.request(`/portal/enter?${pass}`)).status;
  const byCode = await times(20, () => enter(`code=${session.code}`));
  expect(byCode.filter((status) => status === 302)).toHaveLength(1);
  const { token } = await overhear(app, ATTACKER);
  const byToken = await times(60, () => enter(`token=${token}`));
  // The attacker's own entry was the first.
  expect(byToken.filter((status) => status === 302)).toHaveLength(19);
  tried += 19 + 41;
}, 60_000);

test("launches and entries that race an uninstall open nothing that lives on", async () => {
  const { app, session } = await openVictim();
  const cookies: string[] = [];
  const race = [
    ...Array.from({ length: 15 }, () => app.post(app.paths.launch, VICTIM)),
    app.uninstall({ ...VICTIM, uninstalled_at: "2026-11-25T12:00:00Z" }),
    ...Array.from({ length: 5 }, () => app.post(app.paths.launch, VICTIM)),
    ...Array.from({ length: 10 }, () => app.request(`/portal/enter?token=${session.token}`)),
  ];
  for (const answer of await Promise.all(race))
    cookies.push(...answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]!));
  for (const cookie of cookies)
    expect((await app.request(session.home, { headers: { cookie } })).status).toBe(401);
  const live = app.rows(
    "select launch_id from launches where installed_app_id = ? and ended_at is null and expires_at > ?",
    VICTIM.installed_app_id,
    Date.now(),
  );
  expect(live).toEqual([]);
  tried += race.length - 1;
}, 60_000);

test.each([
  ["a made-up key", 401, undefined],
  ["a made-up key and no scopes", 401, []],
  ["another instance's key", 403, undefined],
  ["another instance's key and no scopes", 403, []],
  ["another instance's key and alerts alone", 403, ["alerts:read", "alerts:write"]],
])(
  "a forged install by who knows the secret URL and all ids, with %s, heals itself within a minute",
  async (_name, status, scopes) => {
    const { app } = await openVictim();
    app.cloud.answer("blnk_forged", status, "{}", "/data/ledgers");
    app.cloud.answer("blnk_forged", status === 401 ? 401 : 200);
    const forged = { ...HISTORY.currentInstall, api_key: "blnk_forged" };
    const answer = await app.callback({ ...forged, ...(scopes && { granted_permissions: scopes }) });
    expect(answer.status).toBe(200);
    await expect
      .poll(() => app.rows("select outcome from received_events where outcome = 'superseded'"), {
        timeout: 60_000,
      })
      .toHaveLength(1);
    app.cloud.journal.length = 0;
    await overhear(app, VICTIM);
    expect(
      app.rows("select key_state from installs where installed_app_id = ?", VICTIM.installed_app_id),
    ).toEqual([{ key_state: "working" }]);
    expect(app.cloud.journal.map(({ key }) => key)).not.toContain("blnk_forged");
    tried += 1;
  },
  120_000,
);

afterAll(() => {
  const targets = Object.keys(TARGETS).length;
  report("S1", `${succeeded} of ${tried} attacks succeeded`, "0 of ≥ 200");
  report("S1 control", `${controls} of ${targets} rightful requests taken for a breach`, `${targets}`);
});
