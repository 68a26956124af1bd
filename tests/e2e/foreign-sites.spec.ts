import type { Page, Response } from "@playwright/test";

import { report } from "#tests/support/report.ts";
import { OPERATOR_PASSWORD } from "#tests/support/operator-password.ts";

import { installDirectly, launchDirectly } from "./support/launch-directly.ts";
import { expect, test } from "./support/test.ts";
import { APP, FRIENDS, SISTER, STRANGERS, type World } from "./support/world.ts";

/** A stranger, a host of the app's own site, and the one site that may frame the portal. */
const SITES = [STRANGERS[0]!, SISTER, FRIENDS[0]!];

// What a browser says of what it refuses, and of answers that are refusals.
const REFUSALS = [
  /status of (303|400|401|403|404|405)/,
  /frame-ancestors/,
  /CORS policy/,
  /ERR_FAILED/,
  /ERR_BLOCKED/,
  /MIME type/,
];

/** A browser with a session in a tab, one in a frame of the dashboard, and the operator's. */
async function openEverything(world: World) {
  world.expectedErrors.push(...REFUSALS);
  const { context } = world;
  const [tab, dashboard, console] = [
    await context.newPage(),
    await context.newPage(),
    await context.newPage(),
  ];
  await installDirectly(world);
  await tab.goto(await launchDirectly(world));
  await expect(tab.getByRole("heading", { name: "Overview" })).toBeVisible();
  await dashboard.goto(`${FRIENDS[0]}/frame?url=${encodeURIComponent(await launchDirectly(world))}`);
  const frame = dashboard.frameLocator("iframe");
  await expect(frame.getByRole("heading", { name: "Overview" })).toBeVisible();
  await console.goto(`${APP}/ops`);
  await console.getByLabel("Password").fill(OPERATOR_PASSWORD);
  await console.getByRole("button", { name: "Sign in" }).click();
  await expect(console.getByRole("heading", { name: "Overview" })).toBeVisible();
  return {
    homes: [new URL(tab.url()).pathname, new URL(dashboard.frames()[1]!.url()).pathname],
    /** All three are as they were, and as nobody ended them. */
    expectUntouched: async () => {
      for (const page of [tab, console]) {
        await page.reload();
        await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
      }
      await frame.locator("body").evaluate(() => location.reload());
      await expect(frame.getByRole("heading", { name: "Overview" })).toBeVisible();
    },
  };
}

type LogLine = { event: string; method: string; route: string; status: number };

function writesOf({ app }: World): LogLine[] {
  return app
    .log()
    .split("\n")
    .map((line) => JSON.parse(line) as LogLine)
    .filter(({ event, method, route }) => event === "request" && method !== "GET" && /portal|ops/.test(route))
    .filter(({ method }) => method !== "OPTIONS");
}

/** In a page of somebody else's: every way in which a browser lets it write to another site. */
async function writeInEveryWay(url: string): Promise<void> {
  const post = { method: "POST", body: "every=1&currency=USD&decimals=3", credentials: "include" } as const;
  const typed = { ...post, headers: { "content-type": "application/json" } };
  const form = (enctype: string, target: string) => {
    const made = document.createElement("form");
    Object.assign(made, { action: url, method: "POST", enctype, target });
    made.innerHTML = '<input name="every" value="1"><input name="currency" value="USD">';
    document.body.append(made);
    made.submit();
  };
  const sink = (name: string, sandbox?: string) =>
    new Promise<void>((loaded) => {
      const frame = document.createElement("iframe");
      frame.name = name;
      if (sandbox) frame.setAttribute("sandbox", sandbox);
      frame.addEventListener("load", () => loaded(), { once: true });
      document.body.append(frame);
    });
  for (const enctype of ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]) {
    const name = `sink-${enctype}-${Math.random()}`;
    await sink(name);
    form(enctype, name);
  }
  const sandboxed = document.createElement("iframe");
  sandboxed.setAttribute("sandbox", "allow-scripts allow-forms");
  sandboxed.srcdoc = `<form method="post" action="${url}"><input name="every" value="1"></form><script>document.forms[0].submit()</script>`;
  document.body.append(sandboxed);
  navigator.sendBeacon(url, "every=1");
  await Promise.allSettled([
    fetch(url, { ...post, mode: "no-cors" }),
    fetch(url, { ...post, mode: "cors" }),
    fetch(url, typed),
    fetch(url, { ...typed, method: "DELETE" }),
    fetch(url, { ...post, mode: "no-cors", referrerPolicy: "no-referrer" }),
  ]);
}

