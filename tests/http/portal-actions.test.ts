import { describe, expect, onTestFinished, test } from "vitest";

import { startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp } from "#tests/support/start-app.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

const ALL = ["data:read", "data:write", "alerts:read", "alerts:write"];

/** The built app beside a sandbox with a hold of USD 60.00 between two wallets, and a panel that is open on it. */
async function openActions(scopes: string[] = ALL) {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const app = await startApp({ env: { BLNK_API_URL: sandbox.api } });
  const instance = { instance_id: sandbox.instanceId };
  await app.install({ ...instance, api_key: sandbox.mintKey(scopes).key, granted_permissions: scopes });
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch(instance));

  const ask = async (path: string, body: object) => {
    const response = await fetch(`${sandbox.api}${path}?instance_id=${sandbox.instanceId}`, {
      method: "POST",
      headers: { authorization: `Bearer ${sandbox.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, string>;
  };
  const { ledger_id } = await ask("/proxy/ledgers", { name: "Wallets" });
  const openWallet = async () =>
    (await ask("/proxy/balances", { ledger_id, currency: "USD" }))["balance_id"]!;
  const [payer, payee] = [await openWallet(), await openWallet()];
  const move = async (source: string, destination: string, precise_amount: number, more: object = {}) => {
    const reference = `r${Math.random()}`.replace(".", "x");
    const units = { precise_amount, precision: 100, currency: "USD", skip_queue: true };
    const row = { source, destination, reference, description: "Order 7", ...units, ...more };
    return (await ask("/proxy/transactions", row))["transaction_id"]!;
  };
  await move("@World", payer, 100_00, { allow_overdraft: true });
  const hold = await move(payer, payee, 60_00, { inflight: true });
  sandbox.journal.clear();

  const get = async (path: string) => {
    const response = await portal.get(`${home}/${path}`);
    return { status: response.status, text: mainOf(await response.text()) };
  };
  const post = (path: string, fields: Record<string, string> = {}) =>
    portal.post(`${home}/${path}`, { origin: PUBLIC_URL }, new URLSearchParams(fields).toString());
  const formKey = async (path: string) =>
    /name="formKey"[^>]*value="([^"]*)"/.exec((await get(path)).text)?.[1] ?? "";
  /** Fills a form in and answers the path of the action that comes of it, below the portal's. */
  const asked = async (path: string, fields: Record<string, string> = {}) => {
    const sent = { reason: "because", formKey: await formKey(path), ...fields };
    const location = (await post(path, sent)).headers.get("location");
    if (!location) throw new Error("No action came of the form.");
    return location.slice(home.length + 1);
  };
  return {
    sandbox,
    app,
    portal,
    home,
    payer,
    payee,
    hold,
    move,
    get,
    post,
    formKey,
    calls: () => sandbox.journal.entries().map(({ method, url }) => `${method} ${url.split("?", 1)[0]}`),
    balance: (id: string) => {
      const { credit, debit } = sandbox.workspace.instances[0]!.ledger.balances.get(id)!;
      return credit - debit;
    },
    asked,
  };
}

/** What a page shows below its navigation, its text put together: short enough to be read in a failure. */
function mainOf(html: string): string {
  return html
    .replace(/^.*<main[^>]*>/s, "")
    .replaceAll(/<script[ >].*?<\/script>/gs, "")
    .replaceAll("<!-- -->", "");
}

const words = (html: string) => html.replaceAll(/<[^>]+>/g, "");

describe("a commit", () => {
  test("is shown with both balances, before and after, and done only when it is confirmed", async () => {
    const { asked, get, post, hold, payee, balance } = await openActions();
    const form = words((await get(`transactions/${hold}/commit`)).text);
    expect(form).toContain("Remaining holdUSD 60.00");
    expect(form).toContain("before USD 100.00→ after USD 40.00");
    const path = await asked(`transactions/${hold}/commit`, { amount: "20.50" });
    const shown = words((await get(path)).text);
    expect(shown).toContain("USD 20.50, held until now, leaves");
    expect(shown).toContain("USD 39.50 stays held.");
    expect(shown).toContain("before USD 100.00→ after USD 79.50");
    expect(shown).toContain("Commit USD 20.50");
    expect(balance(payee)).toBe(0n);
    const done = await post(path);
    expect([done.status, done.headers.get("location")?.endsWith(path)]).toEqual([302, true]);
    expect(words((await get(path)).text)).toContain("Read back from the ledger.");
    expect(balance(payee)).toBe(20_50n);
    // Sent once more, by a reload or by going back, it stays what it is.
    await post(path);
    expect(balance(payee)).toBe(20_50n);
  });

  test.each([
    ["60.01", "Only USD 60.00 remains of this hold."],
    ["ten", "Enter the amount in digits"],
  ])("of %s stays a form that says why, with what was typed", async (amount, problem) => {
    const { formKey, post, hold, app } = await openActions();
    const path = `transactions/${hold}/commit`;
    const fields = { formKey: await formKey(path), amount, reason: 'because <b>"' };
    const text = mainOf(await (await post(path, fields)).text());
    expect(words(text)).toContain(problem);
    expect(text).toContain(`value="${amount}"`);
    expect(text).toContain("because &lt;b&gt;");
    expect(app.rows("select * from actions")).toEqual([]);
  });

  test("without a reason is refused", async () => {
    const { formKey, post, hold } = await openActions();
    const path = `transactions/${hold}/commit`;
    const fields = { formKey: await formKey(path), amount: "1.00", reason: "  " };
    expect(words(mainOf(await (await post(path, fields)).text()))).toContain("Say why");
  });

  test("that is sent five times at once is one", async () => {
    const { asked, post, hold, calls } = await openActions();
    const path = await asked(`transactions/${hold}/commit`);
    await Promise.all(Array.from({ length: 5 }, () => post(path)));
    expect(calls().filter((call) => call.startsWith("PUT"))).toHaveLength(1);
  });

  test("of which nothing is known yet says so, and is on the activity's list", async () => {
    const { asked, post, get, hold, sandbox } = await openActions();
    const path = await asked(`transactions/${hold}/commit`);
    sandbox.faults.add({ kind: "reset", method: "PUT", times: 1 });
    await post(path);
    const shown = words((await get(path)).text);
    expect(shown).toContain("Pending");
    expect(shown).toContain("It may or may not have gone through; Tidemark is checking. Don&#x27;t retry.");
    expect(shown).not.toContain("Applied");
    const activity = (await get("activity")).text;
    expect(words(activity)).toContain("Still under way");
    expect(activity).toContain(`/${path}"`);
  });
});

