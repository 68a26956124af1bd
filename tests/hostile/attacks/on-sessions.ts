import { MADE_UP_IDS, portalRequests, send } from "#tests/support/portal-requests.ts";
import { rawRequest } from "#tests/support/raw-request.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

import type { Attack } from "../attack.ts";
import { forgeriesOf } from "../forgeries.ts";
import type { Victim } from "../victim.ts";

/** Who has no good session of the victim's, and perhaps one of its own. */
export function attacksOnSessions(victim: Victim): Attack[] {
  const { app, session, attacker, spent, operatorCookie } = victim;
  const { launchId, cookie, token, code } = session;
  const name = `__Host-p_${launchId}`;
  const own = `__Host-p_${attacker.launchId}=${attacker.cookie}`;
  const lookBy = (what: string, header: string) => look(victim, what, { cookie: header });
  const values: [string, string][] = [
    ...forgeriesOf(cookie),
    ["the launch's token", token],
    ["a hand-over code", code],
    ["the attacker's own", attacker.cookie],
    ["the operator's", operatorCookie.split("=")[1]!],
    ["the launch's id", launchId],
  ];
  return [
    ...values.map(([what, value]) => lookBy(`a cookie that is ${what}`, `${name}=${value}`)),
    ...Object.entries({
      "a cookie of no prefix": `p_${launchId}=${cookie}`,
      "a cookie of a lesser prefix": `__Secure-p_${launchId}=${cookie}`,
      "a cookie whose name is in small letters": `${name.toLowerCase()}=${cookie}`,
      "a cookie whose name is in capitals": `${name.toUpperCase()}=${cookie}`,
      "a cookie with a blank behind its name": `${name} =${cookie}`,
      "a cookie with a letter before its name": `x${name}=${cookie}`,
      "a cookie behind a comma": `a=b, ${name}=${cookie}`,
      "a cookie of the attacker's launch": `__Host-p_${attacker.launchId}=${cookie}`,
      "a cookie of no launch": `__Host-p_=${cookie}`,
      "a cookie of every launch": `__Host-p_%=${cookie}`,
      "the attacker's own session": own,
      "the attacker's own session under both names": `${own}; ${name}=${attacker.cookie}`,
      "a hundred forged cookies": Array.from({ length: 100 }, (_, index) => `${name}=${index}`).join("; "),
      "the operator's session": operatorCookie,
    }).map(([what, header]) => lookBy(what, header)),
    look(victim, "a good cookie's value in Authorization", { authorization: `Bearer ${cookie}` }),
    look(victim, "a good cookie in another header", { "x-cookie": `${name}=${cookie}` }),
    look(victim, "a header that names the install", { "x-install-id": "instapp_victim", "x-user": "admin" }),
    look(victim, "a good cookie in the query", {}, `?${encodeURIComponent(name)}=${cookie}`),
    ...Object.entries(spent).map(([what, { home, launchId, cookie }]) => ({
      name: `a page with the session ${what}`,
      refused: [401],
      send: () => app.request(home, { headers: { cookie: `__Host-p_${launchId}=${cookie}` } }),
    })),
    ...Object.entries(spent).map(([what, old]) =>
      lookBy(`a session ${what} under the live launch's name`, `${name}=${old.cookie}`),
    ),
    ...byOtherPaths(victim, own),
    ...everyRequest(victim, own),
  ];
}

/** The victim's overview. */
export function look(
  { app, session }: Pick<Victim, "app" | "session">,
  what: string,
  headers: Record<string, string>,
  query = "",
): Attack {
  return {
    name: `a page with ${what}`,
    refused: [401],
    send: () => app.request(session.home + query, { headers }),
  };
}

/** Paths that might be read as the attacker's launch by the guard and as the victim's by the page. */
function byOtherPaths({ app, session, attacker }: Victim, cookie: string): Attack[] {
  const [own, other] = [attacker.home, session.home];
  const { launchId } = session;
  return [
    `${own}/../${launchId}`,
    `${own}/..%2f${launchId}`,
    `${own}%2f..%2f${launchId}`,
    `${own}/%2e%2e/${launchId}`,
    `${own}\\..\\${launchId}`,
    `/portal//${launchId}`,
    `/portal/./${launchId}`,
    `/PORTAL/${launchId}`,
    `/%70ortal/${launchId}`,
    `${other};${attacker.launchId}`,
    `${other}%00${attacker.launchId}`,
    `${other}?launchId=${attacker.launchId}`,
    `${other}/?/portal/${attacker.launchId}`,
    `http://tidemark.example.com${other}`,
  ].map((path) => ({
    name: `the attacker's session at ${path.replaceAll(launchId, "VICTIM").replaceAll(attacker.launchId, "OWN")}`,
    refused: [400, 401, 404],
    send: async () => {
      const bytes = `GET ${path} HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`;
      const { status, headers, body } = await rawRequest(app.port, bytes);
      return new Response(body, { status, headers: [...headers] });
    },
  }));
}

