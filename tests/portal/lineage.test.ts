import { expect, test } from "vitest";

import { loadBalances } from "#app/portal/balances/load-balances.server.ts";
import { readBalancesCsv } from "#app/portal/balances/balances-csv.server.ts";
import { scanWeek } from "#app/portal/overview/scan-week.server.ts";
import { loadTransactions } from "#app/portal/transactions/load-transactions.server.ts";
import { readTransactionsCsv } from "#app/portal/transactions/transactions-csv.server.ts";
import type { ListPage } from "#app/platform/portal/lists/list-state.ts";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { openSandbox } from "#tests/support/open-sandbox.ts";

const assume = () => 100n;

/** A ledger in which one payment of USD 7.00 is tracked: Core has written a shadow row beside it. */
async function openTracked() {
  const opened = await openSandbox();
  const { openWallets, post } = opened;
  const [wallet] = (await openWallets(1)) as [string];
  const payment = await post(wallet, 700n, { reference: "order-a" });
  const shadow = await post("@ada_lineage", 700n, {
    source: "@stripe_ada_lineage",
    reference: "order-a_shadow_stripe",
    meta_data: { _shadow_for: payment.transaction_id, _lineage_type: "credit" },
  });
  return { ...opened, wallet, payment, shadow };
}

async function pageOf<Row>({ rows }: { rows: Promise<CloudResult<ListPage<Row>>> }): Promise<ListPage<Row>> {
  const reading = await rows;
  if (reading.kind !== "ready") throw new Error(reading.kind);
  return reading.value;
}

const params = (filters: Record<string, string> = {}) => new URLSearchParams(filters);

async function linesOf(reading: Promise<CloudResult<AsyncIterable<string>>>): Promise<number> {
  const file = await reading;
  if (file.kind !== "ready") throw new Error(file.kind);
  let text = "";
  for await (const part of file.value) text += part;
  return text.trimEnd().split("\n").length - 1;
}

test("transactions neither list nor count shadow rows, in the file too, unless they are asked for by id", async () => {
  const { readCloud, payment, shadow, client } = await openTracked();
  const list = (filters?: Record<string, string>) =>
    pageOf(loadTransactions(readCloud, params(filters), Date.now() + 1));
  const ids = async (filters?: Record<string, string>) => {
    const { rows, total } = await list(filters);
    return { ids: rows.map(({ transaction_id }) => transaction_id), total };
  };
  const only = { ids: [payment.transaction_id], total: 1 };
  expect(await ids()).toEqual(only);
  expect(await ids({ q: "order-a" })).toEqual(only);
  expect(await ids({ q: shadow.transaction_id })).toEqual({ ids: [shadow.transaction_id], total: 1 });
  const { rows } = await client.balances.list({
    filters: [{ field: "indicator", operator: "eq", value: "@ada_lineage" }],
  });
  expect(await ids({ q: rows[0]!.balance_id })).toMatchObject({ ids: [shadow.transaction_id] });
  expect(await linesOf(readTransactionsCsv(readCloud, params(), Date.now() + 1))).toBe(1);
});

test("balances neither list nor count lineage balances, in the file too, unless one is asked for by id", async () => {
  const { readCloud, client } = await openTracked();
  const list = (filters?: Record<string, string>) =>
    pageOf(loadBalances(readCloud, assume, params(filters), Date.now() + 1));
  const { rows: all } = await client.balances.list();
  expect(all.filter(({ indicator }) => indicator?.endsWith("_lineage"))).toHaveLength(2);
  const { rows, total } = await list();
  expect([new Set(rows.map(({ indicator }) => indicator)), total]).toEqual([
    new Set(["@World", undefined]),
    2,
  ]);
  expect(await list({ q: "@" })).toMatchObject({ rows: [{ indicator: "@World" }], total: 1 });
  const aggregate = all.find(({ indicator }) => indicator === "@ada_lineage")!;
  expect(await list({ q: aggregate.balance_id })).toMatchObject({
    rows: [{ indicator: "@ada_lineage" }],
    total: 1,
  });
  expect(await linesOf(readBalancesCsv(readCloud, assume, params(), Date.now() + 1))).toBe(2);
});

test("the week counts a tracked payment once, and one that feigns to be a shadow", async () => {
  const { client, post, wallet } = await openTracked();
  expect((await scanWeek(client, Date.now() + 1)).currencies).toMatchObject([{ count: 1 }]);
  await post(wallet, 1n, { meta_data: { _shadow_for: "txn_1" } });
  expect((await scanWeek(client, Date.now() + 1)).currencies).toMatchObject([{ count: 2 }]);
});
