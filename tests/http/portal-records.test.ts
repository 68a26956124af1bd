import { describe, expect, onTestFinished, test } from "vitest";

import { startSandbox, type SandboxOptions } from "blnk-sandbox/start-sandbox.ts";
import { isKeyProof } from "#tests/support/is-key-proof.ts";
import { openPortal } from "#tests/support/portal-browser.ts";
import { startApp } from "#tests/support/start-app.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";
import { wordsOf } from "#tests/support/words-of.ts";

const ALL = ["data:read", "data:write", "alerts:read", "alerts:write"];

async function openRecords(options: SandboxOptions = {}, scopes: string[] = ALL) {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  const app = await startApp({ env: { BLNK_API_URL: sandbox.api } });
  const install = {
    instance_id: sandbox.instanceId,
    api_key: sandbox.mintKey(scopes).key,
    granted_permissions: scopes,
  };
  await app.install(install);
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch({ instance_id: sandbox.instanceId }));
  const { ledger } = sandbox.workspace.instances[0]!;
  const page = (path: string) => portal.get(`${home}/${path}`);
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${sandbox.api}${path}?instance_id=${sandbox.instanceId}`, {
      method: "POST",
      headers: { authorization: `Bearer ${sandbox.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(answer.ok, path).toBe(true);
    return (await answer.json()) as Record<string, string>;
  };
  return { app, sandbox, ledger, portal, page, post, home };
}

const isWallet = ({ meta_data }: { meta_data: object | null }) =>
  JSON.stringify(meta_data).includes("Load wallet");

/** The first of the wallets that `scale` makes. */
function walletIn({ ledger }: Awaited<ReturnType<typeof openRecords>>) {
  return ledger.balances.all().find(({ meta_data }) => meta_data?.["name"] === "Load wallet 1")!;
}

/** Told apart by a word and not by a whole page in the test's output. */
async function saysIn(response: Response | Promise<Response>, words: string): Promise<boolean> {
  return (await (await response).text()).includes(words);
}

const rowsOf = (file: string) => file.trimEnd().split("\r\n").slice(1);

describe("a file", () => {
  test("of ten thousand balances has each of them once", async () => {
    const { page, ledger } = await openRecords({ scale: 10_000 });
    const response = await page("balances.csv");
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="balances.csv"');
    const ids = rowsOf(await response.text()).map((row) => row.split(",", 1)[0]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(ids)).toEqual(new Set(ledger.balances.all().map(({ balance_id }) => balance_id)));
  });

  test("has the rows of the filters and no others, with exact amounts", async () => {
    const records = await openRecords({ scale: 30 });
    const balance = walletIn(records);
    const rows = rowsOf(await (await records.page(`transactions.csv?q=${balance.balance_id}`)).text());
    expect(rows).toHaveLength(1);
    const minor = balance.credit.toString();
    expect(rows[0]).toContain(`,USD,${minor.slice(0, -2)}.${minor.slice(-2)},${minor},100,`);
  });

  test("that fails on the way is a broken download, and the server goes on", async () => {
    const { page, sandbox } = await openRecords({ scale: 5_000 });
    sandbox.switches.latency_ms = 20;
    const response = await page("transactions.csv");
    expect(response.status).toBe(200);
    const reader = response.body!.getReader();
    await reader.read();
    sandbox.faults.add({ kind: "status", status: 400, path: "/data/transactions", body: { error: "no" } });
    const rest = async () => {
      while (!(await reader.read()).done);
    };
    await expect(rest()).rejects.toThrow();
    sandbox.faults.clear();
    expect((await page("ledgers.csv")).status).toBe(200);
  });

  test("that fails at once is a page in words", async () => {
    const { page, sandbox } = await openRecords();
    sandbox.faults.add({
      kind: "status",
      status: 400,
      path: "/data/transactions",
      body: { error: "secret words" },
    });
    const response = await page("transactions.csv");
    expect(response.status).toBe(502);
    expect(response.headers.get("content-disposition")).toBeNull();
    const text = await response.text();
    expect(text).toContain("No file was made");
    expect(text).not.toContain("secret words");
  });

  test("is refused for filters that cannot be read, instead of being of everything", async () => {
    const { page } = await openRecords({ scale: 3 });
    const response = await page("transactions.csv?from=nonsense");
    expect(response.status).toBe(502);
    expect(await response.text()).toContain("filters that cannot be read: from");
  });
});

const PAGES = [
  "balances",
  "balances/bln_1",
  "transactions",
  "transactions/txn_1",
  "ledgers",
  "ledgers/ldg_1",
  "identities",
  "identities/idt_1",
];

