import { installBody, uninstallBody } from "#tests/support/blnk-payloads.ts";

import type { Attack } from "../attack.ts";
import { forgeriesOf } from "../forgeries.ts";
import { ATTACKER, GONE, HISTORY, VICTIM, type Victim } from "../victim.ts";

const STRANGE_ID = { installed_app_id: "instapp_strange", instance_id: "inst_strange" };

/** Who does not know the secret URL. */
export function attacksOnTheCallbackUrl({ app }: Victim): Attack[] {
  const token = app.paths.callback.split("/").at(-1)!;
  return [
    ...forgeriesOf(token).map(([name, forged]) => callbackTo(app, name, encodeURIComponent(forged))),
    callbackTo(app, "it and a NUL", `${token}%00`),
    callbackTo(app, "it and a line break", `${token}%0d%0a`),
    callbackTo(app, "the launch URL's", app.paths.launch.split("/").at(-1)!),
    callbackTo(app, "nothing", ""),
    callbackTo(app, "one in the query", `x?token=${token}&urlToken=${token}`),
    callbackTo(app, "one in a header", "x", { authorization: `Bearer ${token}`, "x-url-token": token }),
    callbackTo(app, "one in a cookie", "x", { cookie: `urlToken=${token}; token=${token}` }),
    callbackTo(app, "a header that names another path", "x", {
      "x-original-url": app.paths.callback,
      "x-rewrite-url": app.paths.callback,
      "x-forwarded-prefix": app.paths.callback,
    }),
  ];
}

/** An install with a token that is not the callback's. */
export function callbackTo(
  app: Victim["app"],
  name: string,
  token: string,
  headers: Record<string, string> = {},
): Attack {
  return {
    name: `an install to a URL with ${name}`,
    refused: [404],
    send: () => app.post(`/api/callback/${token}`, installBody(STRANGE_ID), { headers }),
  };
}

/** Who has overheard what Blnk sent, or comes late with it. */
export function replays({ app }: Victim): Attack[] {
  const { firstInstall, uninstall, currentInstall } = HISTORY;
  const bodies: Record<string, unknown> = {
    "the first install": firstInstall,
    "the first install with another idempotency key": { ...firstInstall, idempotency_key: "install:anew" },
    "the first install with more permissions": {
      ...firstInstall,
      granted_permissions: ["data:read", "data:write", "alerts:read", "alerts:write"],
    },
    "the first install with fewer permissions": { ...firstInstall, granted_permissions: [] },
    "the first install with other permissions and another idempotency key": {
      ...firstInstall,
      granted_permissions: ["data:write"],
      idempotency_key: "install:anew",
    },
    "the first install with another prefix of its key": { ...firstInstall, api_key_prefix: "blnk_zzz" },
    "the first install with an organization": { ...firstInstall, organization_id: "org_other" },
    "the first install with more fields": { ...firstInstall, generation: 99, state: "active" },
    "the first install, its fields turned round": Object.fromEntries(
      Object.entries(firstInstall).toReversed(),
    ),
    "the first install, indented": JSON.stringify(firstInstall, null, 2),
    "the first install, its letters escaped": escaped(firstInstall),
    "the first install, its key behind another": JSON.stringify(firstInstall).replace(
      "{",
      '{"api_key":"blnk_a_new_key",',
    ),
    "the first install, called an event": { ...firstInstall, event: "app.installed" },
    "the uninstall": uninstall,
    "the uninstall, indented": JSON.stringify(uninstall, null, 2),
    "the uninstall, its letters escaped": escaped(uninstall),
    "the uninstall, called an event": { ...uninstall, type: "app.uninstalled" },
    "the uninstall with an organization": { ...uninstall, organization_id: "org_other" },
    "the present install": currentInstall,
    "the present install with an organization": { ...currentInstall, organization_id: "org_other" },
    "the install of one that is gone": installBody({ ...GONE, api_key: "blnk_gone" }),
    "the install of one that is gone with another idempotency key": installBody({
      ...GONE,
      api_key: "blnk_gone",
      idempotency_key: "install:anew",
    }),
    "the uninstall of one that is gone": uninstallBody(GONE),
  };
  return [
    ...Object.entries(bodies).map(([name, body]) => ({
      name: `${name}, again`,
      refused: [200],
      send: () => app.callback(body),
    })),
    ...Object.entries(HISTORY).map(([name, body]) => ({
      name: `fifty at once of its ${name}`,
      refused: [200],
      send: () => times(50, () => app.callback(body)),
    })),
    {
      name: "fifty at once of the whole history",
      refused: [200],
      send: () => times(51, (index) => app.callback(Object.values(HISTORY)[index % 3])),
    },
  ];
}

