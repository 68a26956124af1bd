import type { TestApp } from "#tests/support/start-app.ts";

/** Something that somebody sends who has no right to what it asks for. */
export type Attack = {
  name: string;
  /** The statuses of a refusal. */
  refused: number[];
  send: () => Promise<Response | Response[]>;
};

/**
 * Sends an attack and says what came of it that must not: an answer that is no refusal, a cookie, a word of the
 * victim's, or a row that has changed. Undefined: it was beaten off.
 */
export async function breachOf(
  { app, word }: { app: Pick<TestApp, "rows">; word: string },
  { name, refused, send }: Attack,
): Promise<string | undefined> {
  const before = holdings(app);
  const answers = [await send()].flat();
  for (const answer of answers) {
    if (!refused.includes(answer.status)) return `${name}: was answered with ${answer.status}`;
    if (answer.headers.getSetCookie().some((cookie) => !cookie.includes("Max-Age=0")))
      return `${name}: got a cookie`;
    const text = await answer.text();
    if (text.includes(word) || text.includes("portal_url")) return `${name}: was shown something`;
  }
  const after = holdings(app);
  const changed = Object.keys(before).filter((table) => before[table] !== after[table]);
  return changed.length > 0 ? `${name}: changed ${changed.join(", ")}` : undefined;
}

/** All that an attack might change; a refused event may be written down, and a repetition counted. */
const HOLDINGS = {
  installs: "installed_app_id, app_id, instance_id, state, generation, granted_permissions, key_state",
  install_keys: "installed_app_id, generation, key_fingerprint, granted_permissions, box",
  launches: "launch_id, expires_at, ended_at, redemptions",
  sessions: "token_hash, launch_id, created_at",
  launch_displays: "launch_id, time_zone, theme",
  hand_over_codes: "code_hash, expires_at, used_at",
  operator_sessions: "token_hash, password_mark, created_at",
  operator_actions: "id, action, target",
  action_limits: "instance_id, currency, per_action, per_day",
  monitors: "id, installed_app_id, definition, revision, deleted_at",
  activity: "id, installed_app_id, action, result",
  actions: "id, installed_app_id, state",
  webhooks: "installed_app_id, host",
  currency_decimals: "installed_app_id, currency, decimals",
};

function holdings(app: Pick<TestApp, "rows">): Record<string, string> {
  const tables = Object.entries(HOLDINGS).map(([table, columns]) => [
    table,
    JSON.stringify(app.rows(`select ${columns} from ${table} order by 1, 2`)),
  ]);
  const applied = app.rows("select count(*) as n from received_events where outcome = 'applied'");
  return { ...Object.fromEntries(tables), received_events: JSON.stringify(applied) };
}
