import { describe, expect, test } from "vitest";

import { loadBalances } from "#app/portal/balances/load-balances.server.ts";
import { loadIdentities } from "#app/portal/identities/load-identities.server.ts";
import { loadLedgers } from "#app/portal/ledgers/load-ledgers.server.ts";
import type { ListPage } from "#app/platform/portal/lists/list-state.ts";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { loadTransactions } from "#app/portal/transactions/load-transactions.server.ts";
import { openSandbox } from "#tests/support/open-sandbox.ts";

const assume = () => 100n;
const search = (params: Record<string, string>) => new URLSearchParams(params);

async function ready<T>({ rows }: { rows: Promise<CloudResult<ListPage<T>>> }): Promise<ListPage<T>> {
  const reading = await rows;
  if (reading.kind !== "ready") throw new Error(`The list is ${reading.kind}.`);
  return reading.value;
}

describe("transactions", () => {
  test("are found by id, by part of a reference, by balance and by indicator, and by nothing else", async () => {
    const { readCloud, openWallets, post } = await openSandbox();
    const [a, b] = (await openWallets(2)) as [string, string];
    const first = await post(a, 100n, { reference: "order-100%-x" });
    await post(b, 200n, { reference: "order-two" });
    const found = async (q: string) =>
      (await ready(loadTransactions(readCloud, search({ q }), Date.now()))).rows.map((row) => row.reference);
    expect(await found(first.transaction_id)).toEqual(["order-100%-x"]);
    expect(await found("100%")).toEqual(["order-100%-x"]);
    expect(new Set(await found("ORDER-"))).toEqual(new Set(["order-100%-x", "order-two"]));
    expect(await found(b)).toEqual(["order-two"]);
    expect(new Set(await found("@World"))).toEqual(new Set(["order-100%-x", "order-two"]));
    expect(await found("@Nobody")).toEqual([]);
    expect(await found("%")).toEqual(["order-100%-x"]);
  });

  test("are filtered by status, currency and amount in major units", async () => {
    const { readCloud, openWallets, post } = await openSandbox();
    const [a] = (await openWallets(1)) as [string];
    const [e] = (await openWallets(1, "EUR")) as [string];
    await post(a, 1_000n, { reference: "small" });
    await post(a, 5_000n, { reference: "large" });
    await post(a, 2_000n, { reference: "held", inflight: true });
    await post(e, 3_000n, { reference: "euro", currency: "EUR" });
    const found = async (params: Record<string, string>) =>
      (await ready(loadTransactions(readCloud, search(params), Date.now()))).rows
        .map((row) => row.reference ?? "")
        .sort((a, b) => a.localeCompare(b));
    expect(await found({ status: "INFLIGHT" })).toEqual(["held"]);
    expect(await found({ currency: "EUR" })).toEqual(["euro"]);
    expect(await found({ min: "15.00", max: "50" })).toEqual(["euro", "held", "large"]);
    expect(await found({})).toHaveLength(4);
  });

  test.each([
    ["as documented", {}],
    ["with the page size ignored", { page_size: "ignored" }],
    ["with totals only guessed", { transaction_totals: "estimate" }],
  ] as const)("are all on one page or another, once each, %s", async (_, switches) => {
    const { readCloud, openWallets, post } = await openSandbox({ switches });
    const [a] = (await openWallets(1)) as [string];
    for (let number = 0; number < 45; number += 1) await post(a, 100n);
    const until = String(Date.now());
    const seen: string[] = [];
    for (let page = 1; ; page += 1) {
      const list = await ready(
        loadTransactions(readCloud, search({ page: String(page), until }), Date.now()),
      );
      seen.push(...list.rows.map((row) => row.transaction_id));
      // A row that arrives meanwhile moves no page.
      await post(a, 1n);
      if (!list.hasNext) break;
      expect(page).toBeLessThan(10);
    }
    expect(seen).toHaveLength(45);
    expect(new Set(seen).size).toBe(45);
  });

  test("that are queued say what came of them when that is in the same list", async () => {
    const { readCloud, openWallets, post } = await openSandbox();
    const [a] = (await openWallets(1)) as [string];
    await post(a, 100n, { reference: "queued", skip_queue: false });
    const { rows } = await ready(loadTransactions(readCloud, search({}), Date.now()));
    expect(rows.map(({ status, outcome }) => [status, outcome])).toEqual(
      expect.arrayContaining([
        ["QUEUED", "APPLIED"],
        ["APPLIED", undefined],
      ]),
    );
  });

  test("whose address cannot be read are not asked for", async () => {
    const { readCloud, sandbox } = await openSandbox();
    const reading = await loadTransactions(readCloud, search({ from: "never" }), Date.now()).rows;
    expect(reading).toMatchObject({ kind: "failed" });
    expect(sandbox.journal.entries()).toEqual([]);
  });
});

