import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CORE_VERSIONS, type CoreVersion } from "../ledger/core-version.ts";
import { CoreError } from "../ledger/core-error.ts";
import { findImbalances } from "../ledger/find-imbalances.ts";
import { GENERAL_LEDGER, Ledger, createBalance } from "../ledger/ledger.ts";
import { balanceAt } from "../ledger/balance-at.ts";
import { BulkError, recordBulk } from "../ledger/record-bulk.ts";
import { recordTransaction } from "../ledger/record-transaction.ts";
import { refund } from "../ledger/refund.ts";
import { newRequest } from "../ledger/transaction-request.ts";
import { updateInflight } from "../ledger/update-inflight.ts";
import { seededRandom } from "../seed/random.ts";

// 0.14 settles one side of a hold where the other is not held any more.
const BALANCED = CORE_VERSIONS.filter((version) => version !== "0.14");

const NAMES = ["@one", "@two", "@three", "@four"];

const name = fc.constantFrom(...NAMES);
const amount = fc.oneof(fc.bigInt(0n, 5_000n), fc.bigInt(1n, 10n ** 25n));
const posting = fc.record({
  kind: fc.constant("post" as const),
  source: name,
  destination: name,
  amount,
  currency: fc.constantFrom("USD", "NGN"),
  reference: fc.integer({ min: 1, max: 40 }).map(String),
  inflight: fc.boolean(),
  skip_queue: fc.boolean(),
  allow_overdraft: fc.boolean(),
  overdraft_limit: fc.constantFrom(0, 0, 50),
  split: fc.constantFrom("none", "none", "sources", "destinations"),
  atomic: fc.boolean(),
});
const settling = fc.record({
  kind: fc.constant("settle" as const),
  row: fc.nat(),
  action: fc.constantFrom("commit", "void"),
  amount: fc.option(fc.bigInt(1n, 3_000n)),
  skip_queue: fc.boolean(),
});
const refunding = fc.record({
  kind: fc.constant("refund" as const),
  row: fc.nat(),
  skip_queue: fc.boolean(),
});
const bulk = fc.record({
  kind: fc.constant("bulk" as const),
  items: fc.array(posting, { minLength: 1, maxLength: 4 }),
  inflight: fc.boolean(),
  atomic: fc.boolean(),
  skip_queue: fc.boolean(),
  run_async: fc.boolean(),
});
const draining = fc.record({ kind: fc.constant("drain" as const), lose: fc.nat({ max: 2 }) });
const step = fc.oneof(
  { weight: 5, arbitrary: posting },
  { weight: 3, arbitrary: settling },
  { weight: 2, arbitrary: refunding },
  { weight: 1, arbitrary: bulk },
  { weight: 2, arbitrary: draining },
);

type Posting = typeof posting extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function openLedger(core_version: CoreVersion = "0.15.3"): Ledger {
  const ledger = new Ledger(
    { core_version, queue: { d1_ms: 0, d2_ms: [0, 0], shuffle: true } },
    seededRandom(1),
  );
  ledger.queue.pause();
  return ledger;
}

function requestOf(given: Posting) {
  const items = NAMES.slice(0, 3).map((identifier, index) => ({
    identifier,
    distribution: ["33.3%", "left", "0.01"][index]!,
    precise_distribution: undefined,
  }));
  return newRequest({
    ...given,
    precise_amount: given.amount,
    amount: undefined,
    precision: 100n,
    description: "Step",
    source: given.split === "sources" ? "" : given.source,
    destination: given.split === "destinations" ? "" : given.destination,
    sources: given.split === "sources" ? items : [],
    destinations: given.split === "destinations" ? items : [],
  });
}

function take(ledger: Ledger, step: Step): void {
  const rows = ledger.transactions.all();
  switch (step.kind) {
    case "post":
      recordTransaction(ledger, requestOf(step));
      return;
    case "settle": {
      const id = rows[step.row % Math.max(1, rows.length)]?.transaction_id ?? "txn_none";
      const { amount, action, skip_queue } = step;
      updateInflight(ledger, id, {
        action,
        skip_queue,
        amountAt: amount === null ? undefined : () => amount,
      });
      return;
    }
    case "refund": {
      const id = rows[step.row % Math.max(1, rows.length)]?.transaction_id ?? "txn_none";
      refund(ledger, id, { skip_queue: step.skip_queue });
      return;
    }
    case "bulk":
      recordBulk(ledger, { ...step, transactions: step.items.map(requestOf) });
      return;
    case "drain":
      ledger.queue.loseOutcomes(step.lose);
      ledger.queue.drain();
      return;
    default:
      return step satisfies never;
  }
}

function takeAll(ledger: Ledger, steps: Step[]): void {
  for (const step of steps) {
    try {
      take(ledger, step);
    } catch (error) {
      if (!(error instanceof CoreError) && !(error instanceof BulkError)) throw error;
    }
    expect(findImbalances(ledger)).toEqual([]);
  }
}

describe("the double-entry ledger", () => {
  test("adds up to zero per currency after any step", () => {
    fc.assert(
      fc.property(fc.constantFrom(...BALANCED), fc.array(step, { maxLength: 60 }), (version, steps) => {
        const ledger = openLedger(version);
        takeAll(ledger, steps);
        ledger.queue.drain();
        expect(findImbalances(ledger)).toEqual([]);
        ledger.queue.close();
      }),
      { seed: 20_261_124, numRuns: 300 },
    );
  });

  test("holds in its balances exactly what its applied rows say", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CORE_VERSIONS), fc.array(step, { maxLength: 60 }), (version, steps) => {
        const ledger = openLedger(version);
        takeAll(ledger, steps);
        for (const balance of ledger.balances.all()) {
          const { credit, debit } = balanceAt(ledger, balance, Infinity);
          expect([credit, debit]).toEqual([balance.credit, balance.debit]);
        }
        ledger.queue.close();
      }),
      { seed: 20_261_125, numRuns: 100 },
    );
  });

  test("keeps every reference unique", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CORE_VERSIONS), fc.array(step, { maxLength: 60 }), (version, steps) => {
        const ledger = openLedger(version);
        takeAll(ledger, steps);
        ledger.queue.drain();
        const references = ledger.transactions.all().map((row) => row.reference);
        expect(new Set(references).size).toBe(references.length);
        ledger.queue.close();
      }),
      { seed: 20_261_126, numRuns: 100 },
    );
  });

  test("a posting to one side only is found", () => {
    const ledger = openLedger();
    const balance = openBalance(ledger);
    balance.credit += 1n;
    expect(findImbalances(ledger)).toEqual(["USD balances add up to 1"]);
  });

  test("a hold below zero is found", () => {
    const ledger = openLedger();
    const balance = openBalance(ledger);
    balance.inflight_credit -= 1n;
    balance.inflight_debit -= 1n;
    expect(findImbalances(ledger)).toEqual([`${balance.balance_id} has a negative inflight amount`]);
  });
});

function openBalance(ledger: Ledger) {
  return createBalance(ledger, {
    ledger_id: GENERAL_LEDGER,
    currency: "USD",
    identity_id: "",
    indicator: undefined,
    meta_data: null,
    track_fund_lineage: false,
    allocation_strategy: undefined,
  });
}