test("no page of somebody else's writes anything, whatever cookies the browser sends along", async ({
  world,
}) => {
  const { homes, expectUntouched } = await openEverything(world);
  // The browser keeps most of the answers from the page, and from us: the app's own log tells of each.
  const own = writesOf(world).length;
  const targets = [
    ...homes.flatMap((home) =>
      ["end", "new-tab", "precision", "monitors/import"].map((path) => `${home}/${path}`),
    ),
    "/ops/sessions",
    "/ops/sign-out",
    "/ops/sign-in",
  ];
  const page = await world.context.newPage();
  for (const site of SITES) {
    for (const path of targets) {
      await page.goto(`${site}/post?url=`);
      const before = writesOf(world).length;
      await page.evaluate(writeInEveryWay, APP + path);
      // Four forms, the beacon, and the fetches that need no leave.
      await expect.poll(() => writesOf(world).length - before).toBeGreaterThanOrEqual(8);
    }
  }
  const others = writesOf(world).slice(own);
  expect(others.filter(({ method }) => method !== "POST")).toEqual([]);
  expect(others.filter(({ status }) => status !== 403)).toEqual([]);
  report("S5 writes", `${others.length} from ${SITES.length} foreign sites, none done`, "none");
  await expectUntouched();
  // The control: from the app's own page the same is done.
  await page.goto(APP + homes[0]!);
  await page.evaluate(async (url) => {
    const body = new URLSearchParams({ currency: "USD", decimals: "3" });
    await fetch(url, { method: "POST", body });
  }, `${APP}${homes[0]}/precision`);
  await expect.poll(() => writesOf(world).at(-1)?.status).toBeLessThan(400);
});

test("a form of somebody else's that takes the whole tab along writes nothing", async ({ world }) => {
  const { homes, expectUntouched } = await openEverything(world);
  const page = await world.context.newPage();
  for (const site of SITES) {
    for (const path of [`${homes[0]}/end`, `${homes[1]}/end`, "/ops/sessions", "/ops/sign-out"]) {
      await page.goto(`${site}/post?url=${encodeURIComponent(APP + path)}`);
      await page.getByRole("button", { name: "Send" }).click();
      await expect(page.getByText("so nothing was done")).toBeVisible();
    }
  }
  await expectUntouched();
});

test("no page of somebody else's reads anything", async ({ world }) => {
  const { homes } = await openEverything(world);
  const page = await world.context.newPage();
  const paths = homes.flatMap((home) => [
    home,
    `${home}.data`,
    `${home}/balances.csv`,
    `${home}/monitors/export`,
  ]);
  for (const site of SITES) {
    await page.goto(`${site}/post?url=`);
    for (const path of [...paths, "/ops", "/ops.data", "/healthz"]) {
      const seen = await page.evaluate(readInEveryWay, APP + path);
      expect([site, path, seen]).toEqual([site, path, []]);
    }
  }
  report("S5 reads", `${SITES.length * (paths.length + 3)} URLs by 5 ways each, nothing read`, "nothing");
  // The control: from the app's own page the same is read.
  const own = await world.context.newPage();
  await own.goto(APP + homes[0]!);
  expect(await own.evaluate(readInEveryWay, `${APP}${homes[0]}.data`)).toContain("fetched it");
});

