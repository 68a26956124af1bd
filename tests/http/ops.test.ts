import { expect, test } from "vitest";

import { API_KEY, installBody } from "#tests/support/blnk-payloads.ts";
import { openOperator } from "#tests/support/operator-browser.ts";
import { operatorHash } from "#tests/support/operator-password.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { databaseBytes, findSecret } from "#tests/support/scan-bytes.ts";
import { startApp } from "#tests/support/start-app.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

const PAGES = [
  "",
  "/installs",
  "/installs/instapp_1",
  "/sessions",
  "/events",
  "/jobs",
  "/promises",
  "/audit",
];

async function startWithOperator(env: Record<string, string> = {}) {
  const app = await startApp({ env: { OPERATOR_PASSWORD_HASH: operatorHash(), ...env } });
  return { app, operator: openOperator(app) };
}

async function signedIn(env?: Record<string, string>) {
  const { app, operator } = await startWithOperator(env);
  expect((await operator.signIn()).status).toBe(303);
  return { app, operator };
}

const MINUTE_MS = 60_000;

test("without a password hash there is no console", async () => {
  const app = await startApp();
  const operator = openOperator(app);
  for (const path of ["/ops", "/ops/sign-in", "/ops/installs", "/ops/nowhere", "/ops.data"])
    expect((await operator.get(path)).status, path).toBe(404);
  expect((await operator.signIn()).status).toBe(404);
});

test("without a session every page leads to the log-in and no action is done", async () => {
  const { app, operator } = await startWithOperator();
  await app.install();
  for (const page of PAGES) {
    const response = await operator.get(`/ops${page}`);
    expect([response.status, response.headers.get("location")], page).toEqual([302, "/ops/sign-in"]);
  }
  for (const [path, fields] of [
    ["/ops/installs/instapp_1/gone", {}],
    ["/ops/installs/instapp_1?index", { currency: "USD", per_action: "1", per_day: "" }],
    ["/ops/sessions", { every: "1" }],
    ["/ops/jobs", { id: "1" }],
  ] as const)
    expect((await operator.post(path, fields)).status, path).toBe(302);
  expect(app.rows("select state from installs")).toEqual([{ state: "active" }]);
  expect(app.rows("select * from operator_actions")).toEqual([]);
  expect(app.rows("select * from action_limits")).toEqual([]);
});

test("a wrong password opens nothing and writes nothing", async () => {
  const { app, operator } = await startWithOperator();
  const response = await operator.signIn("wrong");
  expect(response.status).toBe(401);
  expect(response.headers.getSetCookie()).toEqual([]);
  expect(await response.text()).toContain("This is not the password.");
  expect(app.rows("select * from operator_sessions")).toEqual([]);
  expect(app.rows("select * from operator_actions")).toEqual([]);
});

test("the cookie is __Host-, Secure, HttpOnly and SameSite=Strict, and only its hash is stored", async () => {
  const { app, operator } = await startWithOperator();
  const response = await operator.signIn();
  const [cookie = ""] = response.headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-tidemark_ops=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
  expect((await operator.get("/ops")).status).toBe(200);
  const value = cookie.split(/[=;]/)[1]!;
  expect(findSecret(databaseBytes(app.file), value)).toEqual([]);
  expect(app.rows("select action, result, source_address from operator_actions")).toEqual([
    { action: "signed in", result: "done", source_address: "127.0.0.1" },
  ]);
});

test("the sixth try within a minute is 429 with Retry-After, and says when the next may be", async () => {
  const { operator } = await startWithOperator();
  for (let attempt = 0; attempt < 5; attempt += 1) expect((await operator.signIn("wrong")).status).toBe(401);
  const response = await operator.signIn();
  expect(response.status).toBe(429);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await response.text()).toMatch(/Try again in \d+ s/);
});

