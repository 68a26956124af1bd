import { describe, expect, onTestFinished, test } from "vitest";

import { startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp } from "#tests/support/start-app.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

const ALL = ["data:read", "data:write", "alerts:read", "alerts:write"];

/** The built app beside a sandbox with one empty wallet, and a panel that is open on it. */
async function openWorld({
  scopes = ALL,
  env = {},
}: { scopes?: string[]; env?: Record<string, string> } = {}) {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const app = await startApp({ env: { BLNK_API_URL: sandbox.api, ...env } });
  await app.install({
    instance_id: sandbox.instanceId,
    api_key: sandbox.mintKey(scopes).key,
    granted_permissions: scopes,
  });
  const portal = openPortal(app);
  const base = await portal.enter(await app.launch({ instance_id: sandbox.instanceId }));
  const headers = { authorization: `Bearer ${sandbox.apiKey}`, "content-type": "application/json" };
  const ask = async (path: string, body: object) => {
    const url = `${sandbox.api}${path}?instance_id=${sandbox.instanceId}`;
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, string>;
  };
  const ledgerId = (await ask("/proxy/ledgers", { name: "Wallets" }))["ledger_id"]!;
  const addBalance = async () =>
    (await ask("/proxy/balances", { ledger_id: ledgerId, currency: "USD" }))["balance_id"]!;
  const balanceId = await addBalance();
  const send = (path: string, fields: Fields) =>
    portal.post(`${base}/${path}`, { origin: PUBLIC_URL }, new URLSearchParams(fields).toString());
  const exported = async (query = "") =>
    ((await (await portal.get(`${base}/monitors/export${query}`)).json()) as { monitors: Exported[] })
      .monitors;
  return {
    sandbox,
    app,
    portal,
    base,
    ledgerId,
    balanceId,
    addBalance,
    send,
    exported,
    page: async (path: string) => mainOf(await portal.get(`${base}/${path}`)),
    create: async (fields: Fields) => {
      const answer = await send("monitors/new", { do: "save", ...fields });
      expect(answer.status, await mainOf(answer.clone())).toBe(302);
      return answer.headers.get("location")!.split("/").at(-1)!;
    },
    alerts: () => sandbox.workspace.instances[0]!.alerts.all(),
    calls: () => sandbox.journal.entries().map(({ method, url }) => `${method} ${url.split("?", 1)[0]}`),
    activity: () =>
      app.rows<{ action: string; target: string; result: string }>(
        "select action, target, result from activity where action like 'monitor.%' or action like 'webhook.%' order by id",
      ),
  };
}

type Fields = Record<string, string>;
type Exported = Record<string, unknown> & { id: string };

/** What a page shows below its navigation, without scripts: short enough to be read in a failure. */
async function mainOf(response: Response): Promise<string> {
  return (await response.text())
    .replace(/^.*<main[^>]*>/s, "")
    .replaceAll(/<script[ >].*?<\/script>|<svg[ >].*?<\/svg>| class="[^"]*"|<!-- -->/gs, "");
}

function valueOf(html: string, name: string): string | undefined {
  return new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(html)?.[0].match(/value="([^"]*)"/)?.[1];
}

const low = (balanceId: string): Fields => ({
  form: "balance_threshold",
  name: "Wallet low",
  severity: "critical",
  start: "alert",
  "select.balance_id": balanceId,
  "condition.field": "balance",
  "condition.operator": "<",
  "condition.value": "100.00",
  "condition.precision": "100",
  "condition.rearm": "150.00",
  "condition.per": "balance",
});

