import { randomBytes } from "node:crypto";
import { connect } from "node:tls";

import { urlToken } from "#app/platform/installs/url-token.server.ts";

import { type Finding, onPromise } from "./finding.ts";
import { type Answer, probe } from "./probe.server.ts";

const DAY_MS = 24 * 60 * 60_000;

export type Site = {
  /** A bare origin. */
  origin: string;
  /** Enables the checks of the two secret URLs; its derived tokens go to `origin` and nowhere else. */
  urlSecret: string | undefined;
  /** What no answer may contain. */
  secrets: readonly string[];
};

type Pages = Record<
  "front" | "logo" | "unknown" | "portal" | "enter" | "wrongCallback" | "health" | "ready",
  Answer
>;

/**
 * Blnk's checklist against a live deployment, as a stranger sees it. Sends nothing that could be an event: no body
 * passes the schema, no redirect is followed.
 */
export async function inspectSite(site: Site): Promise<Finding[]> {
  const { origin } = site;
  const wrong = randomBytes(32).toString("base64url");
  const paths = {
    front: "/",
    logo: "/favicon.svg",
    unknown: `/api/${wrong}`,
    portal: `/portal/${wrong.slice(0, 22)}`,
    enter: `/portal/enter?token=${wrong}`,
    wrongCallback: `/api/callback/${wrong}`,
    health: "/healthz",
    ready: "/readyz",
  };
  const pages = {} as Pages;
  for (const [name, path] of Object.entries(paths)) {
    // A page that trusts what the request says of itself would show it in its policy.
    const answer = await probe(origin + path, { headers: { "X-Forwarded-Host": "evil.example" } });
    if (typeof answer === "string")
      return [
        { title: "Reachable", result: "fail", why: `GET ${path.split(wrong)[0]} got no answer: ${answer}.` },
      ];
    pages[name as keyof Pages] = answer;
  }
  return [
    judgeHealth(pages),
    judgeLeaks(pages, [...site.secrets, wrong]),
    ...(await judgeSecretUrls(site)),
    ...(await judgeAddress(site, pages)),
    judgeFraming(pages),
    judgeEntry(pages),
    judgeBrowser(pages),
    judgeWrongToken(pages),
    judgeHeaders(pages, origin),
    judgeCookies(pages),
    judgeClock(pages),
  ];
}

function judgeHealth({ health, ready }: Pages): Finding {
  return health.status === 200 && ready.status === 200
    ? { title: "Ready", result: "pass", why: "/healthz and /readyz answer 200." }
    : { title: "Ready", result: "fail", why: `/healthz answers ${health.status}, /readyz ${ready.status}.` };
}

function judgeLeaks(pages: Pages, secrets: string[]): Finding {
  const leaks = Object.entries(pages).filter(([, { body, headers }]) => {
    const text = body + [...headers].join();
    return /\bblnk_[A-Za-z0-9]/.test(text) || secrets.some((secret) => text.includes(secret));
  });
  return leaks.length === 0
    ? onPromise(2, "pass", "No answer repeats a token or holds a secret. (Logs are not visible from here.)")
    : onPromise(2, "fail", `A secret stands in the answer of: ${leaks.map(([name]) => name).join(", ")}.`);
}

/** GET answers 200 and a body that is no event 400, both well within Cloud's time. */
async function judgeSecretUrls({ origin, urlSecret }: Site): Promise<Finding[]> {
  if (urlSecret === undefined)
    return [
      onPromise(
        3,
        "unknown",
        "Needs a URL secret: run it where PUBLIC_URL is this address, or give --url-secret-file FILE.",
      ),
    ];
  const problems: string[] = [];
  let slowest = 0;
  for (const [name, path] of [
    ["callback", `/api/callback/${urlToken("callback", urlSecret)}`],
    ["launch", `/api/portal/${urlToken("launch", urlSecret)}`],
  ] as const) {
    const json = { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" };
    for (const [init, expected] of [
      [{}, 200],
      [json, 400],
    ] as const) {
      const answer = await probe(origin + path, init);
      if (typeof answer === "string") problems.push(`${name}: ${answer}`);
      else if (answer.status !== expected)
        problems.push(`${name} answers ${answer.status} instead of ${expected}`);
      else slowest = Math.max(slowest, answer.ms);
    }
  }
  if (problems.length > 0) return [onPromise(3, "fail", `${problems.join("; ")}.`)];
  const why = `Both URLs answer as they should, the slowest in ${Math.round(slowest)} ms.`;
  return [onPromise(3, slowest < 3000 ? "pass" : "fail", why)];
}

async function judgeAddress({ origin }: Site, { front }: Pages): Promise<Finding[]> {
  const url = new URL(origin);
  if (url.protocol !== "https:")
    return [
      onPromise(9, "unknown", "A plain-http loopback address: TLS, redirect and HSTS cannot be seen here."),
      onPromise(10, "pass", "Local work: `npm run dev -- --tunnel URL`, or the sandbox."),
    ];
  const insecure = await probe(`http://${url.host}/`);
  const redirects =
    typeof insecure === "string" ||
    ([301, 302, 307, 308].includes(insecure.status) &&
      insecure.headers.get("location")?.startsWith("https://"));
  const age = Number(/max-age=(\d+)/.exec(front.headers.get("strict-transport-security") ?? "")?.[1] ?? 0);
  const expires = await certificateExpiry(url);
  const days = expires === undefined ? 0 : Math.floor((expires - Date.now()) / DAY_MS);
  return [
    redirects && age >= 180 * 86_400
      ? onPromise(9, "pass", "https with a trusted certificate, HSTS, and nothing is served over http.")
      : onPromise(
          9,
          "fail",
          redirects ? "HSTS is missing or shorter than 180 days." : "It is served over plain http, too.",
        ),
    onPromise(10, "pass", "This address is public: no tunnel is needed."),
    {
      title: "Certificate",
      result: days < 3 ? "fail" : days < 14 ? "warn" : "pass",
      why: `Valid for ${days} more days.`,
    },
  ];
}

/** Epoch ms; undefined when no trusted certificate was shown. */
function certificateExpiry(url: URL): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({
      host: url.hostname,
      port: Number(url.port || 443),
      servername: url.hostname,
      timeout: 10_000,
    });
    const end = (answer: number | undefined) => {
      resolve(answer);
      socket.destroy();
    };
    socket.once("secureConnect", () => end(Date.parse(socket.getPeerCertificate().valid_to)));
    socket.once("error", () => end(undefined));
    socket.once("timeout", () => end(undefined));
  });
}