describe("a refund", () => {
  test("says which balance goes below zero, and by how much, before it is asked for and before it is confirmed", async () => {
    const { get, asked, move, payer, payee } = await openActions();
    const paid = await move(payer, payee, 30_00);
    const path = `transactions/${paid}/refund`;
    expect(words((await get(path)).text)).not.toContain("goes below zero");
    await move(payee, "@World", 30_00);
    for (const shown of [path, await asked(path)]) {
      const text = words((await get(shown)).text);
      expect(text).toContain(`${payee.slice(0, 8)}…${payee.slice(-4)} goes below zero.`);
      expect(text).toContain("before USD 0.00→ after USD -30.00");
    }
  });
});

describe("an adjustment", () => {
  test("takes both balances from a search, and is refused for any other word", async () => {
    const { get, asked, post, formKey, payer, payee, balance } = await openActions();
    const found = (await get(`adjustment?from=${payer}&q=${payee}`)).text;
    expect(found).toContain(`adjustment?from=${payer}&amp;to=${payee}`);
    const path = `adjustment?from=${payer}&to=${payee}`;
    const action = await asked(path, { from: payer, to: payee, amount: "5.00" });
    await post(action);
    expect(words((await get(action)).text)).toContain("Read back from the ledger.");
    expect(balance(payee)).toBe(5_00n);

    const fields = { formKey: await formKey(path), reason: "x", amount: "1.00", from: payer, to: "@Typo" };
    expect(words(mainOf(await (await post(path, fields)).text()))).toContain("no such record");
  });

  test("of which nothing is in the ledger says that it is safe to try again, and can be", async () => {
    const { asked, post, get, app, payer, payee, balance } = await openActions();
    const action = await asked(`adjustment?from=${payer}&to=${payee}`, {
      from: payer,
      to: payee,
      amount: "5.00",
    });
    app.change("update actions set state = 'not_recorded', started_at = 1, sent_at = 1, settled_at = 2");
    const shown = words((await get(action)).text);
    expect(shown).toContain("Not recorded");
    expect(shown).toContain("You can retry: it keeps its reference");
    expect(shown).toContain("Adjust USD 5.00");
    await post(action);
    expect(words((await get(action)).text)).toContain("Read back from the ledger.");
    expect(balance(payee)).toBe(5_00n);
  });

  test("that Blnk refuses says why, and that no money was moved", async () => {
    const { asked, post, get, payer, payee, sandbox } = await openActions();
    const path = `adjustment?from=${payer}&to=${payee}`;
    const action = await asked(path, { from: payer, to: payee, amount: "5.00" });
    const body = {
      error: "secret words",
      error_detail: { code: "TXN_INSUFFICIENT_FUNDS", message: "secret words" },
    };
    sandbox.faults.add({ kind: "status", status: 400, body, method: "POST", path: "/proxy/transactions" });
    await post(action);
    const shown = words((await get(action)).text);
    expect(shown).toContain("The source does not have enough available. No money was moved.");
    expect(shown).not.toContain("secret words");
  });
});

