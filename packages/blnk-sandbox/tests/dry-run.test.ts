import { describe, expect, test } from "vitest";
import type { Body } from "../conformance/body.ts";
import { payment } from "./sandbox-client.ts";
import { type Pair, balanceOf, heldOf, openPair } from "./open-pair.ts";

const CALLS: [
  name: string,
  prepare: (pair: Pair) => Promise<[method: "POST" | "PUT", path: string, body: Body]>,
][] = [
  ["a payment", async (pair) => ["POST", "/transactions", between(pair)]],
  [
    "a bulk",
    async (pair) => ["POST", "/transactions/bulk", { transactions: [between(pair)], skip_queue: true }],
  ],
  ["a refund", async (pair) => ["POST", `/refund-transaction/${await pair.pay()}`, {}]],
  ["a commit", async (pair) => ["PUT", `/transactions/inflight/${await pair.hold()}`, { status: "commit" }]],
  ["a void", async (pair) => ["PUT", `/transactions/inflight/${await pair.hold()}`, { status: "void" }]],
  [
    "a commit of many",
    async (pair) => [
      "POST",
      "/transactions/inflight/bulk/commit",
      { transactions: [{ transaction_id: await pair.hold() }] },
    ],
  ],
  [
    "a void of many",
    async (pair) => ["POST", "/transactions/inflight/bulk/void", { transaction_ids: [await pair.hold()] }],
  ],
];

const between = ({ a, b }: Pair, given: Body = {}) =>
  payment({ source: a.balance_id, destination: b.balance_id, allow_overdraft: false, ...given });

async function send(pair: Pair, method: "POST" | "PUT", path: string, body: Body) {
  const sent = { skip_queue: true, dry_run: true, ...body };
  return method === "POST" ? pair.target.post(`/proxy${path}`, sent) : pair.target.put(`/proxy${path}`, sent);
}

const moneyOf = (pair: Pair) => [
  pair.ledger.transactions.all().length,
  balanceOf(pair.a),
  balanceOf(pair.b),
  ...heldOf(pair),
];

describe.each(CALLS)("a dry run of %s", (_name, prepare) => {
  test.each(["0.15.3", "0.15.4"] as const)("moves nothing with Core %s", async (core_version) => {
    await using pair = await openPair({ core_version });
    const [method, path, body] = await prepare(pair);
    const before = moneyOf(pair);
    const reply = await send(pair, method, path, body);
    expect(reply).toMatchObject({ status: 200, body: { dry_run: true, would_apply: true } });
    pair.ledger.queue.drain();
    expect(moneyOf(pair)).toEqual(before);
  });

  test.each(["0.14", "0.15.2"] as const)("is none with Core %s: the money moves", async (core_version) => {
    await using pair = await openPair({ core_version });
    const [method, path, body] = await prepare(pair);
    const before = moneyOf(pair);
    const reply = await send(pair, method, path, body);
    expect([200, 201]).toContain(reply.status);
    expect(reply.body).not.toHaveProperty("dry_run");
    expect(moneyOf(pair)).not.toEqual(before);
  });
});

test("a dry run says what both balances would be, as text", async () => {
  await using pair = await openPair();
  const { body } = await send(pair, "POST", "/transactions", between(pair, { precise_amount: 2_500 }));
  expect(body).toMatchObject({ status: "APPLIED", precise_amount: "2500", amount: 25, currency: "USD" });
  expect(body.balances).toMatchObject([
    { role: "source", current_balance: "10000", resulting_balance: "7500", resulting_available: "7500" },
    { role: "destination", current_balance: "0", resulting_balance: "2500" },
  ]);
});

