import { OPERATOR_PASSWORD } from "#tests/support/operator-password.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

import type { Attack } from "../attack.ts";
import { forgeriesOf } from "../forgeries.ts";
import type { Victim } from "../victim.ts";

const PAGES = [
  "",
  "/installs",
  "/installs/instapp_victim",
  "/installs/instapp_victim/gone",
  "/sessions",
  "/events",
  "/jobs",
  "/promises",
  "/audit",
];
const NAME = "__Host-tidemark_ops";

/** Who has no good session of the operator's. */
export function attacksOnTheOperator(victim: Victim): Attack[] {
  const { app, operatorCookie, session } = victim;
  const value = operatorCookie.split("=")[1]!;
  const portalCookie = `__Host-p_${session.launchId}=${session.cookie}`;
  return [
    ...[...forgeriesOf(value), ["the portal's", session.cookie], ["a launch's token", session.token]].map(
      ([what, forged]) => lookAtConsole(app, `a cookie that is ${what}`, { cookie: `${NAME}=${forged}` }),
    ),
    ...Object.entries({
      "a cookie of no prefix": `tidemark_ops=${value}`,
      "a cookie in small letters": `${NAME.toLowerCase()}=${value}`,
      "a cookie with a blank behind its name": `${NAME} =${value}`,
      "a cookie behind a comma": `a=b, ${operatorCookie}`,
      "a portal session": portalCookie,
    }).map(([what, cookie]) => lookAtConsole(app, what, { cookie })),
    lookAtConsole(app, "a good cookie's value in Authorization", { authorization: `Bearer ${value}` }),
    lookAtConsole(app, "the password in Authorization", {
      authorization: `Basic ${Buffer.from(`operator:${OPERATOR_PASSWORD}`).toString("base64")}`,
    }),
    ...PAGES.flatMap((page) => {
      const data = page === "" ? "/ops.data" : `/ops${page}.data`;
      return [`/ops${page}`, data, `${data}?_routes=routes%2Fops%2Faudit`].map((path) => ({
        name: `GET ${path} with a portal session`,
        refused: [202, 302],
        send: () => app.request(path, { headers: { cookie: portalCookie } }),
      }));
    }),
    ...["/installs/instapp_victim/gone", "/installs/instapp_victim", "/sessions", "/jobs", "/sign-out"].map(
      (page) => ({
        name: `POST /ops${page} with a portal session`,
        refused: [302],
        send: () =>
          app.request(`/ops${page}`, {
            method: "POST",
            body: new URLSearchParams({ every: "1", id: "1", currency: "USD", per_action: "1", per_day: "" }),
            headers: { origin: PUBLIC_URL, cookie: portalCookie },
          }),
      }),
    ),
  ];
}

export function lookAtConsole(app: Victim["app"], what: string, headers: Record<string, string>): Attack {
  return {
    name: `the console with ${what}`,
    refused: [302],
    send: () => app.request("/ops/installs", { headers }),
  };
}

/** Who does not know the password; each from an address of its own, for five tries a minute are all that one has. */
export function forgedPasswords({ app }: Victim): Attack[] {
  const passwords: Record<string, string> = {
    nothing: "",
    "a blank": " ",
    "it without its end": OPERATOR_PASSWORD.slice(0, -1),
    "it and a letter": `${OPERATOR_PASSWORD}x`,
    "it and a blank": `${OPERATOR_PASSWORD} `,
    "it after a blank": ` ${OPERATOR_PASSWORD}`,
    "it and a NUL": `${OPERATOR_PASSWORD}\0`,
    "it in capitals": OPERATOR_PASSWORD.toUpperCase(),
    "it with a capital": OPERATOR_PASSWORD.replace(/^./, (letter) => letter.toUpperCase()),
    "it twice": OPERATOR_PASSWORD.repeat(2),
    "its hash": app.env["OPERATOR_PASSWORD_HASH"]!,
    SQL: "' or '1'='1",
    "an object": "[object Object]",
    "four thousand letters": "x".repeat(4000),
  };
  const tries = Object.entries(passwords).map(([what, password], index) =>
    signInWith(app, what, new URLSearchParams({ password }), `198.51.100.${index}`),
  );
  return [
    ...tries,
    signInWith(
      app,
      "a list of it",
      new URLSearchParams({ "password[]": OPERATOR_PASSWORD }),
      "198.51.100.101",
    ),
    signInWith(
      app,
      "it after a wrong one",
      new URLSearchParams([
        ["password", "x"],
        ["password", OPERATOR_PASSWORD],
      ]),
      "198.51.100.102",
    ),
    {
      name: "a log-in with the password in the query",
      refused: [401],
      send: () =>
        app.request(`/ops/sign-in?${new URLSearchParams({ password: OPERATOR_PASSWORD })}`, {
          method: "POST",
          body: new URLSearchParams({}),
          headers: { origin: PUBLIC_URL, "fly-client-ip": "198.51.100.103" },
        }),
    },
    {
      name: "a log-in as JSON",
      refused: [415],
      send: () =>
        app.request("/ops/sign-in", {
          method: "POST",
          body: JSON.stringify({ password: OPERATOR_PASSWORD }),
          headers: { origin: PUBLIC_URL, "content-type": "application/json" },
        }),
    },
    {
      name: "a log-in by GET",
      refused: [200],
      send: () => app.request(`/ops/sign-in?${new URLSearchParams({ password: OPERATOR_PASSWORD })}`),
    },
    ...[undefined, "null", "https://evil.example"].map((origin) => ({
      name: `a log-in with the right password from a page of ${origin ?? "nobody"}`,
      refused: [403],
      send: () =>
        app.request("/ops/sign-in", {
          method: "POST",
          body: new URLSearchParams({ password: OPERATOR_PASSWORD }),
          headers: { ...(origin && { origin }) },
        }),
    })),
  ];
}

export function signInWith(app: Victim["app"], what: string, form: URLSearchParams, address: string): Attack {
  return {
    name: `a log-in with ${what}`,
    refused: [400, 401],
    send: () =>
      app.request("/ops/sign-in", {
        method: "POST",
        body: form,
        headers: { origin: PUBLIC_URL, "fly-client-ip": address },
      }),
  };
}
