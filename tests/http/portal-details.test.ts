import { describe, expect, test } from "vitest";

import { openPortal } from "#tests/support/portal-browser.ts";
import { openSandbox } from "#tests/support/open-sandbox.ts";
import { wordsOf } from "#tests/support/words-of.ts";
import { startApp } from "#tests/support/start-app.ts";
import { SCOPES } from "#app/platform/permissions/scopes.ts";

/** The built app beside a sandbox, and a panel that is open on it. */
async function openDetails() {
  return await openPanel(await openSandbox());
}

async function openPanel(world: Awaited<ReturnType<typeof openSandbox>>) {
  const { sandbox } = world;
  const app = await startApp({ env: { BLNK_API_URL: sandbox.api } });
  const instance = { instance_id: sandbox.instanceId };
  await app.install({ ...instance, api_key: sandbox.apiKey, granted_permissions: SCOPES });
  const portal = openPortal(app);
  const home = await portal.enter(await app.launch(instance));
  const get = (path: string) => portal.get(path === "" ? home : `${home}/${path}`);
  return { ...world, app, home, get, words: async (path: string) => wordsOf(await (await get(path)).text()) };
}

test("the navigation has the eight screens by their names", async () => {
  const { get, home } = await openDetails();
  const [navigation = ""] = /<nav.*?<\/nav>/s.exec(await (await get("")).text()) ?? [];
  const links = [...navigation.matchAll(/<a [^>]*href="([^"]*)".*?<\/a>/gs)];
  expect(links.map(([link, path]) => [wordsOf(link).trim(), path!.slice(home.length)])).toEqual([
    ["Overview", ""],
    ["Monitors", "/monitors"],
    ["Alerts", "/alerts"],
    ["Balances", "/balances"],
    ["Transactions", "/transactions"],
    ["Ledgers", "/ledgers"],
    ["Identities", "/identities"],
    ["Activity", "/activity"],
  ]);
});

describe("a transaction's page", () => {
  test("is one for its whole chain: queued, held, committed and released, with what remains", async () => {
    const { client, openWallets, post, words } = await openDetails();
    const [a, b] = (await openWallets(2)) as [string, string];
    await post(a, 10_000n);
    const held = await post(b, 2_500n, { source: a, inflight: true, skip_queue: false });
    const settle = async (action: Parameters<typeof client.holds.settle>[1]) =>
      client.holds.settle(await client.holds.get(held.transaction_id), action);
    await settle({ action: "commit", precise_amount: 1_000n });
    const partly = await words(`transactions/${held.transaction_id}`);
    expect(partly).toContain("Remaining hold USD 15.00");
    expect(partly).toMatch(/What happened .*Queued .*USD 25.00 .*Held .*USD 25.00 .*Committed .*USD 10.00/);
    await settle({ action: "void" });
    const { parent_transaction: queued } = held;
    for (const id of [queued!, held.transaction_id]) {
      const settled = await words(`transactions/${id}`);
      expect(settled).toContain("Remaining hold USD 0.00");
      expect(settled).toMatch(/Committed .*USD 10.00 .*Hold released .*USD 15.00/);
    }
  });

  test("that was refunded has the refund in it, and no way to another", async () => {
    const { client, openWallets, post, get, words } = await openDetails();
    const [a] = (await openWallets(1)) as [string];
    const { transaction_id } = await post(a, 2_500n);
    const path = `transactions/${transaction_id}`;
    const hasWay = async () => (await (await get(path)).text()).includes(`${path}/refund"`);
    expect(await hasWay()).toBe(true);
    const { reference, expected } = await client.transactions.refund(transaction_id);
    await client.transactions.confirm(reference, { expected, waitMs: 10_000, pollMs: 5 });
    expect(await words(path)).toMatch(/Refunded .*What happened .*Applied .*Refund .*USD 25.00/);
    expect(await hasWay()).toBe(false);
  });
});

test("a balance's page has all its amounts, its owner and its metadata", async () => {
  const { client, openWallets, post, words } = await openDetails();
  const { ledger_id } = await client.ledgers.create({ name: "Wallets" });
  const { identity_id } = await client.identities.create({ first_name: "Ada", last_name: "Obi" });
  const { balance_id } = await client.balances.create({
    ledger_id,
    identity_id,
    currency: "USD",
    meta_data: { name: "Petty cash", branch: "Lagos" },
  });
  const [other] = (await openWallets(1)) as [string];
  await post(balance_id, 10_000n);
  await post(other, 1_000n, { source: balance_id });
  await post(other, 2_500n, { source: balance_id, inflight: true });
  await post(balance_id, 700n, { inflight: true });
  const page = await words(`balances/${balance_id}`);
  for (const text of [
    "Available USD 65.00",
    "Balance USD 90.00",
    "Credits USD 100.00",
    "Debits USD 10.00",
    "Inflight USD -18.00",
    "Inflight credits USD 7.00",
    "Inflight debits USD 25.00",
    "Identity Ada Obi",
    "Ledger Wallets",
    "Lagos",
    "As a table",
  ])
    expect(page).toContain(text);
});

