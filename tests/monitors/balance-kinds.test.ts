import { describe, expect, test } from "vitest";

import type { Balance } from "#app/platform/blnk/records.ts";
import type { BalanceMonitor } from "#app/monitors/definition/monitor.ts";
import { foldBalances } from "#app/monitors/kinds/evaluate.ts";
import type { BalanceReads, EvaluationContext } from "#app/monitors/kinds/facts.ts";

import { balanceOf, contextOf, MINUTE, monitorOf, NOW, summaryOf, UNTOUCHED } from "./monitor-facts.ts";

function evaluate(
  monitor: BalanceMonitor,
  pages: Balance[][],
  { reads = {}, ...context }: Partial<EvaluationContext> & { reads?: BalanceReads } = {},
) {
  const fold = foldBalances(monitor, contextOf(context));
  for (const page of pages) fold.add(page);
  return fold.finish(reads);
}

const below = (value: string, more: object = {}, select: object = { ledger_id: "ldg_1" }) =>
  monitorOf("balance_threshold", select, { field: "balance", operator: "<", value, precision: 100, ...more });

describe("balance_threshold", () => {
  test.each([
    ["<", "met not_met not_met"],
    ["<=", "met met not_met"],
    [">", "not_met not_met met"],
    [">=", "not_met met met"],
    ["=", "not_met met not_met"],
    ["!=", "met not_met met"],
  ])("%s is exact, beyond 2^53 too", (operator, expected) => {
    const exact = 9_007_199_254_740_993n;
    const monitor = below("90071992547409.93", { operator });
    const balances = [exact - 1n, exact, exact + 1n].map((balance, index) =>
      balanceOf(`bln_${index}`, { balance }),
    );
    expect(
      evaluate(monitor, [balances])
        .map(({ outcome }) => outcome)
        .join(" "),
    ).toBe(expected);
  });

  test("zero is a threshold like any other, and equality fires", () => {
    const monitor = below("0", { operator: "=" });
    expect(
      summaryOf(evaluate(monitor, [[balanceOf("bln_a"), balanceOf("bln_b", { balance: -1n })]])),
    ).toEqual(["bln_a met 0.00", "bln_b not_met -0.01"]);
  });

  test("available is the balance less what is held of it", () => {
    const monitor = below("0.10", { field: "available" });
    const balances = [
      balanceOf("bln_a", { balance: 100n, inflight_debit_balance: 91n, inflight_credit_balance: 500n }),
      balanceOf("bln_b", { balance: 100n, inflight_debit_balance: 90n }),
    ];
    expect(summaryOf(evaluate(monitor, [balances]))).toEqual(["bln_a met 0.09", "bln_b not_met 0.10"]);
  });

  test("with rearm a value in between is neither", () => {
    const monitor = below("10.00", { rearm: "12.00" });
    const balances = [999n, 1000n, 1199n, 1200n].map((balance) => balanceOf(`bln_${balance}`, { balance }));
    expect(evaluate(monitor, [balances]).map(({ outcome }) => outcome)).toEqual([
      "met",
      "between",
      "between",
      "not_met",
    ]);
    const above = below("10.00", { operator: ">=", rearm: "8.00" });
    expect(evaluate(above, [[balanceOf("bln_a", { balance: 801n })]])).toMatchObject([
      { outcome: "between" },
    ]);
  });

  test("a balance that never moved is not judged in a selection, but where it was picked", () => {
    const idle = balanceOf("bln_a", UNTOUCHED);
    expect(
      evaluate(below("5"), [[idle, balanceOf("bln_b", { balance: 900n })]]).map(({ subject }) => subject),
    ).toEqual(["bln_b"]);
    expect(summaryOf(evaluate(below("5", {}, { balance_id: "bln_a" }), [[idle]]))).toEqual([
      "bln_a met 0.00",
    ]);
  });

  test.each(["credit_balance", "debit_balance", "inflight_credit_balance", "inflight_debit_balance"])(
    "a balance whose %s is not zero, or did not come, is judged",
    (field) => {
      for (const amount of [1n, undefined]) {
        const balance = balanceOf("bln_a", { ...UNTOUCHED, [field]: amount });
        expect(summaryOf(evaluate(below("5"), [[balance]]))).toEqual(["bln_a met 0.00"]);
      }
    },
  );

  test("a balance in another currency that was only opened does not blind a selection", () => {
    const page = [
      balanceOf("bln_a", { balance: 100n }),
      balanceOf("bln_b", { ...UNTOUCHED, currency: "EUR" }),
    ];
    expect(summaryOf(evaluate(below("5"), [page]))).toEqual(["bln_a met 1.00"]);
    expect(summaryOf(evaluate(below("5", { per: "total" }), [page]))).toEqual(["selection met 1.00"]);
  });

  test("one that left the selection is gone, one that could not be read unknown", () => {
    const tracked = new Set(["bln_a", "bln_b"]);
    const page = [balanceOf("bln_a", { balance: 1n }), balanceOf("bln_b", { ledger_id: "ldg_2" })];
    expect(summaryOf(evaluate(below("5"), [page], { tracked }))).toEqual(["bln_a met 0.01", "bln_b gone"]);
    const reads = { problem: "Blnk did not answer." };
    expect(summaryOf(evaluate(below("5"), [page.slice(0, 1)], { tracked, reads }))).toEqual([
      "bln_a met 0.01",
      "bln_b unknown",
      "selection unknown",
    ]);
  });

  test("an amount that Cloud did not send is not zero", () => {
    const results = evaluate(below("5"), [[balanceOf("bln_a", { balance: undefined })]]);
    expect(results).toMatchObject([{ outcome: "unknown", reason: "Its balance could not be read." }]);
  });

  test("several currencies, or nothing at all, are unknown and say why", () => {
    const several = evaluate(below("5"), [[balanceOf("bln_a")], [balanceOf("bln_b", { currency: "EUR" })]], {
      tracked: new Set(["bln_a"]),
    });
    expect(summaryOf(several)).toEqual(["bln_a unknown", "selection unknown"]);
    expect(several[0]?.reason).toBe("The selection has balances in several currencies (EUR, USD).");
    // Where only those below the line were asked for, the others' currencies are told.
    expect(
      summaryOf(evaluate(below("5"), [[balanceOf("bln_a")]], { reads: { currencies: ["USD", "EUR"] } })),
    ).toEqual(["selection unknown"]);
    expect(summaryOf(evaluate(below("5"), [], { reads: { currencies: ["USD"] } }))).toEqual([]);
    expect(evaluate(below("5"), [], { tracked: new Set(["bln_a"]) })).toMatchObject([
      { subject: "selection", outcome: "unknown", reason: "The selection matches no balance." },
      { subject: "bln_a", outcome: "gone" },
    ]);
  });

  test("a selection that can be read again is no subject any more", () => {
    const results = evaluate(below("5"), [[balanceOf("bln_a", { balance: 900n })]], {
      tracked: new Set(["selection"]),
    });
    expect(summaryOf(results)).toEqual(["bln_a not_met 9.00", "selection gone"]);
  });

  test("of a large selection only what matters is kept", () => {
    const pages = Array.from({ length: 20 }, (_, page) =>
      Array.from({ length: 100 }, (_, row) =>
        balanceOf(`bln_${page}_${row}`, { balance: page === 19 ? 1n : 900n }),
      ),
    );
    const results = evaluate(below("5"), pages, { tracked: new Set(["bln_18_7"]) });
    expect(results.filter(({ outcome }) => outcome === "met")).toHaveLength(100);
    expect(results.filter(({ outcome }) => outcome === "not_met")).toHaveLength(102);
    expect(results.some(({ subject }) => subject === "bln_18_7")).toBe(true);
  });

  test("a total adds up exactly and flags the largest", () => {
    const monitor = below("300719925474099.30", { per: "total", operator: "=" });
    const pages = [
      [balanceOf("bln_a", { balance: 30_071_992_547_409_931n })],
      [
        balanceOf("bln_b", { balance: -1n }),
        balanceOf("bln_c", { ledger_id: "ldg_2", balance: 7n, currency: "EUR" }),
      ],
    ];
    expect(evaluate(monitor, pages)).toMatchObject([
      { subject: "selection", outcome: "met", entity: "bln_a", value: "300719925474099.30" },
    ]);
  });

  test("one unreadable balance makes a total unknown", () => {
    const results = evaluate(below("5", { per: "total" }), [
      [balanceOf("bln_a"), balanceOf("bln_b", { balance: undefined })],
    ]);
    expect(results).toMatchObject([
      { outcome: "unknown", reason: "The balance of bln_b could not be read." },
    ]);
  });

  describe("compared with another selection", () => {
    const safeguarding = (more: object = {}) =>
      monitorOf(
        "balance_threshold",
        { ledger_id: "ldg_1" },
        {
          field: "balance",
          operator: ">",
          per: "total",
          precision: 100,
          compare: { select: { indicator: "@cash" }, field: "balance", plus: "1.00" },
          ...more,
        },
      );
    const cash = balanceOf("bln_cash", { ledger_id: "general_ledger_id", indicator: "@cash", balance: 900n });

    test("customers' money beyond the cash at bank and its margin fires", () => {
      const wallets = [balanceOf("bln_a", { balance: 600n }), balanceOf("bln_b", { balance: 400n })];
      expect(evaluate(safeguarding(), [[cash], wallets])).toMatchObject([
        { outcome: "not_met", value: "10.00", compared_to: "10.00" },
      ]);
      expect(evaluate(safeguarding(), [wallets, [cash, balanceOf("bln_c", { balance: 1n })]])).toMatchObject([
        { outcome: "met", value: "10.01", compared_to: "10.00", entity: "bln_a" },
      ]);
    });

    test("each balance can be compared too", () => {
      const wallets = [balanceOf("bln_a", { balance: 1001n }), balanceOf("bln_b", { balance: 1000n })];
      expect(summaryOf(evaluate(safeguarding({ per: "balance" }), [[...wallets, cash]]))).toEqual([
        "bln_a met 10.01",
        "bln_b not_met 10.00",
      ]);
    });

    test("other currencies, and a comparison with nothing, are unknown", () => {
      const wallets = [balanceOf("bln_a")];
      expect(evaluate(safeguarding(), [wallets, [{ ...cash, currency: "EUR" }]])).toMatchObject([
        { outcome: "unknown", reason: "USD cannot be compared with EUR." },
      ]);
      expect(evaluate(safeguarding(), [wallets])).toMatchObject([
        { outcome: "unknown", reason: "The selection compared with matches no balance." },
      ]);
    });
  });

  test("metadata is matched by path, as text", () => {
    const select = { meta_data: { "app.tier": "2", "app.live": true } };
    const meta = (app: object) => ({ meta_data: { app } }) as Partial<Balance>;
    const balances = [
      balanceOf("bln_a", meta({ tier: 2, live: true })),
      balanceOf("bln_b", meta({ tier: 3, live: true })),
      balanceOf("bln_c", meta({ tier: "2", live: "true" })),
      balanceOf("bln_d", { meta_data: { "app.tier": "2", "app.live": "true" } }),
    ];
    expect(evaluate(below("5", {}, select), [balances]).map(({ subject }) => subject)).toEqual([
      "bln_a",
      "bln_c",
    ]);
  });
});

