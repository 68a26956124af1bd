import { describe, expect, test } from "vitest";

import { OTHER_API_KEY } from "#tests/support/blnk-payloads.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp } from "#tests/support/start-app.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

async function launched() {
  const app = await startApp();
  await app.install();
  const path = await app.launch();
  return {
    app,
    path,
    launchId: app.rows<{ launch_id: string }>("select launch_id from launches")[0]!.launch_id,
  };
}

describe("enter", () => {
  test("a launch URL sets the launch's cookie and leads to its own path, and from there to the page", async () => {
    const { app, path, launchId } = await launched();
    const portal = openPortal(app);
    const entered = await portal.get(path);
    expect(entered.status).toBe(302);
    expect(entered.headers.get("location")).toMatch(new RegExp(`^/portal/${launchId}\\?check=[\\w-]{43}$`));
    expect(entered.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        new RegExp(`^__Host-p_${launchId}=[\\w-]{43}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned$`),
      ),
    ]);
    const checked = await portal.get(entered.headers.get("location")!);
    expect(checked.status).toBe(303);
    expect(checked.headers.get("location")).toBe(`/portal/${launchId}`);
    expect((await portal.get(`/portal/${launchId}`)).status).toBe(200);
  });

  test.each([
    ["document", "SameSite=Lax"],
    ["iframe", "SameSite=None; Partitioned"],
    [undefined, "SameSite=None; Partitioned"],
  ])("for Sec-Fetch-Dest %s the cookie is %s", async (destination, expected) => {
    const { app, path } = await launched();
    const response = await app.request(path, {
      headers: destination === undefined ? {} : { "sec-fetch-dest": destination },
    });
    expect(response.status).toBe(302);
    expect(response.headers.getSetCookie()[0]).toContain(expected);
  });

  test.each([
    "empty",
    "script",
    "image",
    "style",
    "object",
    "embed",
    "frame",
    "fencedframe",
    "serviceworker",
    "nonsense",
  ])("as %s it is 400 and uses nothing up", async (destination) => {
    const { app, path } = await launched();
    const response = await app.request(path, { headers: { "sec-fetch-dest": destination } });
    expect(response.status).toBe(400);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(app.rows("select redemptions from launches")).toEqual([{ redemptions: 0 }]);
  });

  test.each(["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"])("%s redeems nothing", async (method) => {
    const { app, path } = await launched();
    const response = await app.request(path, { method, headers: { origin: PUBLIC_URL } });
    expect(response.status).not.toBe(302);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(app.rows("select redemptions from launches")).toEqual([{ redemptions: 0 }]);
    expect(app.rows("select * from sessions")).toEqual([]);
  });

  test.each([
    "/portal/enter",
    "/portal/enter?token=",
    "/portal/enter?token=wrong",
    "/portal/enter?code=wrong",
    "/portal/enter?token=%00",
    "/portal/enter?token[]=x",
    `/portal/enter?token=${"x".repeat(5000)}`,
  ])("%s shows the ended page", async (path) => {
    const { app } = await launched();
    const response = await app.request(path);
    expect(response.status).toBe(401);
    const html = await response.text();
    expect(html).toContain("Session ended, relaunch from Blnk Cloud");
    expect(html).not.toContain("<script");
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test("a reload by the browser that holds the cookie makes no new session", async () => {
    const { app, path, launchId } = await launched();
    const portal = openPortal(app);
    await portal.get(path);
    const again = await portal.get(path);
    expect(again.status).toBe(302);
    expect(again.headers.get("location")).toBe(`/portal/${launchId}`);
    expect(app.rows("select count(*) as n from sessions")).toEqual([{ n: 1 }]);
  });

  test("the token rides in no URL after the first, and in no page", async () => {
    const { app, path } = await launched();
    const token = path.split("token=")[1]!;
    const portal = openPortal(app);
    const entered = await portal.get(path);
    expect(entered.headers.get("location")).not.toContain(token);
    const page = await portal.get(await portal.enter(path));
    expect(await page.text()).not.toContain(token);
  });
});

