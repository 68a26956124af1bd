import type { Movement, WindowMonitor } from "../definition/monitor.ts";
import { addAmounts, type Amount, amountSatisfies } from "./compare.ts";
import type { WindowEntry } from "./facts.ts";

/** What a window has of one subject. */
export type WindowTotal = {
  subject: string;
  /** One for each currency and precision of its rows. */
  sums: WindowSum[];
  /** The newest row that ever counted. */
  newest: { at: number; transaction_id: string } | undefined;
  /** The last row with which the condition came true. */
  crossing: string | undefined;
};

export type WindowSum = {
  currency: string | undefined;
  /** Undefined: amounts that could not be read. */
  precision: bigint | undefined;
  in: bigint;
  out: bigint;
  ins: number;
  outs: number;
};

export function emptyTotal(subject: string): WindowTotal {
  return { subject, sums: [], newest: undefined, crossing: undefined };
}

/** Takes an entry into a window, as the newest or an older one; entries of one moment go by their ids. */
export function enterWindow(monitor: WindowMonitor, total: WindowTotal, entry: WindowEntry): void {
  const { at, transaction_id } = entry;
  const isNewest = total.newest === undefined || at >= total.newest.at;
  const before = monitor.kind === "movement" && isNewest && isMet(monitor, total);
  if (monitor.kind !== "silence") change(total, entry, 1);
  if (!isNewest) return;
  total.newest = { at, transaction_id };
  if (monitor.kind === "movement" && !before && isMet(monitor, total)) total.crossing = transaction_id;
}

export function leaveWindow(total: WindowTotal, entry: WindowEntry): void {
  change(total, entry, -1);
}

function change(total: WindowTotal, { flow, amount, precision, currency }: WindowEntry, sign: 1 | -1): void {
  const isReadable = amount !== undefined && precision !== undefined && precision >= 1n;
  const unit = isReadable ? precision : undefined;
  let sum = total.sums.find((each) => each.currency === currency && each.precision === unit);
  if (!sum) {
    sum = { currency, precision: unit, in: 0n, out: 0n, ins: 0, outs: 0 };
    total.sums.push(sum);
  }
  sum[flow] += BigInt(sign) * (isReadable ? amount : 0n);
  sum[flow === "in" ? "ins" : "outs"] += sign;
  if (sum.ins === 0 && sum.outs === 0) total.sums = total.sums.filter((each) => each !== sum);
}

export function countRows({ sums }: WindowTotal): number {
  return sums.reduce((count, { ins, outs }) => count + ins + outs, 0);
}

/** What moved, or why it cannot be told. */
export function movedIn({ condition }: Movement, { sums }: WindowTotal): Amount | string {
  const { direction, limit } = condition;
  const sign = direction === "net" ? -1 : 1;
  if (limit.measure === "count")
    return {
      minor: BigInt(sums.reduce((count, { ins, outs }) => count + ins + sign * outs, 0)),
      precision: 1n,
    };
  if (new Set(sums.map(({ currency }) => currency)).size > 1)
    return "Rows in several currencies moved in the window.";
  let total: Amount = { minor: 0n, precision: limit.precision };
  for (const { precision, in: into, out } of sums) {
    if (precision === undefined) return "An amount in the window could not be read.";
    total = addAmounts(total, { minor: into + BigInt(sign) * out, precision });
  }
  return total;
}

export function isMet(monitor: Movement, total: WindowTotal): boolean {
  const moved = movedIn(monitor, total);
  const { operator, limit } = monitor.condition;
  if (typeof moved === "string") return false;
  const precision = limit.measure === "sum" ? limit.precision : 1n;
  return amountSatisfies(moved, operator, { minor: limit.value, precision });
}