test("names that are markup or turn the text around are inert in a confirmation", async () => {
  const { asked, get, hold, payer, sandbox } = await openActions();
  const { balances } = sandbox.workspace.instances[0]!.ledger;
  balances.get(payer)!.meta_data = { name: "<script>alert(1)</script>\u202Eevil" };
  balances.touch();
  const { text } = await get(await asked(`transactions/${hold}/commit`, { amount: "1.00" }));
  expect(text).not.toContain("<script>alert");
  expect(text).toContain("leaves <bdi>&lt;script&gt;alert(1)&lt;/script&gt;\u202Eevil</bdi> and arrives at");
});

describe("without a permission", () => {
  const PATHS = (hold: string) => [
    `transactions/${hold}/commit`,
    `transactions/${hold}/void`,
    `transactions/${hold}/refund`,
    "adjustment",
    "adjustment?from=bln_1&to=bln_2",
    `note/${hold}`,
  ];

  test("data:write every control is there, disabled, and a form sent anyway is refused", async () => {
    const { get, post, hold, calls } = await openActions(["data:read"]);
    const page = (await get(`transactions/${hold}`)).text;
    for (const word of ["Commit", "Void", "Note"])
      expect(page).toMatch(new RegExp(`<button[^>]*disabled=""[^>]*>${word}</button>`));
    expect(words(page)).toContain("needs data:write");
    const form = (await get(`transactions/${hold}/commit`)).text;
    expect(form).toMatch(/<button type="submit"[^>]*disabled=""|disabled=""[^>]*type="submit"/);
    expect(words(form)).toContain("needs data:write");
    for (const path of [...PATHS(hold), "actions/whatever"])
      expect((await post(path)).status, path).toBe(403);
    expect(calls().filter((call) => call.includes("/proxy/"))).toEqual([]);
  });

  test("data:read every page works and says so, and nothing is asked", async () => {
    const { get, post, hold, calls } = await openActions(["data:write", "alerts:read", "alerts:write"]);
    for (const path of [...PATHS(hold), "activity"]) expect((await get(path)).status, path).toBe(200);
    expect(words((await get(`transactions/${hold}/commit`)).text)).toContain("needs data:read");
    for (const path of PATHS(hold)) expect((await post(path)).status, path).toBe(403);
    expect(calls()).toEqual([]);
  });
});