test("an identity's fields that are tokens in Blnk are shown as masked, and there is no file of identities", async () => {
  const { client, openWallets, words, get } = await openDetails();
  await openWallets(1);
  const { identity_id } = await client.identities.create({
    first_name: "tok_123",
    city: "Lagos",
    meta_data: { tokenized_fields: { FirstName: true } },
  });
  const page = await words(`identities/${identity_id}`);
  expect(page).toContain("First name Masked in Blnk");
  expect(page).toContain("City Lagos");
  expect(page).not.toContain("First name tok_123");
  expect((await get("identities.csv")).status).toBe(404);
  expect(await words("identities")).not.toContain("CSV");
  expect(await words("balances")).toContain("CSV");
});

describe("a list's link to its file", () => {
  test("has the filters of the list, and their count; the file has those rows", async () => {
    const { client, get } = await openDetails();
    const [one, two] = await Promise.all(["One", "Two"].map((name) => client.ledgers.create({ name })));
    const open = (ledger_id: string, currency: string) => client.balances.create({ ledger_id, currency });
    const wanted = await open(one!.ledger_id, "USD");
    await open(one!.ledger_id, "EUR");
    await open(two!.ledger_id, "USD");
    for (const [list, query, id] of [
      ["balances", `ledger=${one!.ledger_id}&currency=USD`, wanted.balance_id],
      ["ledgers", "q=Two", two!.ledger_id],
    ] as const) {
      const html = await (await get(`${list}?${query}`)).text();
      const [, href, text] = new RegExp(`href="(${list}\\.csv[^"]*)"[^>]*>([^]*?)</a>`).exec(html)!;
      expect(wordsOf(text!).trim()).toMatch(/^Download 1 \w+ as CSV$/);
      const [, ...rows] = (await (await get(href!.replaceAll("&amp;", "&"))).text()).trimEnd().split("\r\n");
      expect(rows.map((row) => row.split(",", 1)[0])).toEqual([id]);
    }
  });

  test("says about how many where Cloud only estimates", async () => {
    const { sandbox, words } = await openDetails();
    const data = Array.from({ length: 20 }, (_, number) => ({ transaction_id: `txn_${number}` }));
    const body = { data, total: 1_234, total_is_estimate: true };
    sandbox.faults.add({ kind: "status", status: 200, path: "/transactions/filter", body });
    const page = await words("transactions");
    expect(page).toContain("1 to 20 of about 1,234 rows");
    expect(page).toContain("Download about 1,234 rows as CSV");
  });
});

describe("the overview", () => {
  test("has its charts and their tables before any script runs", async () => {
    const world = await openSandbox();
    const [a] = (await world.openWallets(1)) as [string];
    await world.post(a, 1_234n);
    const { get } = await openPanel(world);
    const html = await (await get("")).text();
    const figures = [...html.matchAll(/<figure.*?<\/figure>/gs)].map(([figure]) => figure);
    expect(figures).toHaveLength(2);
    for (const figure of figures) {
      expect(figure).toMatch(/<path d="M[\d.]+,/);
      expect(figure).toMatch(/<details.*As a table.*<table/s);
    }
    expect(wordsOf(figures[1]!)).toContain("USD 12.34");
  });

  test("shows what it has while other blocks still wait", async () => {
    const { sandbox, get } = await openDetails();
    sandbox.faults.add({ kind: "delay", ms: 2_000, path: "/data/" });
    sandbox.faults.add({ kind: "delay", ms: 2_000, path: "/transactions/" });
    const reader = (await get("")).body!.getReader();
    const decoder = new TextDecoder();
    let html = "";
    while (!html.includes("0 alerts")) {
      const { done, value } = await reader.read();
      if (done) throw new Error("The page ended without its alerts.");
      html += decoder.decode(value, { stream: true });
    }
    expect(html).toContain("Loading transactions");
    expect(html).not.toContain("transactions will be here");
    await reader.cancel();
  });
});