describe("blocked cookies", () => {
  test("lead to a page that says so, with a link for a new tab that works once", async () => {
    const { app, path, launchId } = await launched();
    const portal = openPortal(app, { keepsCookies: false });
    const entered = await portal.get(path);
    const blocked = await portal.get(entered.headers.get("location")!);
    expect(blocked.status).toBe(403);
    const html = await blocked.text();
    expect(html).toContain("Cookies are blocked");
    expect(html).not.toContain("<script");
    const link = /href="(\/portal\/enter\?code=[\w-]{43})"[^>]*target="_blank"/.exec(html)?.[1];
    const tab = openPortal(app, { destination: "document" });
    expect(await tab.enter(link!)).toBe(`/portal/${launchId}`);
    expect((await openPortal(app, { destination: "document" }).get(link!)).status).toBe(401);
  });
});

describe("the guard", () => {
  test("without a session every page, data request and action of the portal is 401 and mints nothing", async () => {
    const { app, path, launchId } = await launched();
    const stranger = openPortal(app);
    const base = `/portal/${launchId}`;
    for (const target of [
      base,
      `${base}?check=wrong`,
      `${base}.data`,
      `${base}/`,
      `/portal/unknown`,
      `/portal/unknown.data`,
      `/PORTAL/${launchId}`,
      `/%70ortal/${launchId}`,
    ]) {
      const response = await stranger.get(target);
      expect(response.status, target).toBe(401);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    for (const target of [`${base}/end`, `${base}/new-tab`, `${base}/end.data`, `${base}/new-tab.data`]) {
      expect((await stranger.post(target)).status, target).toBe(401);
    }
    expect(app.rows("select * from sessions")).toEqual([]);
    expect(app.rows("select * from hand_over_codes")).toEqual([]);
    expect(app.rows("select ended_at from launches")).toEqual([{ ended_at: null }]);
    expect(await openPortal(app).enter(path)).toBe(base);
  });

  test("the install of a page is its session's own, whatever the URL names", async () => {
    const { app, path } = await launched();
    await app.install({ installed_app_id: "instapp_2", instance_id: "inst_2", api_key: OTHER_API_KEY });
    const other = await app.launch({ installed_app_id: "instapp_2", instance_id: "inst_2" });
    const [mine, theirs] = [openPortal(app), openPortal(app)];
    const [myPage, theirPage] = [await mine.enter(path), await theirs.enter(other)];
    expect((await mine.get(theirPage)).status).toBe(401);
    expect((await theirs.get(myPage)).status).toBe(401);
    expect((await mine.post(`${theirPage}/end`)).status).toBe(401);
    expect((await theirs.get(theirPage)).status).toBe(200);
  });

  test("an expired launch, an uninstall and a re-install each end the session for pages and data alike", async () => {
    for (const end of ["expire", "uninstall", "reinstall"]) {
      const { app, path } = await launched();
      const portal = openPortal(app);
      const page = await portal.enter(path);
      expect((await portal.get(page)).status).toBe(200);
      if (end === "expire") app.change("update launches set expires_at = 1");
      if (end === "uninstall") await app.uninstall();
      if (end === "reinstall") await app.install({ api_key: OTHER_API_KEY });
      expect((await portal.get(page)).status).toBe(401);
      expect((await portal.get(`${page}.data`)).status).toBe(401);
      expect((await portal.get(path)).status).toBe(401);
    }
  });

  test("'End this session' ends the launch in every tab, and says so in Activity", async () => {
    const { app, path } = await launched();
    const [panel, tab] = [openPortal(app), openPortal(app, { destination: "document" })];
    const page = await panel.enter(path);
    await tab.enter(path);
    expect((await panel.post(`${page}/end`)).status).toBe(401);
    expect((await tab.get(page)).status).toBe(401);
    expect((await tab.get(path)).status).toBe(401);
    expect(app.rows("select action from activity order by id")).toEqual([
      { action: "app.installed" },
      { action: "portal.launched" },
      { action: "session.ended" },
    ]);
  });

  test("a link for a new tab is made by a POST within the session and opens one session", async () => {
    const { app, path } = await launched();
    const portal = openPortal(app);
    const page = await portal.enter(path);
    expect((await portal.get(`${page}/new-tab`)).status).toBeGreaterThanOrEqual(400);
    const { location } = (await (await portal.post(`${page}/new-tab`)).json()) as { location: string };
    expect(location).toMatch(/^\/portal\/enter\?code=[\w-]{43}$/);
    expect(await openPortal(app, { destination: "document" }).enter(location)).toBe(page);
    expect((await openPortal(app).get(location)).status).toBe(401);
  });
});

describe("writes from elsewhere", () => {
  test.each<[string, Record<string, string>]>([
    ["no Origin", {}],
    ["a null Origin", { origin: "null" }],
    ["a foreign Origin", { origin: "https://evil.example" }],
    ["a look-alike", { origin: "https://tidemark.example.com.evil.example" }],
    ["our name over http", { origin: "http://tidemark.example.com" }],
    ["our name on another port", { origin: "https://tidemark.example.com:8443" }],
    ["our name with a slash", { origin: "https://tidemark.example.com/" }],
    ["our name in capitals", { origin: "https://TIDEMARK.example.com" }],
    ["the dashboard's Origin", { origin: "https://cloud.blnkfinance.com" }],
    ["two Origins", { origin: `${PUBLIC_URL}, ${PUBLIC_URL}` }],
    ["our Origin from a sibling site", { origin: PUBLIC_URL, "sec-fetch-site": "same-site" }],
    ["our Origin across sites", { origin: PUBLIC_URL, "sec-fetch-site": "cross-site" }],
    ["our Origin typed by hand", { origin: PUBLIC_URL, "sec-fetch-site": "none" }],
    ["a Referer instead", { referer: `${PUBLIC_URL}/portal/x` }],
    ["a forwarded host", { origin: "https://evil.example", "x-forwarded-host": "evil.example" }],
  ])("with %s are 403 in words and do nothing, with a good session too", async (_name, headers) => {
    const { app, path } = await launched();
    const portal = openPortal(app);
    const page = await portal.enter(path);
    for (const target of [`${page}/end`, `${page}/end.data`, `${page}/new-tab`, page]) {
      const response = await portal.post(target, headers);
      expect(response.status, target).toBe(403);
      expect(await response.text()).toContain("nothing was done");
    }
    expect((await portal.get(page)).status).toBe(200);
    expect(app.rows("select count(*) as n from hand_over_codes")).toEqual([{ n: 1 }]);
  });

  test.each(["PUT", "PATCH", "DELETE"])("%s without our Origin is 403, too", async (method) => {
    const { app, path } = await launched();
    const portal = openPortal(app);
    const page = await portal.enter(path);
    expect((await portal.get(`${page}/end`, { method })).status).toBe(403);
    expect((await portal.get(page)).status).toBe(200);
  });

  test("a write from our own page passes, with Sec-Fetch-Site and without", async () => {
    const { app, path } = await launched();
    const portal = openPortal(app);
    const page = await portal.enter(path);
    expect((await portal.post(`${page}/new-tab`, { origin: PUBLIC_URL })).status).toBe(200);
    expect(
      (await portal.post(`${page}/new-tab`, { origin: PUBLIC_URL, "sec-fetch-site": "same-origin" })).status,
    ).toBe(200);
    expect(
      (await portal.post(`${page}/end`, { origin: PUBLIC_URL, "sec-fetch-site": "same-origin" })).status,
    ).toBe(401);
    expect(app.rows("select count(*) as n from launches where ended_at is not null")).toEqual([{ n: 1 }]);
  });

  test("the two Blnk routes read no cookie and need no Origin", async () => {
    const { app, path } = await launched();
    const portal = openPortal(app);
    await portal.enter(path);
    const response = await portal.get(app.paths.callback, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json", origin: "https://evil.example" },
    });
    expect(response.status).toBe(400);
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});

test("an address with a word of every object for an id is no record's page", async () => {
  const { app, path } = await launched();
  const portal = openPortal(app);
  const home = await portal.enter(path);
  for (const page of ["flag/constructor", "note/constructor", "flag/__proto__", "note/toString_1"]) {
    const response = await portal.get(`${home}/${page}`);
    expect([page, response.status]).toEqual([page, 200]);
    const text = await response.text();
    expect(text).not.toContain("/undefined/");
    expect(text).not.toContain("Something went wrong");
  }
});