function judgeFraming(pages: Pages): Finding {
  const portal = directive(pages.portal, "frame-ancestors");
  if (portal === undefined || /(^| )(\*|https?:)( |$)|evil/.test(portal))
    return onPromise(
      11,
      "fail",
      `Portal pages may be framed by: ${portal ?? "anyone (no frame-ancestors)"}.`,
    );
  if (pages.portal.headers.has("x-frame-options"))
    return onPromise(11, "fail", "X-Frame-Options keeps the dashboard out.");
  const open = (["front", "logo", "unknown", "health"] as const).filter(
    (name) => directive(pages[name], "frame-ancestors") !== "'none'",
  );
  return open.length === 0
    ? onPromise(11, "pass", `Portal pages: ${portal}; everything else: 'none'.`)
    : onPromise(11, "fail", `Without frame-ancestors 'none': ${open.join(", ")}.`);
}

function judgeEntry({ enter }: Pages): Finding {
  return enter.status === 401 && !enter.headers.has("set-cookie")
    ? onPromise(12, "pass", "A launch URL that was not issued opens nothing.")
    : onPromise(12, "fail", `A launch URL that was not issued is answered with ${enter.status}.`);
}

function judgeBrowser({ portal }: Pages): Finding {
  const sources = directive(portal, "connect-src") ?? directive(portal, "default-src");
  return sources === "'self'" || sources === "'none'"
    ? onPromise(
        13,
        "pass",
        `The portal's page may connect to ${sources === "'self'" ? "this server only" : "nothing"}.`,
      )
    : onPromise(13, "fail", `The portal's page may connect to: ${sources ?? "anything"}.`);
}

function judgeWrongToken({ wrongCallback, unknown }: Pages): Finding {
  const same = wrongCallback.status === 404 && unknown.status === 404 && wrongCallback.body === unknown.body;
  return {
    title: "Wrong token",
    result: same ? "pass" : "fail",
    why: same
      ? "Gets the 404 of a path that does not exist."
      : "Can be told from a path that does not exist.",
  };
}

function judgeHeaders(pages: Pages, origin: string): Finding {
  const missing = Object.entries(pages).flatMap(([name, { headers }]) => [
    ...[
      "content-security-policy",
      "referrer-policy",
      ...(origin.startsWith("https:") ? ["strict-transport-security"] : []),
    ]
      .filter((header) => !headers.has(header))
      .map((header) => `${header} (${name})`),
    ...(headers.get("x-content-type-options") === "nosniff" ? [] : [`nosniff (${name})`]),
    ...(headers.has("x-powered-by") ? [`no X-Powered-By (${name})`] : []),
  ]);
  return {
    title: "Security headers",
    result: missing.length === 0 ? "pass" : "fail",
    why: missing.length === 0 ? "On every kind of answer." : `Missing: ${missing.join(", ")}.`,
  };
}

function judgeCookies(pages: Pages): Finding {
  const loose = Object.values(pages)
    .flatMap(({ headers }) => headers.getSetCookie())
    .filter(
      (cookie) => !cookie.startsWith("__Host-") || !/; *Secure/i.test(cookie) || !/; *HttpOnly/i.test(cookie),
    );
  return {
    title: "Cookies",
    result: loose.length === 0 ? "pass" : "fail",
    why:
      loose.length === 0
        ? "None is set without a session."
        : `${loose.length} are not __Host-, Secure and HttpOnly.`,
  };
}

function judgeClock({ front }: Pages): Finding {
  const off = Math.round(Math.abs(Date.parse(front.headers.get("date") ?? "") - Date.now()) / 1000);
  if (Number.isNaN(off)) return { title: "Clock", result: "unknown", why: "The answer carries no date." };
  return { title: "Clock", result: off > 60 ? "warn" : "pass", why: `${off} s from this machine's.` };
}

function directive({ headers }: Answer, name: string): string | undefined {
  return (headers.get("content-security-policy") ?? "")
    .split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name} `))
    ?.slice(name.length + 1);
}