/** Each page, its data, its data with the routes chosen by who asks, and each action, with a session that is another's. */
function everyRequest({ app, session }: Victim, cookie: string): Attack[] {
  const ask = (path: string, init: RequestInit = {}) =>
    app.request(path, { ...init, headers: { cookie, ...(init.headers as Record<string, string>) } });
  const portal: Parameters<typeof send>[0] = {
    get: ask,
    post: (path, headers, body) =>
      ask(path, {
        method: "POST",
        body: body ?? null,
        headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      }),
  };
  return portalRequests(MADE_UP_IDS).flatMap((request, index) => {
    const name = `${request.method} ${request.path || "the overview"} (${index}) with another's session`;
    const asked: Attack = { name, refused: [401], send: () => send(portal, session.home, request) };
    if (request.method === "POST") return [asked];
    const [path = "", query = ""] = request.path.split("?");
    const data = `${session.home}${path && `/${path}`}.data?${query}`;
    return [
      asked,
      { name: `the data of ${name}`, refused: [401], send: () => ask(data) },
      {
        name: `the data of ${name}, by routes of its own choice`,
        refused: [401],
        send: () => ask(`${data}&_routes=${encodeURIComponent("portal/activity/activity")}`),
      },
    ];
  });
}

/** Who makes the victim's own browser write, with all its cookies, from a page of somebody else. */
export function foreignWrites(victim: Victim): Attack[] {
  const { session, operatorCookie } = victim;
  const { home, launchId, cookie } = session;
  const cookies = `__Host-p_${launchId}=${cookie}; ${operatorCookie}`;
  const targets = [
    `${home}/end`,
    `${home}/new-tab`,
    `${home}/precision`,
    `${home}/monitors/import`,
    "/ops/sessions",
    "/ops/installs/instapp_victim/gone",
    "/ops/installs/instapp_victim",
    "/ops/sign-out",
  ];
  return targets.flatMap((path) =>
    Object.entries(FOREIGN).map(([from, headers]) => ({
      name: `a write to ${path.replace(launchId, "…")} from ${from}`,
      refused: [403],
      send: () => write(victim.app, path, cookies, headers),
    })),
  );
}

export function write(
  app: Victim["app"],
  path: string,
  cookie: string,
  headers: Record<string, string>,
): Promise<Response> {
  const form = { every: "1", currency: "USD", per_action: "1", per_day: "", decimals: "3" };
  return app.request(path, {
    method: "POST",
    body: new URLSearchParams(form),
    headers: { cookie, ...headers },
  });
}

const FOREIGN: Record<string, Record<string, string>> = {
  nowhere: {},
  "a sandboxed frame": { origin: "null" },
  "another site": { origin: "https://evil.example" },
  "the dashboard": { origin: "https://blnkfinance.com" },
  "the same host without TLS": { origin: PUBLIC_URL.replace("https", "http") },
  "another port": { origin: `${PUBLIC_URL}:8443` },
  "a host below ours": { origin: PUBLIC_URL.replace("//", "//evil.") },
  "a host that starts like ours": { origin: `${PUBLIC_URL}.evil.example` },
  "ours in capitals": { origin: PUBLIC_URL.toUpperCase() },
  "ours with a slash": { origin: `${PUBLIC_URL}/` },
  "two places": { origin: `${PUBLIC_URL}, https://evil.example` },
  "ours, as a sister site": { origin: PUBLIC_URL, "sec-fetch-site": "same-site" },
  "ours, as another site": { origin: PUBLIC_URL, "sec-fetch-site": "cross-site" },
  "the address bar": { origin: PUBLIC_URL, "sec-fetch-site": "none" },
  "a page whose Referer is ours": { referer: `${PUBLIC_URL}/portal/x`, host: "tidemark.example.com" },
};