const KINDS: [form: string, fields: Fields, stored: object][] = [
  [
    "comparison",
    {
      "select.ledger_id": "ldg_customers",
      "condition.field": "balance",
      "condition.operator": ">",
      "condition.per": "total",
      "condition.compare.field": "balance",
      "condition.compare.select.indicator": "@bank",
      "condition.compare.plus": "1.50",
      "condition.precision": "100",
    },
    {
      kind: "balance_threshold",
      select: { ledger_id: "ldg_customers" },
      condition: {
        per: "total",
        compare: { select: { indicator: "@bank" }, field: "balance", plus: "1.50" },
        precision: 100,
      },
    },
  ],
  [
    "transaction_match",
    {
      "select.meta_data": "app.channel = mobile\r\napp.tier=gold=1",
      "select.is_refund": "false",
      "select.backdated_days": "3",
      "condition.amount_operator": ">=",
      "condition.value": "90071992547409.93",
      "condition.precision": "100",
    },
    {
      select: {
        meta_data: { "app.channel": "mobile", "app.tier": "gold=1" },
        is_refund: false,
        backdated_days: 3,
      },
      condition: { amount_operator: ">=", value: "90071992547409.93", precision: 100 },
    },
  ],
  [
    "stuck_transaction",
    { "condition.queued_minutes": "15", "condition.hold_minutes": "" },
    { condition: { queued_minutes: 15 } },
  ],
  [
    "rejections",
    { "condition.count": "5", "condition.window_minutes": "60", "select.currency": "USD" },
    { select: { currency: "USD" }, condition: { count: 5, window_minutes: 60 } },
  ],
  [
    "movement",
    {
      "select.indicator": "@World",
      "condition.measure": "count",
      "condition.direction": "out",
      "condition.operator": ">",
      "condition.value": "10",
      "condition.precision": "100",
      "condition.window_minutes": "1440",
      "condition.per": "balance",
    },
    { condition: { measure: "count", direction: "out", operator: ">", value: "10", per: "balance" } },
  ],
  [
    "silence",
    {
      "condition.minutes": "60",
      "schedule.days": "mon",
      "schedule.from": "09:00",
      "schedule.to": "17:00",
      "schedule.time_zone": "Africa/Lagos",
    },
    {
      condition: { minutes: 60 },
      schedule: { days: ["mon"], from: "09:00", to: "17:00", time_zone: "Africa/Lagos" },
    },
  ],
  ["new_balance", { "select.indicator": "@fees" }, { select: { indicator: "@fees" }, condition: {} }],
  ["ledger_imbalance", { "select.currency": "NGN" }, { select: { currency: "NGN" }, condition: {} }],
];

