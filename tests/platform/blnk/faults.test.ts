import { setTimeout as sleep } from "node:timers/promises";

import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import { readTransaction } from "#app/platform/blnk/records.ts";
import { CLOUD_FAULTS, startFaultyServer } from "#tests/support/cloud-faults.ts";
import { answerJson, cloudCredentials, startCloudServer, testCloud } from "#tests/support/cloud-server.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const BUDGET_MS = 500;
/** For a machine that is busy with something else. */
const SLACK_MS = 3_000;

const unhandled: unknown[] = [];
const remember = (reason: unknown) => unhandled.push(reason);
beforeAll(() => process.on("unhandledRejection", remember));
afterAll(() => process.off("unhandledRejection", remember));

const TRANSACTION = {
  precise_amount: 1n,
  precision: 100n,
  currency: "USD",
  source: "bln_1",
  destination: "bln_2",
  reference: "r",
  description: "d",
};

const HOLD_ROW = readTransaction({
  transaction_id: "txn_1",
  status: "INFLIGHT",
  precise_amount: 1,
  precision: 100,
  currency: "USD",
  source: "bln_1",
  destination: "bln_2",
});
const HOLD = { row: HOLD_ROW, children: [], remaining: 1n };

type ClientCall = (client: CloudClient) => Promise<unknown>;

/** Safe to repeat: up to four tries. */
const REPEATED: [name: string, ClientCall][] = [
  ["a list of ledgers", (client) => client.ledgers.list()],
  ["a list", (client) => client.balances.list()],
  ["a list of transactions", (client) => client.transactions.list({ exactTotal: true })],
  ["a list of identities", (client) => client.identities.list()],
  ["a detail", (client) => client.transactions.get("txn_1")],
  ["a ledger", (client) => client.ledgers.get("ldg_1")],
  ["a balance", (client) => client.balances.get("bln_1")],
  ["an identity", (client) => client.identities.get("idt_1")],
  [
    "a filtered list",
    (client) => client.balances.list({ filters: [{ field: "identity_id", operator: "isnull" }] }),
  ],
  ["a scan", (client) => client.ledgers.scan({ createdUntil: 0 }).next()],
  ["a balance in time", (client) => client.balances.at("bln_1", 0)],
  ["a balance's lineage", (client) => client.balances.lineage("bln_1")],
  ["a transaction's lineage", (client) => client.transactions.lineage("txn_1")],
  ["a transaction", (client) => client.transactions.create(TRANSACTION)],
  // Looked up first; with these answers it is never sent.
  ["a refund", (client) => client.transactions.refund("txn_1")],
  ["a change of metadata", (client) => client.metadata.update("bln_1", "own", (own) => own)],
  ["a hold", (client) => client.holds.get("txn_1")],
  ["the alerts", (client) => client.alerts.list()],
  ["an alert", (client) => client.alerts.get("ano_1")],
  ["the alert statuses", (client) => client.alerts.statuses.list()],
];

/** Sent once, whatever happens. */
const SENT_ONCE: [name: string, ClientCall][] = [
  ["the key proof", (client) => client.proveKey()],
  ["a new ledger", (client) => client.ledgers.create({ name: "x" })],
  ["a new balance", (client) => client.balances.create({ ledger_id: "ldg_1", currency: "USD" })],
  ["a balance's identity", (client) => client.balances.setIdentity("bln_1", "idt_1")],
  ["a new identity", (client) => client.identities.create({ first_name: "x" })],
  ["a change of identity", (client) => client.identities.update("idt_1", { first_name: "x" })],
  ["a commit", (client) => client.holds.settle(HOLD, { action: "commit" })],
  ["a void", (client) => client.holds.settle(HOLD, { action: "void" })],
  ["a flag", (client) => client.alerts.flag("bln_1", { description: "x" })],
  ["a change of an alert", (client) => client.alerts.update("ano_1", { status: "RESOLVED" })],
  ["a new status", (client) => client.alerts.statuses.create({ name: "x", colour: "#3B82F6" })],
  ["a change of a status", (client) => client.alerts.statuses.update("X", { name: "x", colour: "#3B82F6" })],
  ["a deleted status", (client) => client.alerts.statuses.delete("X")],
];

const CALLS: [name: string, most: number, use: ClientCall][] = [
  // Both sides are read at once, each with its own tries.
  ["a transaction's checks", 8, (client) => client.transactions.check(TRANSACTION)],
  ...REPEATED.map(([name, use]): [string, number, ClientCall] => [name, 4, use]),
  ...SENT_ONCE.map(([name, use]): [string, number, ClientCall] => [name, 1, use]),
];

/** Their answer is not needed: a 2xx is one, whatever it says. */
const ANSWER_NOT_NEEDED: ReadonlySet<string> = new Set([
  "a transaction",
  "the key proof",
  "a balance's identity",
  "a change of identity",
  "a commit",
  "a void",
  "a deleted status",
]);

describe.each(CLOUD_FAULTS)("with $name", (fault) => {
  test.concurrent.each(CALLS)("%s ends in time with a typed error", async (name, most, use) => {
    const { url, requestCount } = await startFaultyServer(fault);
    const client = testCloud(url).client(cloudCredentials(), { budgetMs: BUDGET_MS });
    const start = performance.now();
    const result: unknown = await use(client).catch((error: unknown) => error);
    expect(performance.now() - start).toBeLessThan(BUDGET_MS + SLACK_MS);
    const tolerated = ANSWER_NOT_NEEDED.has(name) && ["204", "wrong types"].includes(fault.name);
    if (!tolerated) expect(result).toBeInstanceOf(CloudError);
    expect(requestCount()).toBeGreaterThan(0);
    expect(requestCount()).toBeLessThanOrEqual(most);
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  });
});

test("without such a budget a hang would outlast it", async () => {
  const hang = CLOUD_FAULTS.find(({ name }) => name === "hang");
  const { url } = await startFaultyServer(hang!);
  const gone = new AbortController();
  const list = testCloud(url).client(cloudCredentials(), { signal: gone.signal }).balances.list();
  const first = await Promise.race([list.catch(() => "ended"), sleep(BUDGET_MS + 500, "still waiting")]);
  expect(first).toBe("still waiting");
  gone.abort();
  await expect(list).rejects.toMatchObject({ code: "cancelled" });
});

test("a refused connection ends in time with a typed error", async () => {
  const client = testCloud("http://127.0.0.1:1").client(cloudCredentials(), { budgetMs: BUDGET_MS });
  await expect(client.balances.list()).rejects.toMatchObject({ code: "unavailable" });
});

test("a slow answer within the budget is an answer", async () => {
  const { url } = await startCloudServer((_request, response) => {
    setTimeout(() => answerJson(response, { data: [], total: 0 }), 300);
  });
  const client = testCloud(url).client(cloudCredentials(), { budgetMs: 10_000 });
  await expect(client.balances.list()).resolves.toEqual({ rows: [], total: 0 });
});

test("an answer above the size cap is refused, one below is read", async () => {
  const { url } = await startCloudServer((request, response) => {
    answerJson(response, {
      ledger_id: "ldg_1",
      name: "x".repeat(request.path.endsWith("big") ? 20_000 : 5_000),
    });
  });
  const client = testCloud(url, { maxResponseBytes: 10_000 }).client(cloudCredentials());
  await expect(client.ledgers.get("ldg_small")).resolves.toMatchObject({ ledger_id: "ldg_1" });
  await expect(client.ledgers.get("ldg_big")).rejects.toMatchObject({ code: "malformed" });
});
