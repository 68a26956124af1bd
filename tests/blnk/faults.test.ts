import { setTimeout as sleep } from "node:timers/promises";

import type { CloudClient } from "#app/blnk/cloud.server.ts";
import { CloudError } from "#app/blnk/cloud-error.ts";
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

const CALLS: [name: string, most: number, (client: CloudClient) => Promise<unknown>][] = [
  ["a list", 4, (client) => client.balances.list()],
  ["a detail", 4, (client) => client.transactions.get("txn_1")],
  [
    "a filtered list",
    4,
    (client) => client.balances.list({ filters: [{ field: "identity_id", operator: "isnull" }] }),
  ],
  ["a scan", 4, (client) => client.ledgers.scan({ createdUntil: 0 }).next()],
  ["a balance in time", 4, (client) => client.balances.at("bln_1", 0)],
  ["the alerts", 4, (client) => client.alerts.list()],
  ["a flag", 1, (client) => client.alerts.flag("bln_1", { description: "x" })],
  [
    "a transaction",
    4,
    (client) =>
      client.transactions.create({
        precise_amount: 1n,
        precision: 100n,
        currency: "USD",
        source: "bln_1",
        destination: "bln_2",
        reference: "r",
        description: "d",
      }),
  ],
];

describe.each(CLOUD_FAULTS)("with $name", (fault) => {
  test.each(CALLS)("%s ends in time with a typed error", async (name, most, use) => {
    const { url, requestCount } = await startFaultyServer(fault);
    const client = testCloud(url).client(cloudCredentials(), { budgetMs: BUDGET_MS });
    const start = performance.now();
    const result: unknown = await use(client).catch((error: unknown) => error);
    expect(performance.now() - start).toBeLessThan(BUDGET_MS + SLACK_MS);
    // A transaction's answer is not needed: whatever it says, the outcome is read back.
    const tolerated = name === "a transaction" && ["204", "wrong types"].includes(fault.name);
    expect(result instanceof CloudError).toBe(!tolerated);
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