test("three hundred log-ins at once leave the server answering and no row behind", async () => {
  const { app, operator } = await startWithOperator();
  const crowd = Promise.all(Array.from({ length: 300 }, async () => (await operator.signIn("wrong")).status));
  const began = performance.now();
  expect((await app.request("/healthz")).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(10_000);
  const statuses = await crowd;
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(5);
  expect(app.rows("select * from operator_sessions")).toEqual([]);
}, 60_000);

test("a log-in that is too large or no form is refused before any password is looked at", async () => {
  const { operator } = await startWithOperator();
  expect((await operator.post("/ops/sign-in", { password: "x".repeat(5000) })).status).toBe(413);
  const json = await operator.get("/ops/sign-in", {
    method: "POST",
    body: "{}",
    headers: { origin: PUBLIC_URL, "content-type": "application/json" },
  });
  expect(json.status).toBe(415);
});

test("a form from another site is refused, the log-in too", async () => {
  const { app, operator } = await signedIn();
  await app.install();
  for (const headers of [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: PUBLIC_URL, "sec-fetch-site": "same-site" },
  ] as Record<string, string>[]) {
    expect((await operator.post("/ops/installs/instapp_1/gone", {}, headers)).status).toBe(403);
    expect((await operator.post("/ops/sign-in", { password: "x" }, headers)).status).toBe(403);
  }
  expect(app.rows("select state from installs")).toEqual([{ state: "active" }]);
});

test("a session ends after 30 idle minutes and after 8 hours, and lives on while it is used", async () => {
  const { app, operator } = await signedIn();
  const age = (column: string, minutes: number) =>
    app.change(`update operator_sessions set ${column} = ${column} - ?`, minutes * MINUTE_MS);
  age("seen_at", 29);
  expect((await operator.get("/ops/audit")).status).toBe(200);
  age("seen_at", 29);
  expect((await operator.get("/ops/audit")).status).toBe(200);
  age("seen_at", 31);
  expect((await operator.get("/ops/audit")).status).toBe(302);

  expect((await operator.signIn()).status).toBe(303);
  age("created_at", 8 * 60);
  expect((await operator.get("/ops/audit")).status).toBe(302);
});

test("a new password hash voids every session", async () => {
  const { app, operator } = await signedIn();
  await app.stop();
  const secrets = { ENCRYPTION_KEYS: app.env.ENCRYPTION_KEYS!, URL_SECRETS: app.env.URL_SECRETS! };
  const again = await startApp({
    directory: app.directory,
    env: { ...secrets, OPERATOR_PASSWORD_HASH: operatorHash() },
  });
  const response = await again.request("/ops", { headers: { cookie: operator.cookie() } });
  expect(response.status).toBe(302);
}, 60_000);

test("a signed-out session opens nothing any more", async () => {
  const { app, operator } = await signedIn();
  const stolen = operator.cookie();
  expect((await operator.post("/ops/sign-out")).headers.get("location")).toBe("/ops/sign-in");
  expect((await app.request("/ops", { headers: { cookie: stolen } })).status).toBe(302);
});

test("no page of the console may be framed, and its cookie opens no portal", async () => {
  const { app, operator } = await signedIn();
  await app.install();
  for (const page of [...PAGES, "/sign-in"])
    expect((await operator.get(`/ops${page}`)).headers.get("content-security-policy"), page).toContain(
      "frame-ancestors 'none'",
    );
  const entry = await app.launch();
  const portal = await openPortal(app).enter(entry);
  expect((await operator.get(portal)).status).toBe(401);
});

test("no page shows a key, and the portal's session opens no page", async () => {
  const { app, operator } = await signedIn();
  await app.install();
  await app.callback(installBody({ app_id: "app_other" }));
  for (const page of PAGES) {
    const response = await operator.get(`/ops${page}`);
    expect(response.status, page).toBe(200);
    expect(findSecret(await response.text(), API_KEY), page).toEqual([]);
    const data = await operator.get(page === "" ? "/ops.data" : `/ops${page}.data`);
    expect(findSecret(await data.text(), API_KEY), page).toEqual([]);
  }
  const visitor = openPortal(app, { destination: "document" });
  await visitor.enter(await app.launch());
  expect((await visitor.get("/ops")).status).toBe(302);
});