describe("a new monitor", () => {
  test("is stored as it was described, evaluated at once, and raises its alert once", async () => {
    const { create, balanceId, exported, page, alerts, activity } = await openWorld();
    const id = await create(low(balanceId));
    await expect.poll(alerts, { timeout: 15_000 }).toHaveLength(1);
    expect(await exported("?with=state")).toMatchObject([
      {
        id,
        name: "Wallet low",
        severity: "critical",
        enabled: true,
        select: { balance_id: balanceId },
        condition: { field: "balance", operator: "<", value: "100.00", precision: 100, rearm: "150.00" },
      },
    ]);
    expect(activity()).toEqual([{ action: "monitor.created", target: id, result: "Wallet low" }]);
    const list = await page("monitors");
    for (const text of [
      "Wallet low",
      `Alert once when balance on ${balanceId} falls below 100.00`,
      "Firing: 1 open",
    ])
      expect(list).toContain(text);
    await expect.poll(() => page(`monitors/${id}`), { timeout: 15_000 }).toContain("1 attempt");
    const detail = await page(`monitors/${id}`);
    for (const text of [
      "again only after it has been back at 150.00",
      "alert raised",
      alerts()[0]!.anomaly_id,
    ])
      expect(detail).toContain(text);
  });

  test.each(KINDS)("of the form %s is stored in the fixed shape", async (form, fields, stored) => {
    const { create, exported, page } = await openWorld();
    expect(await page(`monitors/new?kind=${form}`)).toContain('name="name"');
    const id = await create({ form, name: `A ${form}`, ...fields });
    const [monitor] = await exported();
    expect(monitor).toMatchObject({ name: `A ${form}`, kind: form, ...stored });
    // What its own form shows of it and sends again changes nothing.
    const html = await page(`monitors/${id}/edit`);
    for (const [name, value] of Object.entries(fields))
      if (value && !/operator|field|per$|measure|direction|meta_data|is_refund|days$|precision/.test(name))
        expect(valueOf(html, name), name).toBe(value);
  });

  test("with something wrong says so at its field, keeps what was typed and stores nothing", async () => {
    const { send, balanceId, exported } = await openWorld();
    const fields = { ...low(balanceId), "condition.rearm": "50.00", "condition.value": "100.001" };
    const html = await mainOf(await send("monitors/new?kind=balance_threshold", { do: "save", ...fields }));
    expect(html).toContain("Times precision must be a whole number.");
    expect(html).toMatch(/<input[^>]*aria-invalid="true"[^>]*name="condition.value"[^>]*value="100.001"/);
    expect(valueOf(html, "name")).toBe("Wallet low");
    expect(await exported()).toEqual([]);
  });

  test("needs one of two fields, and is told so with neither", async () => {
    const { send, exported } = await openWorld();
    const fields = { do: "save", form: "stuck_transaction", name: "Stuck", "condition.queued_minutes": " " };
    const html = await mainOf(await send("monitors/new?kind=stuck_transaction", fields));
    expect(html).toContain("Condition needs queued_minutes, hold_minutes or both.");
    expect(await exported()).toEqual([]);
  });

  test("of the balance that somebody came from has it filled in", async () => {
    const { page, balanceId } = await openWorld();
    expect(await page(`balances/${balanceId}`)).toContain(
      `monitors/new?kind=balance_threshold&amp;balance_id=${balanceId}`,
    );
    const form = await page(`monitors/new?kind=balance_threshold&balance_id=${balanceId}`);
    expect(form).toMatch(new RegExp(`name="select.balance_id"[^>]*value="${balanceId}"`));
    const ofNone = await page(`monitors/new?kind=ledger_imbalance&balance_id=${balanceId}`);
    expect(ofNone).not.toContain(`value="${balanceId}"`);
  });

  test("sent twice is one", async () => {
    const { send, balanceId, exported } = await openWorld();
    const fields = { do: "save", ...low(balanceId) };
    const answers = await Promise.all([send("monitors/new", fields), send("monitors/new", fields)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 302]));
    expect(await exported()).toHaveLength(1);
  });

  test("is previewed with what it would find, and nothing is stored or raised", async () => {
    const { send, balanceId, exported, alerts } = await openWorld();
    const html = await mainOf(
      await send("monitors/new?kind=balance_threshold", { do: "preview", ...low(balanceId) }),
    );
    for (const text of ["Alert once when balance on", "Fires now on 1:", "Nothing is saved yet."])
      expect(html).toContain(text);
    expect(valueOf(html, "condition.value")).toBe("100.00");
    const movement = await mainOf(
      await send("monitors/new?kind=silence", {
        do: "preview",
        form: "silence",
        name: "Quiet",
        "condition.minutes": "5",
      }),
    );
    expect(movement).toContain("The past is not shown. It is judged from the transactions");
    expect(await exported()).toEqual([]);
    expect(alerts()).toEqual([]);
  });

  test.each(["double_refund", "applied_after_rejected", "overheld", "negative_balance"])(
    "of kind %s asks for a selection only, and is previewed",
    async (kind) => {
      const { create, page, send, exported } = await openWorld();
      expect(await page(`monitors/new?kind=${kind}`)).toContain("Create monitor");
      const fields = {
        name: "Integrity",
        form: kind,
        severity: "critical",
        start: "alert",
        "select.currency": "USD",
      };
      const preview = await mainOf(await send(`monitors/new?kind=${kind}`, { do: "preview", ...fields }));
      expect(preview).toMatch(/Fires on nothing now|Nothing matched in the last 7 days/);
      await create(fields);
      expect(await exported()).toMatchObject([{ kind, select: { currency: "USD" }, condition: {} }]);
    },
  );

  test("of each integrity kind comes with one click, which makes nothing twice", async () => {
    const { page, send, exported } = await openWorld();
    expect(await page("monitors")).toContain("Add integrity pack");
    for (let click = 0; click < 2; click += 1)
      expect((await send("monitors", {})).headers.get("location")).toMatch(/\/monitors$/);
    expect((await exported()).map(({ kind }) => kind)).toEqual([
      "double_refund",
      "applied_after_rejected",
      "overheld",
      "negative_balance",
    ]);
    expect(await page("monitors")).not.toContain("Add integrity pack");
  });

  test("is made for each balance of a ledger, and again for those that came since", async () => {
    const { send, addBalance, balanceId, ledgerId, exported, page } = await openWorld();
    const second = await addBalance();
    const path = `monitors/new?kind=balance_threshold&ledger=${ledgerId}`;
    expect(await page(path)).toContain("Create the monitors");
    const { "select.balance_id": _, ...template } = low(balanceId);
    const fields = { do: "save", ledger: ledgerId, ...template };
    const namesOf = (ids: string[]) => ids.map((id) => `Wallet low: ${id}`).sort();
    const names = async () => (await exported()).map(({ name }) => String(name)).sort();
    expect((await send(path, fields)).headers.get("location")).toMatch(/\/monitors$/);
    expect(await names()).toEqual(namesOf([balanceId, second]));
    expect(await mainOf(await send(path, fields))).toContain("a monitor of this name already");
    const third = await addBalance();
    await send(path, fields);
    expect(await names()).toEqual(namesOf([balanceId, second, third]));
    const nothing = await send(path, { ...fields, ledger: "ldg_none" });
    expect(await mainOf(nothing)).toContain("That ledger has no balances.");
  });
});

