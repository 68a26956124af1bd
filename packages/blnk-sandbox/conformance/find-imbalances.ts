import assert from "node:assert/strict";
import { integerOf, listOf } from "./body.ts";
import type { Target } from "./target.ts";

type Sum = { posted: bigint; inflight: bigint };

/** Adds up every balance of the instance per currency, and says which do not come to zero. */
export async function findImbalances(target: Target): Promise<string[]> {
  const sums = new Map<string, Sum>();
  const seen = new Set<unknown>();
  const until = new Date().toISOString();
  for (let page = 1; ; page += 1) {
    const { status, body } = await target.get(
      `/data/balances?created_at_lte=${until}&pageSize=100&page=${page}`,
    );
    assert.equal(status, 200);
    const rows = listOf(body.data);
    if (rows.length === 0) break;
    for (const row of rows) {
      if (seen.has(row.balance_id)) continue;
      seen.add(row.balance_id);
      const sum = sums.get(String(row.currency)) ?? { posted: 0n, inflight: 0n };
      sum.posted += integerOf(row.balance);
      sum.inflight += integerOf(row.inflight_balance);
      sums.set(String(row.currency), sum);
    }
  }
  return [...sums]
    .filter(([, sum]) => sum.posted !== 0n || sum.inflight !== 0n)
    .map(([currency, sum]) => `${currency} adds up to ${sum.posted}, inflight to ${sum.inflight}`);
}