/** What a page gets to know of a URL of another site. */
async function readInEveryWay(url: string): Promise<string[]> {
  const seen: string[] = [];
  const loads = (tag: "script" | "img" | "link", attribute: string) =>
    new Promise<boolean>((resolve) => {
      const element = document.createElement(tag);
      if (tag === "link") element.setAttribute("rel", "stylesheet");
      element.addEventListener("load", () => resolve(true));
      element.addEventListener("error", () => resolve(false));
      element.setAttribute(attribute, url);
      document.head.append(element);
    });
  const fetched = await fetch(url, { credentials: "include" }).then(
    (answer) => answer.ok,
    () => false,
  );
  if (fetched) seen.push("fetched it");
  const opaque = await fetch(url, { credentials: "include", mode: "no-cors" }).then(
    (answer) => answer.type !== "opaque" || answer.status !== 0,
    () => false,
  );
  if (opaque) seen.push("fetched it without leave");
  if (await loads("script", "src")) seen.push("ran it");
  if (await loads("img", "src")) seen.push("drew it");
  if (await loads("link", "href")) seen.push("styled itself with it");
  return seen;
}

test("no stranger shows the portal by an object, an embed or a frame in a sandbox", async ({ world }) => {
  world.expectedErrors.push(...REFUSALS);
  await installDirectly(world);
  const page = await world.context.newPage();
  for (const site of STRANGERS) {
    for (const tag of ["object data", "embed src", 'iframe sandbox="allow-scripts allow-same-origin" src']) {
      const url = await launchDirectly(world);
      await page.goto(`${site}/post?url=`);
      const asked = page.waitForResponse((response) => response.url().startsWith(APP));
      await page.evaluate(
        ([tag, url]) =>
          document.body.insertAdjacentHTML("beforeend", `<${tag}="${url}" width="330" height="600">`),
        [tag, url],
      );
      await asked;
      await expectNothingShown(page);
    }
  }
});

/** Chromium shows a page of its own in place of what may not be framed, and nothing in place of a bad object. */
async function expectNothingShown(page: Page): Promise<void> {
  const shown = () =>
    page
      .frames()
      .slice(1)
      .map((frame) => frame.url());
  await expect.poll(() => shown().filter((url) => url !== "chrome-error://chromewebdata/")).toEqual([]);
}

test("each session's cookie goes where it is meant to, and no script sees it", async ({ world }) => {
  const { homes } = await openEverything(world);
  const session = await world.context.newCDPSession(world.context.pages()[0]!);
  const { cookies } = await session.send("Network.getAllCookies");
  const own = cookies
    .filter(({ domain }) => domain === new URL(APP).host)
    .map(({ name, secure, httpOnly, path, sameSite, partitionKey }) => ({
      name: name.replace(/^(__Host-p_).*/, "$1"),
      secure,
      httpOnly,
      path,
      sameSite,
      partition: partitionKey?.topLevelSite,
    }));
  const strict = { secure: true, httpOnly: true, path: "/" };
  expect(own.toSorted((a, b) => String(a.sameSite).localeCompare(String(b.sameSite)))).toEqual([
    { ...strict, name: "__Host-p_", sameSite: "Lax", partition: undefined },
    { ...strict, name: "__Host-p_", sameSite: "None", partition: FRIENDS[0] },
    { ...strict, name: "__Host-tidemark_ops", sameSite: "Strict", partition: undefined },
  ]);
  for (const page of world.context.pages())
    for (const frame of page.frames()) {
      if (frame.url().startsWith(APP)) expect(await frame.evaluate(() => document.cookie)).toBe("");
    }

  const page = await world.context.newPage();
  const carried = async (act: () => Promise<unknown>) => {
    const asked = page.waitForRequest((request) => request.url().startsWith(`${APP}${homes[0]}`));
    await act();
    const { cookie = "" } = await (await asked).allHeaders();
    return [/__Host-p_/.test(cookie) && "portal", /_ops=/.test(cookie) && "ops"].filter(Boolean);
  };
  const url = APP + homes[0]!;
  for (const [site, framed, followed] of [
    [STRANGERS[0]!, [], ["portal"]],
    [FRIENDS[0]!, ["portal"], ["portal"]],
  ] as const) {
    // In the dashboard's frame its own partitioned cookie goes along, which is another launch's.
    await page.goto(`${site}/post?url=`);
    expect([site, await carried(() => page.evaluate(frame, url))]).toEqual([site, framed]);
    expect([site, await carried(() => page.evaluate(follow, url))]).toEqual([site, followed]);
    await page.waitForURL(url);
  }
  report(
    "S5 cookies",
    `${own.length} kinds, none seen by a script or sent along from a stranger's frame`,
    "none",
  );
});

