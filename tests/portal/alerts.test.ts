import { describe, expect, onTestFinished, test } from "vitest";

import { joinMarker, splitMarker } from "#app/portal/alerts/alert-marker.ts";
import { startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp } from "#tests/support/start-app.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

const ALL = ["data:read", "data:write", "alerts:read", "alerts:write"];

/** The built app beside a sandbox with one wallet, and a panel that is open on it. */
async function openWorld(scopes: string[] = ALL) {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const app = await startApp({ env: { BLNK_API_URL: sandbox.api } });
  const instance = sandbox.workspace.instances[0]!;
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
    return (await (
      await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })
    ).json()) as Record<string, string>;
  };
  const ledger = await ask("/proxy/ledgers", { name: "Wallets" });
  const { balance_id } = await ask("/proxy/balances", { ledger_id: ledger["ledger_id"], currency: "USD" });
  const balanceId = balance_id!;
  sandbox.journal.clear();
  const calls = () => sandbox.journal.entries().map(({ method, url }) => `${method} ${url.split("?", 1)[0]}`);
  const page = async (path: string) => mainOf(await portal.get(path ? `${base}/${path}` : base));
  const send = (path: string, fields: Record<string, string>) =>
    portal.post(`${base}/${path}`, { origin: PUBLIC_URL }, new URLSearchParams(fields).toString());
  return {
    sandbox,
    app,
    portal,
    alerts: instance.alerts,
    balanceId,
    base,
    calls,
    page,
    send,
    flag: (title: string, description = "why") =>
      instance.alerts.flag("Balance", balanceId, title, description),
    seen: async (anomalyId: string) => formOf(await page(`alerts/${anomalyId}`), "seen"),
    formKey: async () => formOf(await page(`flag/${balanceId}`), "formKey"),
    activity: () =>
      app.rows<{ action: string; target: string; result: string }>(
        "select action, target, result from activity where action like 'alert.%' order by id",
      ),
  };
}

/** What a page shows below its navigation, without scripts: short enough to be read in a failure. */
async function mainOf(response: Response): Promise<string> {
  return (await response.text())
    .replace(/^.*<main[^>]*>/s, "")
    .replaceAll(/<script[ >].*?<\/script>|<svg[ >].*?<\/svg>| class="[^"]*"/gs, "");
}

function formOf(html: string, name: string): string {
  const value = new RegExp(`name="${name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="${name}"`).exec(
    html,
  );
  return value?.[1] ?? value?.[2] ?? "";
}

async function theme(portal: ReturnType<typeof openPortal>, path: string): Promise<string | undefined> {
  return /<html[^>]* data-theme="([^"]*)"/.exec(await (await portal.get(path)).text())?.[1];
}

describe("the marker", () => {
  test("is the last line, and comes back where it was", () => {
    expect(splitMarker("Low.\n\ntidemark:epi_1")).toEqual({ text: "Low.", id: "epi_1" });
    expect(splitMarker(joinMarker("two\nlines", "epi_1"))).toEqual({ text: "two\nlines", id: "epi_1" });
    expect(splitMarker("tidemark:epi_1\nand more")).toEqual({
      text: "tidemark:epi_1\nand more",
      id: undefined,
    });
    expect(splitMarker("see tidemark:epi_1")).toEqual({ text: "see tidemark:epi_1", id: undefined });
  });
});

describe("the list", () => {
  test("has the organization's own statuses by name, and is narrowed by one and by a word", async () => {
    const { page, flag, alerts, sandbox } = await openWorld();
    sandbox.workspace.alert_statuses.create("Awaiting customer", "#F59E0B", undefined);
    flag("First");
    alerts.update(flag("Second"), { status: "AWAITING_CUSTOMER" });
    alerts.update(flag("Third"), { status: "NEVER_HEARD_OF" });
    const all = await page("alerts");
    for (const text of ["First", "Second", "Third", "Awaiting customer", "NEVER_HEARD_OF"])
      expect(all).toContain(text);
    const awaiting = await page("alerts?status=AWAITING_CUSTOMER");
    expect(awaiting).toContain("Second");
    expect(awaiting).not.toContain("First");
    const found = await page("alerts?q=THIRD");
    expect(found).toContain("Third");
    expect(found).not.toContain("Second");
  });

  test.each(["data", "alerts", "array"] as const)("is read in the shape %s", async (alert_list) => {
    const { page, flag, sandbox } = await openWorld();
    sandbox.switches.alert_list = alert_list;
    flag("Here");
    expect(await page("alerts")).toContain("Here");
  });

  test("shows what other people wrote as text and nothing else", async () => {
    const { portal, base, flag } = await openWorld();
    const { anomaly_id } = flag("<img src=x onerror=alert(1)>", "<script>alert(1)</script>");
    for (const path of ["alerts", `alerts/${anomaly_id}`]) {
      const html = await (await portal.get(`${base}/${path}`)).text();
      expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
      expect(html).not.toContain("<img src=x");
      expect(html).not.toContain("<script>alert(1)");
    }
  });
});