test("an action of one install is not there for another, nor in its activity", async () => {
  const { app, sandbox, asked, hold, get } = await openActions();
  const path = await asked(`transactions/${hold}/commit`);
  const [, second] = sandbox.workspace.instances;
  const other = { installed_app_id: "instapp_2", instance_id: second!.id };
  const key = sandbox.mintKey(ALL, second!.id).key;
  await app.install({ ...other, api_key: key, granted_permissions: ALL });
  const stranger = openPortal(app);
  const home = await stranger.enter(await app.launch(other));
  expect((await stranger.get(`${home}/${path}`)).status).toBe(404);
  await stranger.post(`${home}/${path}`, { origin: PUBLIC_URL });
  expect(app.rows("select state from actions")).toEqual([{ state: "prepared" }]);
  const activity = await (await stranger.get(`${home}/activity`)).text();
  expect(activity.includes("instapp_1")).toBe(false);
  expect((await get(path)).status).toBe(200);
});

describe("the activity", () => {
  test("is found by a record and by what was done, and downloaded as shown", async () => {
    const { asked, post, get, hold, portal, home, app } = await openActions();
    const path = await asked(`transactions/${hold}/commit`, { amount: "1.00", reason: "=1+1 arrived" });
    await post(path);
    const found = words((await get("activity?q=commit applied")).text);
    expect(found).toContain("Commit applied");
    expect(found).not.toContain("Portal launched");
    expect(found).toContain("unknown person");
    expect(words((await get(`activity?q=${hold}`)).text)).toContain("Commit started");
    expect(words((await get("activity?q=100%25")).text)).toContain("Nothing matches");
    app.change("update activity set target = '=cmd' where action = 'commit.started'");
    const file = await portal.get(`${home}/activity.csv?q=commit`);
    expect(file.headers.get("content-disposition")).toBe('attachment; filename="activity.csv"');
    const [head, ...rows] = (await file.text()).trimEnd().split("\r\n");
    expect(head).toBe("at,launch_id,user_id,action,target,result");
    expect(rows).toHaveLength(2);
    expect(rows[1]).toContain(",commit.started,'=cmd,USD 1.00: =1+1 arrived");
  });

  test("of more entries than one read has is downloaded whole, each once", async () => {
    const { portal, home, app } = await openActions();
    const insert = `insert into activity (installed_app_id, at, action, result)
      with recursive n (i) as (select 1 union all select i + 1 from n where i < 1200)
      select 'instapp_1', 1000 + i, 'test.entry', 'n' || i from n`;
    app.change(insert);
    const rows = (await (await portal.get(`${home}/activity.csv?q=test`)).text())
      .trimEnd()
      .split("\r\n")
      .slice(1);
    expect(new Set(rows.map((row) => row.split(",").at(-1))).size).toBe(1200);
    expect(rows).toHaveLength(1200);
  });
});

describe("a note", () => {
  test("is saved, shown with its record, and in the activity", async () => {
    const { get, post, payer, app } = await openActions();
    const seen = /name="seen"[^>]*value="([^"]*)"/.exec((await get(`note/${payer}`)).text)![1]!;
    const saved = await post(`note/${payer}`, { note: "Ask Ada", seen });
    expect(words(mainOf(await saved.text()))).toContain("Saved.");
    expect((await get(`balances/${payer}`)).text).toContain("Ask Ada");
    expect(app.rows("select action, target, result from activity where action = 'note.saved'")).toEqual([
      { action: "note.saved", target: payer, result: "done" },
    ]);
  });
});