describe("names of the template", () => {
  test("are lines of at most 120 characters, and differ", async () => {
    const { create, send, addBalance, ledgerId, balanceId, page, app } = await openWorld();
    await addBalance();
    const { "select.balance_id": _, ...template } = low(balanceId);
    await send("monitors/new?kind=silence", {
      ...template,
      do: "save",
      ledger: ledgerId,
      name: "n".repeat(120),
    });
    const names = app.rows<{ name: string }>("select name from monitors").map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(120);
    await create({ ...template, name: "Still readable" });
    expect(await page("monitors")).toContain("Still readable");
  });
});

describe("a monitor that is there", () => {
  test("keeps what its form does not have, and is not changed over somebody else's change", async () => {
    const { create, send, page, balanceId, exported, app } = await openWorld();
    const id = await create(low(balanceId));
    await send(`monitors/${id}`, { change: "pause" });
    await send(`monitors/${id}`, { change: "mute", hours: "8" });
    const revision = valueOf(await page(`monitors/${id}/edit`), "revision")!;
    const fields = {
      ...low(balanceId),
      do: "save",
      name: "Renamed",
      revision,
      "mute[0].time_zone": "UTC",
      "mute[1].days": "sun",
    };
    expect((await send(`monitors/${id}/edit`, fields)).status).toBe(302);
    expect(await exported()).toMatchObject([
      { name: "Renamed", enabled: false, mute: [{ days: ["sun"] }, { until: expect.any(Number) as number }] },
    ]);
    const late = await mainOf(await send(`monitors/${id}/edit`, { ...fields, name: "Late" }));
    expect(late).toContain("Somebody changed this monitor since the page was loaded.");
    expect(app.rows("select name from monitors")).toEqual([{ name: "Renamed" }]);
  });

  test("is paused, resumed, muted and deleted, each kept in Activity", async () => {
    const { create, send, page, balanceId, exported, activity } = await openWorld();
    const id = await create(low(balanceId));
    for (const [fields, shown] of [
      [{ change: "pause" }, "Paused"],
      [{ change: "resume" }, "Pause"],
      [{ change: "mute", hours: "1" }, "Muted until"],
      [{ change: "unmute" }, "Not muted."],
    ] as [Fields, string][]) {
      expect((await send(`monitors/${id}`, fields)).status).toBe(302);
      expect(await page(`monitors/${id}`)).toContain(shown);
    }
    expect(await page(`monitors/${id}/delete`)).toContain("Delete <bdi>Wallet low</bdi>");
    expect((await send(`monitors/${id}/delete`, { change: "delete" })).status).toBe(302);
    expect((await send(`monitors/${id}/delete`, { change: "delete" })).status).toBe(302);
    expect(await exported()).toEqual([]);
    expect(activity().map(({ action }) => action)).toEqual([
      "monitor.created",
      "monitor.paused",
      "monitor.resumed",
      "monitor.muted",
      "monitor.muted",
      "monitor.deleted",
    ]);
  });

  test.each([
    ["a button that does not exist", { change: "explode" }],
    ["a mute that cannot be chosen", { change: "mute", hours: "100000" }],
  ])("refuses %s", async (_name, fields) => {
    const { create, send, balanceId, app } = await openWorld();
    const id = await create(low(balanceId));
    expect((await send(`monitors/${id}`, fields as Fields)).status).toBe(400);
    expect(app.rows("select revision from monitors")).toEqual([{ revision: 1 }]);
  });

  test("of another install is not there", async () => {
    const { create, balanceId, app, sandbox } = await openWorld();
    const id = await create(low(balanceId));
    const other = { installed_app_id: "instapp_other", instance_id: "inst_other" };
    await app.install({
      ...other,
      idempotency_key: "install:instapp_other",
      api_key: sandbox.mintKey(ALL).key,
    });
    const stranger = openPortal(app);
    const base = await stranger.enter(await app.launch(other));
    for (const path of [`monitors/${id}`, `monitors/${id}/edit`, `monitors/${id}/delete`])
      expect((await stranger.get(`${base}/${path}`)).status).toBe(404);
    for (const [path, fields] of [
      [`monitors/${id}`, { change: "pause" }],
      [`monitors/${id}/edit`, { do: "save", revision: "1", ...low(balanceId) }],
      [`monitors/${id}/delete`, { change: "delete" }],
    ] as [string, Fields][])
      await stranger.post(`${base}/${path}`, { origin: PUBLIC_URL }, new URLSearchParams(fields).toString());
    expect(app.rows("select revision, deleted_at from monitors")).toEqual([
      { revision: 1, deleted_at: null },
    ]);
  });

  test("shows hostile text as text and nothing else", async () => {
    const { create, portal, base, balanceId } = await openWorld();
    const id = await create({ ...low(balanceId), name: "<img src=x onerror=alert(1)>" });
    for (const path of ["monitors", `monitors/${id}`, `monitors/${id}/edit`, `monitors/${id}/delete`]) {
      const html = await (await portal.get(`${base}/${path}`)).text();
      expect(html).not.toContain("<img src=x");
      expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
    }
  });
});

