import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Transaction } from "#app/platform/blnk/records.ts";
import { amountText } from "#app/ui/money.tsx";

import { drawTimeChart } from "#app/platform/portal/charts/draw-time-chart.server.ts";
import type { TimeChart } from "#app/platform/portal/charts/time-chart.ts";

export type BalanceHistory = {
  chart: TimeChart;
  /** `rows` has every change; with too many of them, or some that Blnk does not account for, `samples` has moments. */
  from: "rows" | "samples";
};

type Point = { at: number; balance: bigint };
type Range = { from: number; until: number };

const SECOND_MS = 1000;
const MAX_ROWS = 200;
const SAMPLES = 30;

/**
 * A balance over time by Blnk's own reckoning: its balance at the start and each applied row since then, as long as they
 * come to the balance that Blnk has for the end. Otherwise the balance at equally spaced moments.
 */
export async function readBalanceHistory(
  client: Pick<CloudClient, "balances" | "transactions">,
  balanceId: string,
  range: Range,
): Promise<{ points: Point[]; range: Range; from: BalanceHistory["from"] }> {
  // Blnk reckons in whole seconds.
  const from = Math.floor(range.from / SECOND_MS) * SECOND_MS;
  const until = Math.floor(range.until / SECOND_MS) * SECOND_MS;
  const balanceAt = async (at: number): Promise<Point> => {
    const { balance } = await client.balances.at(balanceId, at);
    if (balance === undefined) throw new CloudError("malformed", { reason: "no balance" });
    return { at, balance };
  };
  const [opening, closing, rows] = await Promise.all([
    balanceAt(from),
    balanceAt(until),
    readAppliedRows(client, balanceId, from, until),
  ]);
  const steps = rows && stepsFrom(opening, rows, balanceId);
  const accounted = steps?.at(-1)?.balance === closing.balance;
  const points =
    steps && accounted ? [...steps, closing] : await Promise.all(moments(from, until).map(balanceAt));
  return { points, range: { from, until }, from: accounted ? "rows" : "samples" };
}

/** Draws what was read, at the balance's own precision. */
export function drawBalanceHistory(
  { points, range, from }: Awaited<ReturnType<typeof readBalanceHistory>>,
  { currency, precision }: { currency: string | undefined; precision: bigint },
): BalanceHistory {
  return {
    from,
    chart: drawTimeChart({
      ...range,
      shape: "step",
      points: points.map(({ at, balance }) => ({
        at,
        value: Number(balance) / Number(precision),
        text: amountText({ minor: balance, precision, currency }),
      })),
    }),
  };
}

async function readAppliedRows(
  { transactions }: Pick<CloudClient, "transactions">,
  balanceId: string,
  from: number,
  until: number,
): Promise<Transaction[] | undefined> {
  const filters = [
    { field: "balance_id", operator: "eq", value: balanceId },
    { field: "status", operator: "eq", value: "APPLIED" },
    { field: "created_at", operator: "gte", value: from },
  ] as const;
  const rows: Transaction[] = [];
  for await (const page of transactions.scan({ filters, createdUntil: until })) {
    rows.push(...page);
    if (rows.length > MAX_ROWS) return undefined;
  }
  return rows;
}

function stepsFrom(opening: Point, rows: readonly Transaction[], balanceId: string): Point[] {
  const steps = [opening];
  const timed = rows
    .map((row) => ({ ...row, at: row.effective_date ?? row.created_at ?? 0 }))
    .filter(({ at }) => at > opening.at)
    .sort((a, b) => a.at - b.at);
  for (const { at, precise_amount = 0n, source, destination } of timed) {
    const last = steps.at(-1)!;
    const balance =
      last.balance +
      (destination === balanceId ? precise_amount : 0n) -
      (source === balanceId ? precise_amount : 0n);
    if (last.at === at) last.balance = balance;
    else steps.push({ at, balance });
  }
  return steps;
}

function moments(from: number, until: number): number[] {
  return Array.from({ length: SAMPLES + 1 }, (_, index) => {
    const at = from + ((until - from) * index) / SAMPLES;
    return Math.floor(at / SECOND_MS) * SECOND_MS;
  });
}