test("a dry run of what would be refused is a 200 that says so, without a status", async () => {
  await using pair = await openPair();
  const { status, body } = await send(
    pair,
    "POST",
    "/transactions",
    between(pair, { precise_amount: 99_999 }),
  );
  expect([status, body.would_apply, body.status]).toEqual([200, false, undefined]);
  expect(body.rejection).toMatchObject({ code: "TXN_INSUFFICIENT_FUNDS", reason: "insufficient_funds" });
  const paid = await pair.pay();
  await pair.refund(paid);
  const again = await send(pair, "POST", `/refund-transaction/${paid}`, {});
  expect(again.body).toMatchObject({ would_apply: false, rejection: { code: "GEN_CONFLICT" } });
  const settled = await send(pair, "PUT", `/transactions/inflight/${paid}`, { status: "commit" });
  expect(settled.body).toMatchObject({ would_apply: false, rejection: { code: "TXN_NOT_INFLIGHT" } });
});

test("a dry run keeps the error of an unknown balance, transaction or refund", async () => {
  await using pair = await openPair();
  const replies = [
    await send(pair, "POST", "/transactions", between(pair, { destination: "bln_none" })),
    await send(pair, "PUT", "/transactions/inflight/txn_none", { status: "commit" }),
    await send(pair, "POST", "/refund-transaction/txn_none", {}),
  ];
  for (const { status, body } of replies) {
    expect([status, body.error_detail]).toMatchObject([404, { code: "TXN_NOT_FOUND" }]);
  }
});

test("a dry run makes no balance of an unknown indicator", async () => {
  await using pair = await openPair();
  const { body } = await send(pair, "POST", "/transactions", between(pair, { destination: "@nobody" }));
  expect(body.balances).toMatchObject([{ role: "source" }, { balance_id: "@nobody", virtual: true }]);
  expect(pair.ledger.balances.find("indicator", "@nobody")).toEqual([]);
});

test("a bulk's items are projected one after the other with skip_queue, each alone without", async () => {
  await using pair = await openPair();
  const transactions = [between(pair, { precise_amount: 6_000 }), between(pair, { precise_amount: 6_000 })];
  const cumulative = await send(pair, "POST", "/transactions/bulk", { transactions, skip_queue: true });
  const alone = await send(pair, "POST", "/transactions/bulk", { transactions, skip_queue: false });
  const verdicts = ({ results }: Body) => (results as Body[]).map(({ would_apply }) => would_apply);
  expect([verdicts(cumulative.body), verdicts(alone.body)]).toEqual([
    [true, false],
    [true, true],
  ]);
});

test("a probe of 10^38 tells a Core with dry_run from one without, and moves nothing on either", async () => {
  for (const [core_version, status] of [
    ["0.15.2", 400],
    ["0.15.3", 200],
  ] as const) {
    await using pair = await openPair({ core_version });
    const before = moneyOf(pair);
    const probe = between(pair, { precise_amount: 10n ** 38n });
    expect((await send(pair, "POST", "/transactions", probe)).status).toBe(status);
    expect(moneyOf(pair)).toEqual(before);
  }
});

describe("what newer versions refuse", () => {
  test("a negative amount is no longer left to the posting", async () => {
    for (const [core_version, key] of [
      ["0.15.2", "error"],
      ["0.15.3", "errors"],
    ] as const) {
      await using pair = await openPair({ core_version });
      const { status, body } = await send(
        pair,
        "POST",
        "/transactions",
        between(pair, { precise_amount: -5 }),
      );
      expect([status, body.error_detail]).toMatchObject([400, { code: "TXN_VALIDATION_ERROR" }]);
      expect(body).toHaveProperty(key);
    }
  });

  test("sources and destinations at once are an unknown balance to 0.15.3", async () => {
    for (const [core_version, status, code] of [
      ["0.15.3", 404, "TXN_NOT_FOUND"],
      ["0.15.4", 400, "TXN_VALIDATION_ERROR"],
    ] as const) {
      await using pair = await openPair({ core_version });
      const share = (identifier: string) => [{ identifier, distribution: "100%" }];
      const reply = await pair.target.post("/proxy/transactions", {
        ...between(pair, { source: undefined, destination: undefined }),
        sources: share(pair.a.balance_id),
        destinations: share(pair.b.balance_id),
      });
      expect([reply.status, reply.body.error_detail]).toMatchObject([status, { code }]);
    }
  });
});
