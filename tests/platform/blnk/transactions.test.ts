import { createReference } from "#app/platform/blnk/reference.server.ts";
import type { NewTransaction } from "#app/platform/blnk/new-transaction.ts";
import { answerJson, cloudFor, routes } from "#tests/support/cloud-server.ts";
import { describe, expect, test } from "vitest";

const NEW: NewTransaction = {
  precise_amount: 1050n,
  precision: 100n,
  currency: "USD",
  source: "bln_a",
  destination: "bln_b",
  reference: "tidemark:instapp_1:r",
  description: "adjustment",
};

describe("create", () => {
  test("amount and precision leave as bare integers, and no other amount", async () => {
    const { client, requests } = await cloudFor((_request, response) =>
      answerJson(response, { transaction_id: "txn_1", status: "QUEUED" }, 201),
    );
    const submitted = await client.transactions.create({
      ...NEW,
      precise_amount: 189207535698279000001n,
      effective_date: 0,
      meta_data: { tidemark: { reason: "x" } },
    });
    expect(submitted).toEqual({ transaction_id: "txn_1" });
    expect(requests[0]).toMatchObject({ method: "POST", path: "/proxy/transactions" });
    expect(requests[0]?.body).toBe(
      '{"precise_amount":189207535698279000001,"precision":100,"currency":"USD","source":"bln_a",' +
        '"destination":"bln_b","reference":"tidemark:instapp_1:r","description":"adjustment",' +
        '"meta_data":{"tidemark":{"reason":"x"}},"effective_date":"1970-01-01T00:00:00.000Z"}',
    );
  });

  test("a field that Core would obey is not passed on by accident", async () => {
    const { client, requests } = await cloudFor((_request, response) => answerJson(response, {}, 201));
    const more = { amount: 99, dry_run: true, instance_id: "inst_2" };
    await client.transactions.create({ ...NEW, ...more });
    expect(requests[0]?.body).not.toMatch(/"amount"|dry_run|inst_2/);
  });

  test("an outage is tried again with the same reference", async () => {
    let asked = 0;
    const { client, requests } = await cloudFor((_request, response) => {
      asked += 1;
      answerJson(response, {}, asked === 1 ? 503 : 201);
    });
    await client.transactions.create(NEW);
    expect(requests.map(({ body }) => JSON.parse(body).reference)).toEqual([NEW.reference, NEW.reference]);
  });

  test.each<[string, Partial<NewTransaction>]>([
    ["no amount", { precise_amount: 0n }],
    ["a negative amount", { precise_amount: -1n }],
    ["no precision", { precision: 0n }],
    ["no description", { description: " " }],
    ["one balance on both sides", { destination: "bln_a" }],
    ["a reference that ends like a queue's", { reference: "r_q" }],
    ["a reference that ends like a refund's", { reference: "r_refund" }],
    ["a reference that ends like a leg's", { reference: "r-1" }],
    ["a schedule that skips the queue", { skip_queue: true, scheduled_for: 1 }],
  ])("a transaction with %s is not sent", async (_name, change) => {
    const { client, requests } = await cloudFor((_request, response) => answerJson(response, {}, 201));
    await expect(client.transactions.create({ ...NEW, ...change })).rejects.toMatchObject({
      code: "invalid",
    });
    expect(requests).toHaveLength(0);
  });

  test("a batch is sent once and each of its items is checked", async () => {
    const { client, requests } = await cloudFor((_request, response) =>
      answerJson(response, { batch_id: "bulk_1", status: "applied" }, 201),
    );
    const bulk = { transactions: [NEW, { ...NEW, reference: "s" }], atomic: true, skip_queue: true };
    expect(await client.transactions.createBulk(bulk)).toEqual({ batch_id: "bulk_1" });
    expect(JSON.parse(requests[0]!.body)).toMatchObject({
      atomic: true,
      skip_queue: true,
      transactions: [{}, {}],
    });
    for (const transactions of [
      [],
      [{ ...NEW, precise_amount: 0n }],
      Array.from({ length: 10_001 }, () => NEW),
    ]) {
      await expect(client.transactions.createBulk({ transactions })).rejects.toMatchObject({
        code: "invalid",
      });
    }
    expect(requests).toHaveLength(1);
  });
});

test("references are namespaced, different each time and never end like Core's", () => {
  const references = Array.from({ length: 1_000 }, () => createReference("tidemark", "instapp_1"));
  expect(new Set(references).size).toBe(1_000);
  for (const reference of references) {
    expect(reference.startsWith("tidemark:instapp_1:")).toBe(true);
    expect(reference).not.toMatch(/(_q|_refund|[_-]\d+)$|,/);
  }
});

function balance(id: string, currency = "USD") {
  return { balance_id: id, currency };
}

function row(precision: number) {
  const id = `txn_${precision}`;
  return { transaction_id: id, status: "APPLIED", precision, source: "bln_a", destination: "bln_b" };
}