describe("without a permission", () => {
  test("data:read a monitor is still made, but not previewed, and nothing is asked", async () => {
    const { page, send, create, balanceId, calls, sandbox } = await openWorld({ scopes: ["alerts:read"] });
    sandbox.journal.clear();
    const html = await page("monitors/new?kind=balance_threshold");
    expect(html).toMatch(/<button[^>]*disabled[^>]*value="preview"|<button[^>]*value="preview"[^>]*disabled/);
    expect(html).toContain("needs data:read");
    const preview = await send("monitors/new?kind=balance_threshold", { do: "preview", ...low(balanceId) });
    expect(await mainOf(preview)).toContain("data:read");
    const id = await create(low(balanceId));
    await expect.poll(() => page(`monitors/${id}`), { timeout: 15_000 }).toContain("Not known");
    expect(calls().filter((call) => call.includes("/proxy") || call.includes("/data"))).toEqual([]);
  });

  test("alerts:write its incidents are shown, no alert is raised, and the list says so", async () => {
    const { create, page, balanceId, alerts } = await openWorld({ scopes: ["data:read", "alerts:read"] });
    const id = await create(low(balanceId));
    await expect.poll(() => page(`monitors/${id}`), { timeout: 15_000 }).toContain("Firing: 1 open");
    expect(await page("monitors")).toContain("needs alerts:write");
    expect(await page(`monitors/${id}`)).toContain("no alert");
    expect(alerts()).toEqual([]);
  });
});

