import { expect } from "vitest";

import { installBody, uninstallBody } from "#tests/support/blnk-payloads.ts";
import { openOperator } from "#tests/support/operator-browser.ts";
import { operatorHash } from "#tests/support/operator-password.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp, type TestApp } from "#tests/support/start-app.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

export type Victim = Awaited<ReturnType<typeof openVictim>>;

/** A session as somebody might have overheard all of it. */
export type Overheard = { home: string; launchId: string; cookie: string; token: string; code: string };

const WORD = "inst_of-the-victim";
export const VICTIM = { installed_app_id: "instapp_victim", app_id: "app_1", instance_id: WORD };
export const ATTACKER = {
  installed_app_id: "instapp_attacker",
  app_id: "app_1",
  instance_id: "inst_of-the-attacker",
};
/** An install that was uninstalled and stays so. */
export const GONE = { installed_app_id: "instapp_gone", app_id: "app_1", instance_id: "inst_gone" };

/** What Blnk sent of the victim over time, the last of which holds. */
export const HISTORY = {
  firstInstall: installBody({ ...VICTIM, api_key: "blnk_the_victims_first_key" }),
  uninstall: uninstallBody(VICTIM),
  currentInstall: installBody({ ...VICTIM, api_key: "blnk_the_victims_present_key" }),
};

/**
 * A running app over HTTP with a victim that has a past, a session and an operator, an attacker with an install and a
 * session of its own, and sessions of all kinds that are good no more.
 */
export async function openVictim() {
  const app = await startApp({
    env: { OPERATOR_PASSWORD_HASH: operatorHash(), TRUST_PROXY: "fly", FLY_MACHINE_ID: "e784" },
  });
  const spent = await openSpentSessions(app);
  for (const event of Object.values(HISTORY)) expect((await app.callback(event)).status).toBe(200);
  await app.install({ ...ATTACKER, api_key: "blnk_the_attackers_key" });
  const operator = openOperator(app);
  await operator.signIn();
  const victim = {
    app,
    word: WORD,
    session: await overhear(app, VICTIM),
    attacker: await overhear(app, ATTACKER),
    spent,
    operatorCookie: operator.cookie(),
  };
  // Nothing is to change by itself from here on.
  await expect
    .poll(() => app.rows("select key_state from installs where state = 'active'"), { timeout: 20_000 })
    .toEqual([{ key_state: "working" }, { key_state: "working" }]);
  return victim;
}

/** Launches, enters in the dashboard's panel, asks for a link to a tab of its own, and tells of everything. */
export async function overhear(app: TestApp, ids: object): Promise<Overheard> {
  const path = await app.launch(ids);
  const portal = openPortal(app);
  const home = await portal.enter(path);
  const linked = await portal.post(`${home}/new-tab`, { origin: PUBLIC_URL });
  const [, code = ""] = /code=([\w-]{43})/.exec(await linked.text()) ?? [];
  return {
    home,
    launchId: home.split("/").at(-1)!,
    cookie: [...portal.jar.values()][0]!,
    token: path.split("token=")[1]!,
    code,
  };
}

async function openSpentSessions(app: TestApp): Promise<Record<string, Overheard>> {
  await app.install({ ...VICTIM, api_key: "blnk_the_victims_oldest_key" });
  const earlier = await overhear(app, VICTIM);
  await app.callback(installBody({ ...VICTIM, api_key: "blnk_the_victims_older_key" }));
  const expired = await overhear(app, VICTIM);
  app.change("update launches set expires_at = ? where launch_id = ?", Date.now() - 1, expired.launchId);
  const ended = await overhear(app, VICTIM);
  await app.request(`${ended.home}/end`, {
    method: "POST",
    headers: { origin: PUBLIC_URL, cookie: `__Host-p_${ended.launchId}=${ended.cookie}` },
  });
  const beforeUninstall = await overhear(app, VICTIM);
  await app.uninstall({ ...VICTIM, uninstalled_at: "2026-11-23T12:00:00Z" });
  await app.install({ ...GONE, api_key: "blnk_gone" });
  const gone = await overhear(app, GONE);
  await app.uninstall(GONE);
  return {
    "of an earlier key": earlier,
    expired,
    "that was ended": ended,
    "from before an uninstall": beforeUninstall,
    "of an install that is gone": gone,
  };
}