test("an install is shown with its state, scopes, generation and what may be seen of its key", async () => {
  const { app, operator } = await signedIn();
  await app.install();
  const list = await operator.text("/ops/installs");
  expect(list).toMatch(/instapp_1 inst_1 Active 1 alerts:write, data:read (Working|Unverified) blnk_3f9…/);
  expect(await operator.text("/ops/installs?q=nobody")).toContain("No id of an install");
  // Each id has an underscore; none has two in a row, or a per cent sign.
  for (const wildcard of ["__", "%25", "instapp%25"])
    expect(await operator.text(`/ops/installs?q=${wildcard}`)).toContain("No id of an install");
  expect((await operator.get("/ops/installs/instapp_2")).status).toBe(404);
});

test("a server's clock that disagrees with Blnk Cloud's is told, and no longer once it agrees", async () => {
  const { app, operator } = await signedIn();
  const skewed = "clock is 14 minutes behind Blnk Cloud";
  app.cloud.setClockAhead(14 * 60_000);
  await app.install();
  await expect.poll(() => operator.text("/ops"), { timeout: 15_000 }).toContain(skewed);
  app.cloud.setClockAhead(0);
  for (const index of [1, 2, 3, 4, 5])
    await app.install({ installed_app_id: `instapp_${index}`, instance_id: `inst_${index}` });
  await expect.poll(() => operator.text("/ops"), { timeout: 15_000 }).not.toContain(skewed);
});

test("refused callbacks are shown with why, from where and by which URL secret", async () => {
  const { app, operator } = await signedIn();
  await app.install();
  await app.callback(installBody({ app_id: "app_other" }));
  const events = await operator.text("/ops/events?show=in-question");
  expect(events).toContain("Refused app_id differs from the stored install 1 127.0.0.1 no. 1");
  expect(events).not.toContain("Applied");
  expect(await operator.text("/ops/events")).toContain("Applied");
  expect(await operator.text("/ops")).toContain("1 callback refused or superseded");
});

test("the overview says which URL secret Blnk still calls with", async () => {
  const { app, operator } = await signedIn({ URL_SECRETS: `${"n".repeat(43)},${"o".repeat(43)}` });
  await app.install();
  const text = await operator.text("/ops");
  expect(text).toContain("no. 1, the newest callback 1 just now");
  expect(text).toContain("no. 2 callback 0 none since the start");
});

test("the overview names each encryption key with what it still seals, and the backups", async () => {
  const key = (id: string) => `${id}:${Buffer.alloc(32, id).toString("base64")}`;
  const { app, operator } = await signedIn({ ENCRYPTION_KEYS: `${key("new")},${key("old")}` });
  await app.install();
  const fresh = await operator.text("/ops");
  expect(fresh).toContain("new 1 seals and opens old 0 none: it can be removed");
  expect(fresh).toContain("No backup is kept off this machine");
  expect(fresh).toContain("The scheduled backups will be here");

  app.change("update install_keys set box = replace(box, 'v1.new.', 'v1.old.')");
  app.change("insert into backups values ('tidemark-1.db', ?, 3145728, 'sha', null)", Date.now());
  const later = await operator.text("/ops");
  expect(later).toContain("old 1 opens; npm run rotate-keys empties it");
  expect(later).toMatch(/tidemark-1\.db just now \S+ \S+ UTC 3\.0 MB no/);
  expect(later).toContain("No backup is kept off this machine");
  app.change("update backups set uploaded_at = taken_at");
  expect(await operator.text("/ops")).not.toContain("No backup is kept off this machine");
});

test("ending a session ends it at once, one by one, by install, or all", async () => {
  const { app, operator } = await signedIn();
  await app.install();
  for (const fields of [{ launch_id: "" }, { installed_app_id: "instapp_1" }, { every: "1" }]) {
    const visitor = openPortal(app);
    const page = await visitor.enter(await app.launch());
    expect((await visitor.get(page)).status).toBe(200);
    if ("launch_id" in fields) fields.launch_id = page.split("/").at(-1)!;
    expect((await operator.post("/ops/sessions", fields as Record<string, string>)).status).toBe(303);
    expect((await visitor.get(page)).status).toBe(401);
  }
  expect(await operator.text("/ops/audit")).toContain("ended every session");
}, 60_000);

