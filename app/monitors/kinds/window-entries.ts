import type { Movement, WindowMonitor } from "../definition/monitor.ts";
import { countedAt } from "./counted-at.ts";
import { type FindEndpoint, type SeenTransaction, SELECTION, type WindowEntry } from "./facts.ts";
import { newestOf } from "./newest-of.ts";
import { isEnd, selectsEnds, selectsTransaction } from "./select/select-transactions.ts";

/** What rows add to the windows of a monitor; store it before `evaluateTransactions`, once per row. */
export function windowEntries(
  monitor: WindowMonitor,
  rows: readonly SeenTransaction[],
  endpointBalances: FindEndpoint,
): WindowEntry[] {
  const entries = rows.flatMap((row) => entriesOf(monitor, row, endpointBalances));
  // Silence asks for the newest alone.
  if (monitor.kind !== "silence") return entries;
  const newest = newestOf(entries);
  return newest ? [newest] : [];
}

function entriesOf(
  monitor: WindowMonitor,
  row: SeenTransaction,
  endpointBalances: FindEndpoint,
): WindowEntry[] {
  if (row.status !== (monitor.kind === "rejections" ? "REJECTED" : "APPLIED")) return [];
  if (!selectsTransaction(monitor.select, row, endpointBalances)) return [];
  const flows: Flow[] =
    monitor.kind === "movement" ? flowsOf(monitor, row, endpointBalances) : [[SELECTION, "in"]];
  return flows.map(([subject, flow]) => ({
    subject,
    transaction_id: row.transaction_id,
    at: countedAt(row),
    flow,
    amount: row.precise_amount,
    precision: row.precision,
    currency: row.currency,
  }));
}

type Flow = [subject: string, flow: "in" | "out"];

function flowsOf(monitor: Movement, row: SeenTransaction, endpointBalances: FindEndpoint): Flow[] {
  const { direction } = monitor.condition;
  return allFlows(monitor, row, endpointBalances).filter(
    ([, flow]) => direction === "both" || direction === "net" || direction === flow,
  );
}

function allFlows(
  { select, condition }: Movement,
  row: SeenTransaction,
  endpointBalances: FindEndpoint,
): Flow[] {
  const { direction, per } = condition;
  // Without balances that it could flow into or out of, each row is simply counted.
  if (per === "selection" && !selectsEnds(select)) return [[SELECTION, direction === "out" ? "out" : "in"]];
  const out = subjectOf(row.source);
  const into = subjectOf(row.destination);
  // What stays inside one subject does not move it.
  if (out === into) return [];
  const flows: Flow[] = [];
  if (into !== undefined) flows.push([into, "in"]);
  if (out !== undefined) flows.push([out, "out"]);
  return flows;

  function subjectOf(end: string | undefined): string | undefined {
    if (end === undefined || !isEnd(select, end, endpointBalances)) return undefined;
    if (per === "selection") return SELECTION;
    return per === "balance" ? end : endpointBalances(end)?.identity_id;
  }
}