const frame = (url: string) =>
  document.body.insertAdjacentHTML("beforeend", `<iframe src="${url}"></iframe>`);
const follow = (url: string) => {
  location.href = url;
};

test("every answer that the browser gets carries the headers, and lets no other site in", async ({
  world,
}) => {
  world.expectedErrors.push(...REFUSALS);
  const answers: Response[] = [];
  world.context.on("response", (response) => {
    if (response.url().startsWith(APP)) answers.push(response);
  });
  const { homes } = await openEverything(world);
  const page = await world.context.newPage();
  const home = APP + homes[0]!;
  for (const path of [
    "/balances",
    "/transactions",
    "/alerts",
    "/monitors",
    "/activity",
    "/nowhere",
    "?check=x",
  ])
    await page.goto(home + path);
  for (const path of [
    "/",
    "/nowhere",
    "/portal/unknown",
    "/portal/enter?token=x",
    "/healthz",
    "/ops/installs",
  ])
    await page.goto(APP + path);
  const kinds = new Set<string>();
  for (const answer of answers) {
    kinds.add(`${answer.request().resourceType()} ${answer.status()}`);
    await expectHeaders(answer);
  }
  for (const kind of [
    "document 200",
    "document 302",
    "document 303",
    "document 401",
    "document 404",
    "script 200",
    "stylesheet 200",
    "font 200",
  ])
    expect([...kinds]).toContain(kind);
  report("S5 headers", `${answers.length} answers in a browser, all with every header`, "all");
  // The control: somebody else's page has none of them.
  const others = await page.goto(`${STRANGERS[0]}/post?url=`);
  await expect(expectHeaders(others!)).rejects.toThrow("default-src 'none'");
});

async function expectHeaders(answer: Response): Promise<void> {
  const { pathname } = new URL(answer.url());
  const headers = await answer.allHeaders();
  const portal = pathname.startsWith("/portal/");
  const where = `${answer.status()} ${pathname}`;
  const policy = headers["content-security-policy"] ?? "";
  expect(policy, where).toContain("default-src 'none'");
  expect(policy.split("frame-ancestors ")[1], where).toBe(
    portal ? "'self' https://blnkfinance.com https://*.blnkfinance.com" : "'none'",
  );
  expect(policy, where).not.toMatch(/script-src[^;]*('unsafe-inline'|'unsafe-eval'|\*|https:|data:)/);
  expect(headers, where).toMatchObject({
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": expect.stringContaining("camera=()"),
  });
  expect(headers["cross-origin-resource-policy"], where).toBe(
    pathname === "/favicon.svg" ? "cross-origin" : "same-origin",
  );
  for (const name of ["access-control-allow-origin", "server", "x-powered-by", "x-frame-options"])
    expect(headers[name], `${where} ${name}`).toBeUndefined();
  // What may be kept: Chromium does not keep that header with it.
  if (pathname.startsWith("/assets/") || pathname === "/favicon.svg") return;
  expect(headers["cache-control"], where).toBe("no-store");
  expect(headers["strict-transport-security"], where).toMatch(/^max-age=\d{8}/);
}