describe("a change", () => {
  test("of the status is done once Cloud shows it, and again changes nothing", async () => {
    const { send, seen, flag, alerts, activity, calls } = await openWorld();
    const { anomaly_id } = flag("Low");
    const fields = { change: "status", status: "RESOLVED", seen: await seen(anomaly_id) };
    expect(await mainOf(await send(`alerts/${anomaly_id}`, fields))).toContain("The status is Resolved.");
    expect(await mainOf(await send(`alerts/${anomaly_id}`, fields))).toContain("The status is Resolved.");
    expect(alerts.find(anomaly_id)!.status).toBe("RESOLVED");
    expect(calls().filter((call) => call.startsWith("PUT"))).toHaveLength(1);
    expect(activity()[0]).toEqual({ action: "alert.status_set", target: anomaly_id, result: "RESOLVED" });
  });

  test("keeps the marker below the new text", async () => {
    const { send, seen, flag, alerts, page } = await openWorld();
    const { anomaly_id } = flag("Low", "Treasury is low.\n\ntidemark:epi_1");
    expect(await page(`alerts/${anomaly_id}`)).not.toContain("tidemark:epi_1");
    const fields = {
      change: "text",
      title: "Lower",
      description: "New\r\ntext",
      seen: await seen(anomaly_id),
    };
    expect(await mainOf(await send(`alerts/${anomaly_id}`, fields))).toContain("Saved.");
    expect(alerts.find(anomaly_id)).toMatchObject({
      title: "Lower",
      description: "New\ntext\n\ntidemark:epi_1",
    });
  });

  test("does not overwrite what somebody else changed meanwhile", async () => {
    const { send, seen, flag, alerts } = await openWorld();
    const alert = flag("Low");
    const fields = { change: "status", status: "RESOLVED", seen: await seen(alert.anomaly_id) };
    alerts.update(alert, { status: "INVESTIGATING" });
    const html = await mainOf(await send(`alerts/${alert.anomaly_id}`, fields));
    expect(html).toContain("Somebody changed this alert");
    expect(alert.status).toBe("INVESTIGATING");
  });

  test("whose answer is lost is found to be done", async () => {
    const { send, seen, flag, alerts, sandbox } = await openWorld();
    const { anomaly_id } = flag("Low");
    const fields = { change: "status", status: "RESOLVED", seen: await seen(anomaly_id) };
    sandbox.faults.add({ kind: "reset", method: "PUT", after_work: true, times: 1 });
    expect(await mainOf(await send(`alerts/${anomaly_id}`, fields))).toContain("The status is Resolved.");
    expect(alerts.find(anomaly_id)!.status).toBe("RESOLVED");
  });

  test("that Cloud refuses is told in words, with nothing done", async () => {
    const { send, seen, flag, alerts, activity } = await openWorld();
    const { anomaly_id } = flag("Low");
    const fields = { change: "status", status: "NO_SUCH", seen: await seen(anomaly_id) };
    const html = await mainOf(await send(`alerts/${anomaly_id}`, fields));
    expect(html).toContain("Nothing was changed.");
    expect(alerts.find(anomaly_id)!.status).toBe("FLAGGED");
    expect(activity()[0]!.result).not.toBe("NO_SUCH");
  });
});