describe("balances", () => {
  test("are found by the name in their metadata, by their identity's name, and by id and indicator", async () => {
    const { client, readCloud, post, openWallets } = await openSandbox();
    const { ledger_id } = await client.ledgers.create({ name: "Wallets" });
    const ada = await client.identities.create({ first_name: "Ada", last_name: "Obi-Lovelace" });
    const named = await client.balances.create({
      ledger_id,
      currency: "USD",
      meta_data: { name: "Petty Ada cash" },
    });
    const owned = await client.balances.create({ ledger_id, currency: "USD", identity_id: ada.identity_id });
    const [other] = (await openWallets(1)) as [string];
    await post(other, 1n);
    const found = async (q: string) =>
      (await ready(loadBalances(readCloud, assume, search({ q }), Date.now()))).rows
        .map((row) => row.balance_id)
        .sort();
    expect(await found("ada")).toEqual([named.balance_id, owned.balance_id].sort());
    expect(await found("Ada Obi")).toEqual([owned.balance_id]);
    expect(await found(other)).toEqual([other]);
    expect(await found(ada.identity_id)).toEqual([owned.balance_id]);
    expect(await found("@wor")).toHaveLength(1);
    expect(await found("nobody at all")).toEqual([]);
  });

  test("of one name too many are refused in words, and as many as can be named are all there", async () => {
    const { client, readCloud } = await openSandbox({ switches: { page_size: "ignored" } });
    const { ledger_id } = await client.ledgers.create({ name: "Wallets" });
    const open = (number: number) =>
      client.balances.create({ ledger_id, currency: "USD", meta_data: { name: `Wallet ${number}` } });
    for (let number = 0; number < 100; number += 1) await open(number);
    const list = loadBalances(readCloud, assume, search({ q: "wallet" }), Date.now());
    expect(await ready(list)).toMatchObject({ total: 100, hasNext: true });
    await open(100);
    await expect(loadBalances(readCloud, assume, search({ q: "wallet" }), Date.now()).rows).rejects.toThrow(
      "More than 100 have that in their name; enter more of it",
    );
    expect((await ready(loadBalances(readCloud, assume, search({ q: "wallet 7" }), Date.now()))).total).toBe(
      11,
    );
  });

  test("below zero, with money held and with money on its way in are told apart", async () => {
    const { readCloud, openWallets, post } = await openSandbox();
    const [a, b] = (await openWallets(2)) as [string, string];
    await post(a, 100n);
    await post(b, 40n, { source: a, inflight: true });
    const found = async (only: string) =>
      (await ready(loadBalances(readCloud, assume, search({ only }), Date.now()))).rows.map(
        (row) => row.indicator ?? row.balance_id,
      );
    expect(await found("below_zero")).toEqual(["@World"]);
    expect(await found("holding")).toEqual([a]);
    expect(await found("expecting")).toEqual([b]);
  });
});

test("ledgers are found by part of their name and by id", async () => {
  const { client, readCloud } = await openSandbox();
  const { ledger_id } = await client.ledgers.create({ name: "Merchant settlements" });
  const found = async (q: string) =>
    (await ready(loadLedgers(readCloud, search({ q }), Date.now()))).rows.map((row) => row.name);
  expect(await found("SETTLE")).toEqual(["Merchant settlements"]);
  expect(await found(ledger_id)).toEqual(["Merchant settlements"]);
  expect(await found("general_ledger_id")).toEqual(["General Ledger"]);
});

test("identities are found by name and email, and a name that is a token is not shown", async () => {
  const { client, readCloud } = await openSandbox();
  await client.identities.create({
    first_name: "Grace",
    last_name: "Hopper",
    email_address: "grace@navy.example",
  });
  await client.identities.create({
    first_name: "tok_123",
    last_name: "tok_456",
    meta_data: { tokenized_fields: { FirstName: true, LastName: true } },
  });
  const found = async (params: Record<string, string>) =>
    (await ready(loadIdentities(readCloud, search(params), Date.now()))).rows.map(({ name, nameMasked }) => [
      name,
      nameMasked,
    ]);
  expect(await found({ q: "hopper" })).toEqual([["Grace Hopper", false]]);
  expect(await found({ q: "grace@navy" })).toEqual([["Grace Hopper", false]]);
  expect(await found({})).toContainEqual([undefined, true]);
});
