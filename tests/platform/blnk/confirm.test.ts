import type { ExpectedTransaction } from "#app/platform/blnk/confirm.server.ts";
import { answerJson, cloudFor, routes } from "#tests/support/cloud-server.ts";
import { describe, expect, test } from "vitest";

const EXPECTED: ExpectedTransaction = {
  precise_amount: 1050n,
  precision: 100n,
  currency: "USD",
  source: "bln_a",
  destination: "bln_b",
};

function row(reference: string, status: string, change: object = {}) {
  return {
    transaction_id: `txn_${reference}`,
    reference,
    status,
    precise_amount: 1050,
    precision: 100,
    currency: "USD",
    source: "bln_a",
    destination: "bln_b",
    ...change,
  };
}

/** Confirms R where each look finds the next of `looks`, the last one for ever. */
async function confirm(looks: object[][], expected = EXPECTED, answers: Parameters<typeof routes>[0] = {}) {
  let look = 0;
  const { client, requests } = await cloudFor(
    routes({
      "GET /data/transactions": () => {
        const data = looks[Math.min(look, looks.length - 1)];
        look += 1;
        return { data };
      },
      ...answers,
    }),
  );
  const outcome = await client.transactions.confirm("R", { expected, waitMs: 300, pollMs: 5 });
  return { outcome, requests };
}

const world = (id: string) => () => ({ data: [{ balance_id: id, indicator: "@World", currency: "USD" }] });

describe("a reference", () => {
  test("is followed until its queued transaction has an outcome", async () => {
    const queued = row("R", "QUEUED");
    const { outcome, requests } = await confirm([[], [queued], [queued, row("R_q", "APPLIED")]]);
    expect(outcome).toMatchObject({ state: "applied", transaction: { transaction_id: "txn_R_q" } });
    expect(requests).toHaveLength(3);
    expect(requests[0]?.query.get("reference_in")).toBe("R,R_q");
  });

  test.each([
    ["APPLIED", "applied"],
    ["INFLIGHT", "inflight"],
  ])("of a transaction without a queue is %s at once", async (status, state) => {
    const { outcome, requests } = await confirm([[row("R", status)]]);
    expect(outcome.state).toBe(state);
    expect(requests).toHaveLength(1);
  });

  test("of a rejected transaction says so, with Core's reason", async () => {
    const rejected = row("R_q", "REJECTED", { meta_data: { blnk_rejection_reason: "insufficient funds" } });
    const { outcome } = await confirm([[row("R", "QUEUED"), rejected]]);
    expect(outcome).toMatchObject({
      state: "rejected",
      transaction: { rejection_reason: "insufficient funds" },
    });
  });

  test("that stays queued is pending, never applied", async () => {
    expect((await confirm([[row("R", "QUEUED")]])).outcome.state).toBe("pending");
  });

  test("that is scheduled for later is not waited for", async () => {
    const { outcome, requests } = await confirm([[row("R", "SCHEDULED")]]);
    expect(outcome.state).toBe("pending");
    expect(requests).toHaveLength(1);
  });

  test("that nothing has is not recorded", async () => {
    expect((await confirm([[]])).outcome).toEqual({ state: "not_recorded" });
  });

  test("that Cloud answers with other rows for is not recorded", async () => {
    expect((await confirm([[row("S", "APPLIED"), row("S_q", "APPLIED")]])).outcome).toEqual({
      state: "not_recorded",
    });
  });

  test.each([
    ["amount", { precise_amount: 1051 }],
    ["precision", { precision: 1000 }],
    ["currency", { currency: "EUR" }],
    ["source", { source: "bln_c" }],
    ["destination", { destination: "bln_c" }],
  ])("that a transaction with another %s has is different, not success", async (_name, change) => {
    expect((await confirm([[row("R", "APPLIED", change)]])).outcome.state).toBe("different");
  });

  test("that a row only half tells of is not taken for somebody else's", async () => {
    const half = row("R", "APPLIED", { precise_amount: null, amount: null, precision: null });
    expect((await confirm([[half]])).outcome.state).toBe("applied");
  });

  test("of a transaction with an indicator agrees with the balance behind it", async () => {
    const expected = { ...EXPECTED, source: "@World" };
    const applied = [[row("R", "APPLIED")]];
    expect((await confirm(applied, expected, { "GET /data/balances": world("bln_a") })).outcome.state).toBe(
      "applied",
    );
    expect((await confirm(applied, expected, { "GET /data/balances": world("bln_z") })).outcome.state).toBe(
      "different",
    );
  });

  test("is looked up again when a look fails, and an outage to the end is an error, not an absence", async () => {
    let looks = 0;
    const passing = await cloudFor((_request, response) => {
      looks += 1;
      answerJson(response, looks <= 4 ? {} : { data: [row("R", "APPLIED")] }, looks <= 4 ? 500 : 200);
    });
    const options = { expected: EXPECTED, waitMs: 5_000, pollMs: 5 };
    expect((await passing.client.transactions.confirm("R", options)).state).toBe("applied");

    const down = await cloudFor((_request, response) => answerJson(response, {}, 500));
    await expect(
      down.client.transactions.confirm("R", { expected: EXPECTED, waitMs: 50, pollMs: 5 }),
    ).rejects.toMatchObject({ code: "unavailable" });
  });
});
