import type { Balance } from "#app/platform/blnk/records.ts";
import { currencyPrecision } from "#app/money/currency-precision.ts";
import { formatAmount } from "#app/money/format-amount.ts";

import type { LedgerImbalance } from "../definition/monitor.ts";
import type { BalanceFold } from "./evaluate.ts";
import type { EvaluationContext, SubjectResult } from "./facts.ts";
import { allUnknown, resultOf, withUnseen } from "./results.ts";
import { selectsBalance } from "./select/select-balances.ts";

const FIELDS = ["balance", "inflight_balance"] as const;

type Sums = Record<(typeof FIELDS)[number], bigint | undefined> & { newest: Balance };

/**
 * Every posting takes from one balance what it gives to another, so a currency's balances add up to zero, and its
 * inflight balances too. The pages of one scan are not of one moment: `advance` waits for the same sum three times.
 */
export function foldImbalance({ select }: LedgerImbalance, { tracked }: EvaluationContext): BalanceFold {
  const byCurrency = new Map<string, Sums>();
  return {
    add(page) {
      for (const balance of page) {
        if (!selectsBalance(select, balance) || balance.currency === undefined) continue;
        const sums = byCurrency.get(balance.currency) ?? {
          balance: 0n,
          inflight_balance: 0n,
          newest: balance,
        };
        for (const field of FIELDS) sums[field] = plus(sums[field], balance[field]);
        if ((balance.created_at ?? 0) > (sums.newest.created_at ?? 0)) sums.newest = balance;
        byCurrency.set(balance.currency, sums);
      }
    },
    finish({ problem, latestChanged }) {
      if (problem !== undefined) return allUnknown(tracked, problem);
      if (byCurrency.size === 0) return withUnseen([], tracked, "The selection matches no balance.");
      const results = [...byCurrency].flatMap(([currency, sums]) => {
        const entity = latestChanged?.get(currency) ?? sums.newest.balance_id;
        return FIELDS.map((field) => judge(currency, field, sums[field], entity));
      });
      return withUnseen(results, tracked, undefined);
    },
  };
}

const INFLIGHT = " inflight";

/** The currency that a result is about. */
export function currencyOf({ subject }: Pick<SubjectResult, "subject">): string {
  return subject.endsWith(INFLIGHT) ? subject.slice(0, -INFLIGHT.length) : subject;
}

function judge(
  currency: string,
  field: (typeof FIELDS)[number],
  sum: bigint | undefined,
  entity: string,
): SubjectResult {
  const subject = field === "balance" ? currency : currency + INFLIGHT;
  if (sum === undefined)
    return resultOf(subject, "unknown", { reason: `A ${field} in ${currency} could not be read.` });
  const value = formatAmount(sum, currencyPrecision(currency), { grouping: false });
  return resultOf(subject, sum === 0n ? "not_met" : "met", { entity, value });
}

function plus(sum: bigint | undefined, amount: bigint | undefined): bigint | undefined {
  return sum === undefined || amount === undefined ? undefined : sum + amount;
}