test("without data:read every page works, says what it needs and asks Cloud for nothing", async () => {
  const { page, sandbox } = await openRecords({}, ["data:write", "alerts:write"]);
  for (const path of PAGES) {
    const response = await page(path);
    expect(response.status, path).toBe(200);
    expect(wordsOf(await response.text()).includes("needs data:read"), path).toBe(true);
  }
  for (const path of ["balances.csv", "transactions.csv", "ledgers.csv"]) {
    expect((await page(path)).status, path).toBe(403);
  }
  expect(sandbox.journal.entries().filter((call) => !isKeyProof(call))).toEqual([]);
});

test("with data:read the same pages ask Cloud", async () => {
  const { page, sandbox } = await openRecords();
  for (const path of PAGES) {
    sandbox.journal.clear();
    expect(wordsOf(await (await page(path)).text()).includes("needs data:read"), path).toBe(false);
    expect(sandbox.journal.entries().filter((call) => !isKeyProof(call)).length, path).toBeGreaterThan(0);
  }
});

test("another install's session reads nothing of this one's instance", async () => {
  const first = await openRecords({ scale: 1 });
  const balance = walletIn(first);
  expect(await saysIn(first.page(`balances/${balance.balance_id}`), "Load wallet 1")).toBe(true);

  const [, second] = first.sandbox.workspace.instances;
  const other = { installed_app_id: "instapp_2", instance_id: second!.id };
  const key = first.sandbox.mintKey(ALL, second!.id).key;
  await first.app.install({ ...other, api_key: key, granted_permissions: ALL });
  const stranger = openPortal(first.app);
  const home = await stranger.enter(await first.app.launch(other));
  const text = await (await stranger.get(`${home}/balances/${balance.balance_id}`)).text();
  expect(text.includes("Blnk Cloud has no such record")).toBe(true);
  expect(text.includes("Load wallet 1")).toBe(false);
  expect((await stranger.get(`${first.home}/balances`)).status).toBe(401);
});

test("names that are markup, right to left or ten thousand characters long are there whole and inert", async () => {
  const { page, ledger } = await openRecords({ scale: 3 });
  const names = ['<script>alert("x")</script>', "\u202Eevil\u202C", "n".repeat(10_000)];
  for (const [index, balance] of ledger.balances.all().filter(isWallet).entries()) {
    balance.meta_data = { name: names[index]! };
  }
  ledger.balances.touch();
  const text = await (await page("balances")).text();
  expect(text.includes("<script>alert")).toBe(false);
  for (const name of [`&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;`, names[1]!, names[2]!]) {
    expect(text.includes(`<bdi>${name}</bdi>`), name.slice(0, 40)).toBe(true);
  }
});

describe("the assumed precision", () => {
  test("is set for this install, changes what is shown, and is in the activity", async () => {
    const { app, portal, page, home, post } = await openRecords();
    // Two rows that differ: the wallet's own precision is not known.
    const { ledger_id } = await post("/proxy/ledgers", { name: "Wallets" });
    const { balance_id } = await post("/proxy/balances", { ledger_id, currency: "USD" });
    for (const [precise_amount, precision] of [
      [123_000, 100],
      [456, 1000],
    ]) {
      const row = { source: "@World", destination: balance_id, precise_amount, precision, currency: "USD" };
      const more = { reference: `r-${precision}`, description: "Order 7", skip_queue: true };
      await post("/proxy/transactions", { ...row, ...more, allow_overdraft: true });
    }
    expect(await saysIn(page("balances"), "USD 1,234.56")).toBe(true);
    const saved = await portal.post(`${home}/precision`, { origin: PUBLIC_URL }, "currency=USD&decimals=4");
    expect(saved.status).toBe(200);
    expect(await saysIn(page("balances"), "USD 12.3456")).toBe(true);
    expect(app.rows("select installed_app_id, currency, decimals from currency_decimals")).toEqual([
      { installed_app_id: "instapp_1", currency: "USD", decimals: 4 },
    ]);
    expect(
      app.rows("select action, target, result from activity where action = 'precision.changed'"),
    ).toEqual([{ action: "precision.changed", target: "USD", result: "4 decimals" }]);
  });

  test.each(["currency=&decimals=2", "currency=USD&decimals=19", "currency=USD&decimals=-1", "decimals=2"])(
    "is not set from %s",
    async (body) => {
      const { app, portal, home } = await openRecords();
      const response = await portal.post(`${home}/precision`, { origin: PUBLIC_URL }, body);
      expect(await saysIn(response, "Nothing was saved")).toBe(true);
      expect(app.rows("select * from currency_decimals")).toEqual([]);
    },
  );
});