test("an install marked as gone loses its key, sessions and jobs, and can be installed again", async () => {
  const { app, operator } = await signedIn();
  await app.install();
  const visitor = openPortal(app);
  const page = await visitor.enter(await app.launch());
  expect(await operator.text("/ops/installs/instapp_1/gone")).toContain("cannot be undone");
  expect((await operator.post("/ops/installs/instapp_1/gone")).status).toBe(303);
  expect((await visitor.get(page)).status).toBe(401);
  expect(app.rows("select state, generation from installs")).toEqual([{ state: "inactive", generation: 2 }]);
  expect(app.rows("select box, key_prefix from install_keys")).toEqual([{ box: null, key_prefix: "" }]);
  expect(app.rows("select id from jobs where installed_app_id is not null and open_key is not null")).toEqual(
    [],
  );
  expect((await operator.get("/ops/installs/instapp_1/gone")).status).toBe(404);
  expect((await app.install({ api_key: "blnk_a_new_key_after_it" })).status).toBe(200);
  expect(app.rows("select state, generation from installs")).toEqual([{ state: "active", generation: 3 }]);
}, 60_000);

test("limits are set per instance and currency, and what is no amount is refused in words", async () => {
  const { app, operator } = await signedIn();
  await app.install();
  const path = "/ops/installs/instapp_1?index";
  for (const per_action of ["-1", "1,000", "1e3", "Infinity", "0x10"]) {
    const response = await operator.post(path, { currency: "USD", per_action, per_day: "" });
    expect(response.status, per_action).toBe(400);
    expect(await response.text()).toContain("must be an amount");
  }
  expect(app.rows("select * from action_limits")).toEqual([]);
  await operator.post(path, { currency: "USD", per_action: "2500.00", per_day: "" });
  expect(app.rows("select * from action_limits")).toEqual([
    { instance_id: "inst_1", currency: "USD", per_action: "2500.00", per_day: null },
  ]);
  expect(await operator.text("/ops/audit")).toContain(
    "set action limit inst_1 USD: 2500.00 by one action, any amount in a day",
  );
  await operator.post(path, { currency: "USD", per_action: "", per_day: "" });
  expect(app.rows("select * from action_limits")).toEqual([]);
});

test("a parked job is queued again by the operator, but not for an install that has changed", async () => {
  const { app, operator } = await signedIn();
  await app.install();
  const park = (id: number, generation: number) =>
    app.change(
      `insert into jobs (id, kind, installed_app_id, generation, payload, parked_key, state, due_at, attempts, created_at, finished_at)
       values (?, 'nothing', 'instapp_1', ?, '{}', ?, 'parked', 0, 5, 0, 1)`,
      id,
      generation,
      `nothing:instapp_1:${id}`,
    );
  park(901, 1);
  park(902, 7);
  expect(await operator.text("/ops/jobs")).toContain("nothing instapp_1");
  await operator.post("/ops/jobs", { id: "901" });
  await operator.post("/ops/jobs", { id: "902" });
  const [first] = app.rows<{ state: string; open_key: string }>(
    "select state, open_key from jobs where id = 901",
  );
  expect(first?.state).not.toBe("parked");
  expect(first?.open_key).toBe("nothing:instapp_1:901");
  expect(app.rows("select state from jobs where id = 902")).toEqual([{ state: "parked" }]);
  expect(
    app.rows("select target, result from operator_actions where action = 'retried job' order by id"),
  ).toEqual([
    { target: "901", result: "queued" },
    { target: "902", result: "not queued: its install has changed since" },
  ]);
  expect((await operator.post("/ops/jobs", { id: "1 or 1=1" })).status).toBe(400);
});

test("the promises page is the doctor's report: the thirteen, then facts of the machine", async () => {
  // Nobody listens there: the report then rests on what the machine sees.
  const { app, operator } = await signedIn({ NODE_ENV: "test", PUBLIC_URL: "http://127.0.0.1:1" });
  await app.install();
  const text = await operator.text("/ops/promises");
  expect(text).toContain("1 API keys encrypted at rest Pass 1 stored secrets");
  expect(text).toContain("13 Portal → backend → Blnk");
  expect(text).toContain("Reachable Fail");
  expect(text).toContain("Version Pass");
  // The control: a key that does not open shows.
  app.change("update install_keys set box = 'v1.k1.AAAA.AAAA.AAAA'");
  expect(await operator.text("/ops/promises")).toContain("encrypted at rest Fail");
});
