import { installBody, launchBody } from "#tests/support/blnk-payloads.ts";

import type { Attack } from "../attack.ts";
import { forgeriesOf } from "../forgeries.ts";
import { ATTACKER, GONE, VICTIM, type Victim } from "../victim.ts";

/** Who does not know the secret URL, but knows the victim's ids. */
export function attacksOnTheLaunchUrl({ app }: Victim): Attack[] {
  const token = app.paths.launch.split("/").at(-1)!;
  return [
    ...forgeriesOf(token).map(([name, forged]) => launchAt(app, name, encodeURIComponent(forged))),
    launchAt(app, "it and a NUL", `${token}%00`),
    launchAt(app, "the callback URL's", app.paths.callback.split("/").at(-1)!),
    launchAt(app, "nothing", ""),
    launchAt(app, "one in the query", `x?token=${token}&urlToken=${token}`),
    launchAt(app, "one in a header", "x", { authorization: `Bearer ${token}`, "x-url-token": token }),
    launchAt(app, "the victim's key", "x", { authorization: "Bearer blnk_the_victims_present_key" }),
    launchAt(app, "a header that names another path", "x", { "x-original-url": app.paths.launch }),
  ];
}

export function launchAt(
  app: Victim["app"],
  name: string,
  token: string,
  headers: Record<string, string> = {},
): Attack {
  return {
    name: `a launch at a URL with ${name}`,
    refused: [404],
    send: () => app.post(`/api/portal/${token}`, launchBody(VICTIM), { headers }),
  };
}

/** Who knows the secret URL, and asks for somebody else's portal. */
export function forgedLaunches({ app }: Victim): Attack[] {
  const refusedWith = (status: number, bodies: Record<string, unknown>): Attack[] =>
    Object.entries(bodies).map(([name, body]) => ({
      name: `a launch of ${name}`,
      refused: [status],
      send: () => app.post(app.paths.launch, body),
    }));
  const body = JSON.stringify(launchBody(VICTIM));
  return [
    ...refusedWith(409, {
      "the victim by another app": { ...VICTIM, app_id: "app_2" },
      "the victim by an app in capitals": { ...VICTIM, app_id: "APP_1" },
      "the victim on another instance": { ...VICTIM, instance_id: "inst_other" },
      "the victim on the attacker's instance": { ...VICTIM, instance_id: ATTACKER.instance_id },
      "the attacker on the victim's instance": { ...ATTACKER, instance_id: VICTIM.instance_id },
      "the victim's ids turned round": {
        ...VICTIM,
        app_id: VICTIM.instance_id,
        instance_id: VICTIM.app_id,
      },
      "one that is gone on the victim's instance": { ...GONE, instance_id: VICTIM.instance_id },
      "the victim, its instance behind the attacker's": `{"instance_id":"${VICTIM.instance_id}",${JSON.stringify({ ...VICTIM, instance_id: ATTACKER.instance_id }).slice(1)}`,
    }),
    ...refusedWith(403, {
      "one that is gone": GONE,
      "one that is gone, called active": { ...GONE, state: "active", generation: 1 },
    }),
    ...refusedWith(404, {
      "an unknown install": { ...VICTIM, installed_app_id: "instapp_unknown" },
      "the victim in capitals": { ...VICTIM, installed_app_id: VICTIM.installed_app_id.toUpperCase() },
      "a wildcard": { ...VICTIM, installed_app_id: "instapp_______" },
      "an install that its body brings along": installBody({ installed_app_id: "instapp_new" }),
    }),
    ...refusedWith(400, {
      nobody: {},
      "the victim without an instance": { ...VICTIM, instance_id: undefined },
      "the victim without an app": { ...VICTIM, app_id: undefined },
      "a list of victims": { ...VICTIM, installed_app_id: [VICTIM.installed_app_id] },
      "whoever is not null": { ...VICTIM, installed_app_id: { $ne: null } },
      SQL: { ...VICTIM, installed_app_id: "x' or '1'='1" },
      anything: { ...VICTIM, installed_app_id: "%" },
      "the victim and a NUL": { ...VICTIM, installed_app_id: `${VICTIM.installed_app_id}\u0000` },
      "the victim and a line break": { ...VICTIM, installed_app_id: `${VICTIM.installed_app_id}\n` },
      "the victim in a list": [VICTIM],
      "the victim by the prototype": `{"__proto__":${body}}`,
      "the victim twice": body + body,
    }),
    ...["text/plain", "application/x-www-form-urlencoded", ""].map((type) => ({
      name: `a launch sent as ${type || "nothing"}`,
      refused: [415],
      send: () => app.post(app.paths.launch, body, { headers: { "content-type": type } }),
    })),
    ...["PUT", "PATCH", "DELETE"].map((method) => ({
      name: `a launch by ${method}`,
      refused: [405],
      send: () => app.post(app.paths.launch, body, { method }),
    })),
    {
      name: "a launch by GET that says it is a POST",
      refused: [200],
      send: () =>
        app.request(`${app.paths.launch}?${new URLSearchParams(VICTIM)}`, {
          headers: { "x-http-method-override": "POST" },
        }),
    },
  ];
}