/** Who knows the secret URL, and some ids, and makes the rest up. */
export function forgedCallbacks({ app }: Victim): Attack[] {
  const refusedWith = (status: number, bodies: Record<string, object | string>) =>
    Object.entries(bodies).map(([name, body]) => ({
      name,
      refused: [status],
      send: () => app.callback(body),
    }));
  const both = (name: string, ids: object) => ({
    [`an install of ${name}`]: installBody({ ...ids, api_key: "blnk_forged" }),
    [`an uninstall of ${name}`]: uninstallBody({ ...ids, uninstalled_at: "2026-11-25T12:00:00Z" }),
  });
  return [
    ...refusedWith(409, {
      ...both("the victim by another app", { ...VICTIM, app_id: "app_2" }),
      ...both("the victim by an app in capitals", { ...VICTIM, app_id: "APP_1" }),
      ...both("the victim by an app with a longer name", { ...VICTIM, app_id: "app_1_" }),
      ...both("the victim on another instance", { ...VICTIM, instance_id: "inst_other" }),
      ...both("the victim on the attacker's instance", { ...VICTIM, instance_id: ATTACKER.instance_id }),
      ...both("the victim on its instance in capitals", {
        ...VICTIM,
        instance_id: VICTIM.instance_id.toUpperCase(),
      }),
      ...both("the victim by another app on another instance", {
        ...VICTIM,
        app_id: "app_2",
        instance_id: "inst_other",
      }),
      ...both("the victim under its ids turned round", {
        ...VICTIM,
        app_id: VICTIM.instance_id,
        instance_id: VICTIM.app_id,
      }),
      ...both("the attacker on the victim's instance", { ...ATTACKER, instance_id: VICTIM.instance_id }),
      ...both("one that is gone on the victim's instance", { ...GONE, instance_id: VICTIM.instance_id }),
      "an install of the victim with its own key by another app": {
        ...HISTORY.currentInstall,
        app_id: "app_2",
      },
    }),
    // Nobody there is uninstalled: it must be possible to uninstall what was never installed here.
    ...refusedWith(200, {
      "an uninstall of a wildcard": uninstallBody({ ...VICTIM, installed_app_id: "instapp_______" }),
      "an uninstall of the victim in capitals": uninstallBody({
        ...VICTIM,
        installed_app_id: VICTIM.installed_app_id.toUpperCase(),
      }),
      "an uninstall of the victim's launch": uninstallBody({
        ...VICTIM,
        installed_app_id: VICTIM.instance_id,
      }),
    }),
    ...refusedWith(400, {
      ...contradictions(),
      ...Object.fromEntries(
        NO_IDS.flatMap(([name, id]) =>
          Object.entries(both(`the victim by ${name}`, { ...VICTIM, installed_app_id: id })),
        ),
      ),
      "a body in a list": JSON.stringify([installBody(STRANGE_ID)]),
      "a body in a body": { body: installBody(STRANGE_ID), data: installBody(STRANGE_ID) },
      "a body by the prototype": `{"__proto__":${JSON.stringify(installBody(STRANGE_ID))}}`,
      "a body by the constructor's prototype": {
        constructor: { prototype: installBody(STRANGE_ID) },
      },
      "two bodies": JSON.stringify(installBody(STRANGE_ID)).repeat(2),
      "a key with a line break": installBody({ ...STRANGE_ID, api_key: "blnk_x\r\nX-Admin: 1" }),
      "a key with a blank": installBody({ ...STRANGE_ID, api_key: "blnk_x y" }),
      "no key": installBody({ ...STRANGE_ID, api_key: "" }),
      "a list of keys": installBody({ ...STRANGE_ID, api_key: ["blnk_x"] }),
      "permissions as text": installBody({ ...STRANGE_ID, granted_permissions: "data:read,data:write" }),
      "permissions as an object": installBody({ ...STRANGE_ID, granted_permissions: { length: 1 } }),
      "an idempotency key with a line break": installBody({
        ...STRANGE_ID,
        idempotency_key: "install:x\ny",
      }),
    }),
    ...doors(app),
  ];
}

const NO_IDS: [string, unknown][] = [
  ["a path", `../${VICTIM.installed_app_id}`],
  ["SQL", `${VICTIM.installed_app_id}' or '1'='1`],
  ["a wildcard", "%"],
  ["a list", [VICTIM.installed_app_id]],
  ["a condition", { $ne: null }],
  ["nothing", null],
  ["a line break behind it", `${VICTIM.installed_app_id}\n`],
  ["a blank before it", ` ${VICTIM.installed_app_id}`],
  ["a NUL behind it", `${VICTIM.installed_app_id}\u0000`],
  ["letters that look alike", VICTIM.installed_app_id.replace("a", "а")],
];

/** Bodies whose signs of what they are do not agree. */
function contradictions(): Record<string, object> {
  const uninstall = uninstallBody({ ...VICTIM, uninstalled_at: "2026-11-25T12:00:00Z" });
  const install = installBody({ ...VICTIM, api_key: "blnk_forged" });
  return {
    "an install with the time of an uninstall": { ...install, uninstalled_at: "2026-11-25T12:00:00Z" },
    "an uninstall with a key": { ...uninstall, api_key: "blnk_forged" },
    "an install called an uninstall": { ...install, event: "app.uninstalled" },
    "an uninstall called an install": { ...uninstall, type: "app.installed" },
    "an install under an uninstall's idempotency key": {
      ...install,
      idempotency_key: uninstall.idempotency_key,
    },
    "an uninstall under an install's idempotency key": {
      ...uninstall,
      idempotency_key: install.idempotency_key,
    },
    "neither the one nor the other": { ...VICTIM, idempotency_key: "x" },
  };
}

/** Ways in other than a POST of JSON, as a foreign page's form or image would go. */
function doors(app: Victim["app"]): Attack[] {
  const body = JSON.stringify(installBody(STRANGE_ID));
  const typed = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "",
  ].map((type) => ({
    name: `an install sent as ${type || "nothing"}`,
    refused: [415],
    send: () => app.callback(body, { headers: { "content-type": type } }),
  }));
  const methods = ["PUT", "PATCH", "DELETE"].map((method) => ({
    name: `an install by ${method}`,
    refused: [405],
    send: () => app.callback(body, { method }),
  }));
  const query = new URLSearchParams({ ...STRANGE_ID, app_id: "app_1", api_key: "blnk_x", _method: "POST" });
  const asGet: Attack = {
    name: "an install by GET that says it is a POST",
    refused: [200],
    send: () =>
      app.request(`${app.paths.callback}?${query}`, { headers: { "x-http-method-override": "POST" } }),
  };
  return [...typed, ...methods, asGet];
}

/** The same JSON with every letter of its texts written as an escape. */
function escaped(body: object): string {
  return JSON.stringify(body).replace(
    /[a-z]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export function times<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}