async function check(change: Partial<NewTransaction>, answers: Parameters<typeof routes>[0] = {}) {
  const { client } = await cloudFor(
    routes({
      "GET /data/balances/bln_a": () => balance("bln_a"),
      "GET /data/balances/bln_b": () => ({ data: balance("bln_b") }),
      "GET /data/balances": () => ({ data: [] }),
      "GET /data/transactions": () => ({ data: [row(100)] }),
      ...answers,
    }),
  );
  const problems = await client.transactions.check({ ...NEW, ...change });
  return problems.map(({ code, severity }) => `${severity} ${code}`);
}

describe("check", () => {
  test("a sound transaction has no problem", async () => {
    expect(await check({})).toEqual([]);
  });

  test("a currency unlike either balance's is an error", async () => {
    expect(await check({ currency: "EUR" })).toEqual(["error currency_mismatch", "error currency_mismatch"]);
    expect(await check({}, { "GET /data/balances/bln_b": () => balance("bln_b", "EUR") })).toEqual([
      "error currency_mismatch",
    ]);
  });

  test("a precision unlike the recent rows' is an error", async () => {
    expect(await check({ precision: 1000n })).toEqual([
      "error precision_mismatch",
      "error precision_mismatch",
    ]);
    expect(await check({}, { "GET /data/transactions": () => ({ data: [row(100), row(1)] }) })).toHaveLength(
      2,
    );
  });

  test("rows that Cloud should not have sent are not looked at", async () => {
    const foreign = { ...row(1), source: "bln_x", destination: "bln_y" };
    expect(await check({}, { "GET /data/transactions": () => ({ data: [foreign, row(100)] }) })).toEqual([]);
  });

  test("a mistyped indicator is a warning that it would create a balance", async () => {
    expect(await check({ source: "@Wrold" })).toEqual(["warning creates_balance"]);
    const other = { ...balance("bln_w"), indicator: "@World" };
    expect(await check({ source: "@Wrold" }, { "GET /data/balances": () => ({ data: [other] }) })).toEqual([
      "warning creates_balance",
    ]);
  });

  test("an indicator and an id of the same balance are an error", async () => {
    const same = { ...balance("bln_b"), indicator: "@Cash" };
    expect(await check({ source: "@Cash" }, { "GET /data/balances": () => ({ data: [same] }) })).toEqual([
      "error same_balance",
    ]);
  });
});

describe("refund", () => {
  const original = {
    transaction_id: "txn_1",
    status: "APPLIED",
    precise_amount: 1050,
    precision: 100,
    currency: "USD",
    source: "bln_a",
    destination: "bln_b",
  };

  test("it is looked up first, sent once, and confirmed by a row with its sides swapped", async () => {
    const { client, requests } = await cloudFor(
      routes({
        "GET /data/transactions/txn_1": () => original,
        "GET /data/transactions": () => ({ data: [] }),
        "POST /proxy/refund-transaction/txn_1": () => ({ transaction_id: "txn_2" }),
      }),
    );
    expect(await client.transactions.refund("txn_1", { description: "mistake" })).toEqual({
      reference: "txn_1_refund",
      expected: {
        precise_amount: 1050n,
        precision: 100n,
        currency: "USD",
        source: "bln_b",
        destination: "bln_a",
      },
    });
    expect(requests[1]?.query.get("reference_in")).toBe("txn_1_refund,txn_1_refund_q");
    expect(requests[2]?.body).toBe('{"description":"mistake"}');
  });

  test("an outage does not send it again", async () => {
    const { client, requests } = await cloudFor((request, response) => {
      if (request.method === "POST") answerJson(response, {}, 503);
      else answerJson(response, request.path.endsWith("txn_1") ? original : { data: [] });
    });
    await expect(client.transactions.refund("txn_1")).rejects.toMatchObject({ code: "unavailable" });
    expect(requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  test("a refund that is there already refuses another", async () => {
    const { client, requests } = await cloudFor(
      routes({
        "GET /data/transactions/txn_1": () => original,
        "GET /data/transactions": () => ({
          data: [{ transaction_id: "txn_2", reference: "txn_1_refund_q" }],
        }),
      }),
    );
    await expect(client.transactions.refund("txn_1")).rejects.toMatchObject({ code: "conflict" });
    expect(requests.every(({ method }) => method === "GET")).toBe(true);
  });

  test("rows that Cloud should not have sent are no refund", async () => {
    const { client, requests } = await cloudFor(
      routes({
        "GET /data/transactions/txn_1": () => original,
        "GET /data/transactions": () => ({ data: [{ transaction_id: "txn_9", reference: "txn_8_refund" }] }),
        "POST /proxy/refund-transaction/txn_1": () => ({ transaction_id: "txn_2" }),
      }),
    );
    await client.transactions.refund("txn_1");
    expect(requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  test("only an applied row is refunded", async () => {
    const { client, requests } = await cloudFor(
      routes({ "GET /data/transactions/txn_1": () => ({ ...original, status: "INFLIGHT" }) }),
    );
    await expect(client.transactions.refund("txn_1")).rejects.toMatchObject({ code: "invalid" });
    expect(requests).toHaveLength(1);
  });
});