describe("a flag", () => {
  const text = { title: "Look", description: "at this" };

  test("sent twice at once, and once more, raises one alert", async () => {
    const { send, formKey, alerts, balanceId, activity } = await openWorld();
    const fields = { ...text, formKey: await formKey() };
    const answers = await Promise.all([send(`flag/${balanceId}`, fields), send(`flag/${balanceId}`, fields)]);
    answers.push(await send(`flag/${balanceId}`, fields));
    const [alert] = alerts.all();
    expect(alerts.all()).toHaveLength(1);
    expect(alert).toMatchObject({ title: "Look", affected_balances: [balanceId] });
    for (const answer of answers)
      expect(answer.headers.get("location")).toMatch(new RegExp(`${alert!.anomaly_id}$`));
    expect(activity()).toEqual([
      { action: "alert.raised", target: balanceId, result: `raised as ${alert!.anomaly_id}` },
    ]);
  });

  test("with a new form raises another", async () => {
    const { send, formKey, alerts, balanceId } = await openWorld();
    await send(`flag/${balanceId}`, { ...text, formKey: await formKey() });
    await send(`flag/${balanceId}`, { ...text, formKey: await formKey() });
    expect(alerts.all()).toHaveLength(2);
  });

  test("whose answer is lost is found by its marker", async () => {
    const { send, formKey, alerts, balanceId, sandbox } = await openWorld();
    sandbox.faults.add({ kind: "reset", method: "POST", path: "/alerts/flag", after_work: true, times: 1 });
    const answer = await send(`flag/${balanceId}`, { ...text, formKey: await formKey() });
    expect(alerts.all()).toHaveLength(1);
    expect(answer.headers.get("location")).toContain(alerts.all()[0]!.anomaly_id);
  });

  test("that never arrived is safe to try again, with the same form", async () => {
    const { send, formKey, alerts, balanceId, sandbox } = await openWorld();
    sandbox.faults.add({ kind: "reset", method: "POST", path: "/alerts/flag", times: 1 });
    const fields = { ...text, formKey: await formKey() };
    const first = await mainOf(await send(`flag/${balanceId}`, fields));
    expect(first).toContain("it is safe to try again");
    expect(first).toContain(`value="${fields.formKey}"`);
    expect(alerts.all()).toHaveLength(0);
    await send(`flag/${balanceId}`, fields);
    expect(alerts.all()).toHaveLength(1);
  });

  test("of which nothing can be known says so, and is looked for before it is sent again", async () => {
    const { send, formKey, alerts, balanceId, sandbox } = await openWorld();
    sandbox.faults.add({ kind: "reset", method: "POST", path: "/alerts/flag", after_work: true, times: 1 });
    sandbox.faults.add({ kind: "status", status: 403, method: "GET", path: "/alerts" });
    const fields = { ...text, formKey: await formKey() };
    expect(await mainOf(await send(`flag/${balanceId}`, fields))).toContain("first looked for");
    sandbox.faults.clear();
    await send(`flag/${balanceId}`, fields);
    expect(alerts.all()).toHaveLength(1);
  });

  test("without words is refused before anything is sent, and keeps what was typed", async () => {
    const { send, formKey, alerts, balanceId } = await openWorld();
    const fields = { title: "Typed <b>", description: "  ", formKey: await formKey() };
    const html = await mainOf(await send(`flag/${balanceId}`, fields));
    expect(html).toContain("Say what is to be looked at");
    expect(html).toContain("Typed &lt;b&gt;");
    expect(alerts.all()).toHaveLength(0);
  });
});

describe("without a permission", () => {
  test.each([
    ["alerts:read", ["data:read", "alerts:write"], "alerts"],
    ["alerts:write", ["data:read", "alerts:read"], "flag/bln_x"],
  ])("%s the page is there and says so, and nothing is asked", async (missing, scopes, path) => {
    const { page, calls } = await openWorld(scopes);
    expect(await page(path)).toContain(missing);
    expect(calls().filter((call) => call.includes("/alerts"))).toEqual([]);
  });

  test("alerts:write a form that is sent anyway is refused, and nothing is asked", async () => {
    const { send, formKey, flag, calls, balanceId } = await openWorld(["data:read", "alerts:read"]);
    const { anomaly_id } = flag("Low");
    const key = await formKey();
    expect((await send(`flag/${balanceId}`, { description: "x", formKey: key })).status).toBe(403);
    expect(
      (await send(`alerts/${anomaly_id}`, { change: "status", status: "RESOLVED", seen: "" })).status,
    ).toBe(403);
    expect(calls().filter((call) => call.includes("/flag"))).toEqual([]);
  });
});

describe("how a launch shows things", () => {
  test("is kept on the server, for this launch alone", async () => {
    const { send, portal, app, base, sandbox } = await openWorld();
    expect(await theme(portal, base)).toBe("auto");
    expect((await send("display", { timeZone: "Africa/Lagos", theme: "light" })).status).toBeLessThan(400);
    expect(await theme(portal, base)).toBe("light");
    const other = openPortal(app);
    const otherBase = await other.enter(await app.launch({ instance_id: sandbox.instanceId }));
    expect(otherBase).not.toBe(base);
    expect(await theme(other, otherBase)).toBe("auto");
  });

  test.each([
    ["a zone that does not exist", { timeZone: "Moon/Base", theme: "dark" }],
    ["a theme that does not exist", { timeZone: "UTC", theme: "url(x)" }],
  ])("refuses %s", async (_name, fields) => {
    const { send, app } = await openWorld();
    expect((await send("display", fields)).status).toBe(400);
    expect(app.rows("select * from launch_displays")).toEqual([]);
  });
});