describe("the webhook", () => {
  const URL = "https://hooks.example.com/T000/secret-path";

  test("is off in words while the operator allows no host", async () => {
    const { page, send, app } = await openWorld();
    expect(await page("monitors/webhook")).toContain("WEBHOOK_HOSTS");
    const html = await mainOf(
      await send("monitors/webhook", { change: "set", url: URL, format: "standard" }),
    );
    expect(html).toContain("switched off");
    expect(app.rows("select * from webhooks")).toEqual([]);
  });

  test("shows its secret once and its URL never, and is tested and removed", async () => {
    const { page, send, app, activity } = await openWorld({ env: { WEBHOOK_HOSTS: "hooks.example.com" } });
    const set = await (await send("monitors/webhook", { change: "set", url: URL, format: "slack" })).text();
    const secret = /whsec_[A-Za-z0-9+/=]{40,}/.exec(set)?.[0];
    expect(secret).toBeDefined();
    expect(set).not.toContain("secret-path");
    const again = await page("monitors/webhook");
    expect(again).toContain("hooks.example.com");
    expect(again).not.toContain("whsec_");
    expect(again).not.toContain("secret-path");
    expect(await mainOf(await send("monitors/webhook", { change: "test" }))).toContain("on its way");
    expect(app.rows("select event from webhook_messages")).toEqual([{ event: "webhook.test" }]);
    await send("monitors/webhook", { change: "remove" });
    expect(app.rows("select * from webhooks")).toEqual([]);
    expect(activity().map(({ action }) => action)).toEqual([
      "webhook.set",
      "webhook.tested",
      "webhook.removed",
    ]);
  });

  test("is tested at most five times a minute, and says so", async () => {
    const { send, app } = await openWorld({ env: { WEBHOOK_HOSTS: "hooks.example.com" } });
    await send("monitors/webhook", { change: "set", url: URL, format: "slack" });
    const statuses: number[] = [];
    for (let sent = 0; sent < 5; sent += 1)
      statuses.push((await send("monitors/webhook", { change: "test" })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    // Set anew it has no message of its own, and the limit still knows what was sent.
    await send("monitors/webhook", { change: "set", url: URL, format: "standard" });
    const sixth = await send("monitors/webhook", { change: "test" });
    expect([sixth.status, await mainOf(sixth)]).toEqual([429, expect.stringContaining("Wait a minute")]);
    expect(app.rows("select id from activity where action = 'webhook.tested'")).toHaveLength(5);
    app.change("update activity set at = at - 60000");
    expect((await send("monitors/webhook", { change: "test" })).status).toBe(200);
  });

  test("refuses a URL it may not have, and does not repeat it", async () => {
    const { send, app } = await openWorld({ env: { WEBHOOK_HOSTS: "hooks.example.com" } });
    const url = "https://elsewhere.example.net/secret-path";
    const answer = await send("monitors/webhook", { change: "set", url, format: "standard" });
    const html = await answer.text();
    expect(html).toContain("does not allow this host");
    expect(html).not.toContain("secret-path");
    expect(app.rows("select * from webhooks")).toEqual([]);
  });
});

describe("a file of monitors", () => {
  test("is exported and comes back by paste, without those that are there", async () => {
    const { create, send, page, balanceId, exported } = await openWorld();
    const id = await create(low(balanceId));
    expect(await page("monitors/transfer")).toContain("Download 1 monitor as JSON");
    const text = JSON.stringify({ monitors: await exported() });
    expect(await mainOf(await send("monitors/transfer", { text, skip_existing: "1" }))).toContain(
      "Nothing to import",
    );
    await send(`monitors/${id}/delete`, { change: "delete" });
    expect(await mainOf(await send("monitors/transfer", { text }))).toContain("Created 1.");
    expect(await exported()).toHaveLength(1);
  });

  test("is read from an upload", async () => {
    const { portal, base, exported } = await openWorld();
    const form = new FormData();
    const monitor = { name: "Uploaded", kind: "new_balance", select: {}, condition: {} };
    form.set("file", new File([JSON.stringify({ monitors: [monitor] })], "monitors.json"));
    const encoded = new Request("http://localhost", { method: "POST", body: form });
    const body = await encoded.text();
    await portal.post(
      `${base}/monitors/transfer`,
      { origin: PUBLIC_URL, "content-type": encoded.headers.get("content-type")! },
      body,
    );
    expect(await exported()).toMatchObject([{ name: "Uploaded" }]);
  });

  test.each([
    ["that is not JSON", "{", "This is not JSON."],
    ["of another shape", "[]", "monitors must be a list of monitors."],
    ["with something wrong", '{"monitors":[{"name":"A","kind":"x"}]}', "Monitor 1: kind must be one of"],
    ["that is empty", " ", "Choose a file"],
  ])("%s creates nothing and says why", async (_name, text, words) => {
    const { send, exported } = await openWorld();
    expect(await mainOf(await send("monitors/transfer", { text }))).toContain(words);
    expect(await exported()).toEqual([]);
  });
});
