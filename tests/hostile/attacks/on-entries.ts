import { PUBLIC_URL } from "#tests/support/test-environment.ts";

import type { Attack } from "../attack.ts";
import { forgeriesOf } from "../forgeries.ts";
import type { Victim } from "../victim.ts";

/** Who has no launch URL, or one that is good no more, and no hand-over code either. */
export function attacksOnEntries({ app, session, attacker, spent, operatorCookie }: Victim): Attack[] {
  const { token, code, cookie, home, launchId } = session;
  const notPasses: [string, string][] = [
    ["the launch's id", launchId],
    ["the session's cookie", cookie],
    ["the operator's cookie", operatorCookie.split("=")[1]!],
    ["a URL's secret token", app.paths.launch.split("/").at(-1)!],
    ["the key", "blnk_the_victims_present_key"],
  ];
  return [
    ...[...forgeriesOf(token), ...notPasses, ["a code", code] as const].map(([name, forged]) =>
      enterBy("token", name, forged),
    ),
    ...[...forgeriesOf(code), ...notPasses, ["a token", token] as const].map(([name, forged]) =>
      enterBy("code", name, forged),
    ),
    ...[...forgeriesOf(code), ...notPasses, ["another launch's", attacker.code] as const].map(
      ([name, forged]) => ({
        name: `a page by a check with ${name}`,
        refused: [401],
        send: () => app.request(`${home}?check=${encodeURIComponent(forged)}`),
      }),
    ),
    ...Object.entries(spent).flatMap(([name, { token, code, home }]) => [
      enterBy("token", `the launch ${name}`, token),
      enterBy("code", `the launch ${name}`, code),
      {
        name: `a page by a check with the launch ${name}`,
        refused: [401],
        send: () => app.request(`${home}?check=${code}`),
      },
    ]),
    ...DESTINATIONS.map((destination) => ({
      name: `a good launch URL as ${destination}`,
      refused: [400],
      send: () => app.request(`/portal/enter?token=${token}`, { headers: { "sec-fetch-dest": destination } }),
    })),
    ...["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map((method) => ({
      name: `a good launch URL by ${method}`,
      refused: [405],
      send: () => app.request(`/portal/enter?token=${token}`, { method, headers: { origin: PUBLIC_URL } }),
    })),
    {
      name: "a forged token before a good one",
      refused: [401],
      send: () => app.request(`/portal/enter?token=x&token=${token}`),
    },
    {
      name: "a good token under a name in capitals",
      refused: [401],
      send: () => app.request(`/portal/enter?TOKEN=${token}`),
    },
    {
      name: "a good token in a list",
      refused: [401],
      send: () => app.request(`/portal/enter?token[]=${token}`),
    },
    {
      name: "a good token in a header",
      refused: [401],
      send: () => app.request("/portal/enter", { headers: { authorization: `Bearer ${token}` } }),
    },
    {
      name: "a good token at the page itself",
      refused: [401],
      send: () => app.request(`${home}?token=${token}`),
    },
    {
      name: "a good code at the page itself",
      refused: [401],
      send: () => app.request(`${home}?code=${code}`),
    },
  ];

  function enterBy(pass: "token" | "code", name: string, value: string): Attack {
    return {
      name: `entering by a ${pass} that is ${name}`,
      refused: [401],
      send: () => app.request(`/portal/enter?${pass}=${encodeURIComponent(value)}`),
    };
  }
}

/** What a browser says when it loads something that is no page. */
const DESTINATIONS = [
  "empty",
  "image",
  "script",
  "style",
  "font",
  "object",
  "embed",
  "frame",
  "video",
  "worker",
];