describe("new_balance", () => {
  test("is each that was created since, once, and not one from before", () => {
    const monitor = monitorOf("new_balance", { ledger_id: "general_ledger_id" }, {});
    const since = NOW - 10 * MINUTE;
    const born = (id: string, created_at: number, ledger_id = "general_ledger_id") =>
      balanceOf(id, { created_at, ledger_id, ...UNTOUCHED });
    const page = [
      born("bln_a", since - 1),
      born("bln_b", since),
      born("bln_c", NOW),
      born("bln_d", NOW, "ldg_1"),
      born("bln_e", NOW),
    ];
    const results = evaluate(monitor, [page, page], { watching_since: since, tracked: new Set(["bln_e"]) });
    expect(summaryOf(results)).toEqual(["bln_b happened", "bln_c happened"]);
  });

  test("that could not be looked for is unknown, not none", () => {
    const monitor = monitorOf("new_balance", {}, {});
    expect(summaryOf(evaluate(monitor, [], { reads: { problem: "Blnk did not answer." } }))).toEqual([
      "selection unknown",
    ]);
    expect(summaryOf(evaluate(monitor, [], { tracked: new Set(["selection", "bln_a"]) }))).toEqual([
      "selection gone",
    ]);
  });
});

describe("ledger_imbalance", () => {
  const monitor = monitorOf("ledger_imbalance", {}, {});

  test("balances and inflight balances of each currency add up to zero", () => {
    const pages = [
      [balanceOf("bln_a", { balance: 500n }), balanceOf("bln_b", { balance: -499n, inflight_balance: 2n })],
      [
        balanceOf("bln_c", { currency: "JPY", balance: 5n, created_at: NOW }),
        balanceOf("bln_d", { currency: "JPY", balance: -5n }),
      ],
    ];
    const results = evaluate(monitor, pages, { reads: { latestChanged: new Map([["USD", "bln_b"]]) } });
    expect(summaryOf(results)).toEqual([
      "JPY inflight not_met 0",
      "JPY not_met 0",
      "USD inflight met 0.02",
      "USD met 0.01",
    ]);
    expect(results.map(({ entity }) => entity)).toEqual(["bln_b", "bln_b", "bln_c", "bln_c"]);
  });

  test("an incomplete scan proves nothing", () => {
    const reads = { problem: "Blnk did not answer." };
    expect(
      summaryOf(
        evaluate(monitor, [[balanceOf("bln_a", { balance: 5n })]], { reads, tracked: new Set(["USD"]) }),
      ),
    ).toEqual(["USD unknown", "selection unknown"]);
  });
});
