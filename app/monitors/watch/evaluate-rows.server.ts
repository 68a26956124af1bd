import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { yieldToEventLoop } from "#app/platform/yield-to-event-loop.ts";
import type { Database } from "#db/database.server.ts";

import type {
  ChainMonitor,
  TransactionMatch,
  TransactionMonitor,
  WindowMonitor,
} from "../definition/monitor.ts";
import { findEvents } from "../incidents/incidents.server.ts";
import { countedAt } from "../kinds/counted-at.ts";
import { evaluateTransactions } from "../kinds/evaluate.ts";
import type { EvaluationContext, FindEndpoint, SeenTransaction, SubjectResult } from "../kinds/facts.ts";
import { resultOf } from "../kinds/results.ts";
import { evaluateMatches, matchedChains } from "../kinds/transaction-match.ts";
import type { StoredMonitor } from "../monitors.server.ts";
import { judgeChains } from "../reads/judge-chains.server.ts";
import { loadTotals } from "../reads/windows.server.ts";

export type DueRowMonitor = StoredMonitor & { monitor: TransactionMonitor; context: EvaluationContext };
export type DueEvents = DueRowMonitor & { monitor: TransactionMatch | ChainMonitor };
export type DueWindow = DueRowMonitor & { monitor: WindowMonitor };

/** What happened in some rows, and why one of them could not be judged. */
export async function evaluateGroup(
  { client, db }: { client: CloudClient; db: Pick<Database, "read"> },
  { id, monitor, context }: DueEvents,
  rows: readonly SeenTransaction[],
  endpointBalances: FindEndpoint,
): Promise<{ events: SubjectResult[]; problem: string | undefined }> {
  if (monitor.kind !== "transaction_match") {
    const since = rows.filter((row) => countedAt(row) >= context.watching_since);
    const findings = await judgeChains(client, monitor, since);
    const told = new Set(
      await findEvents(
        db,
        id,
        findings.map(({ chain_id }) => chain_id),
      ),
    );
    const events = findings
      .filter(({ chain_id }) => !told.has(chain_id))
      .map(({ chain_id, row, value }) =>
        resultOf(chain_id, "happened", { entity: row.transaction_id, value }),
      );
    return { events, problem: undefined };
  }
  const facts = { ...NOTHING, rows, endpointBalances };
  const known = await findEvents(db, id, matchedChains(monitor, facts));
  const results = evaluateMatches(monitor, facts, { ...context, tracked: new Set(known) });
  return {
    events: results.filter(({ outcome }) => outcome === "happened"),
    problem: results.find(({ outcome }) => outcome === "unknown")?.reason,
  };
}

const NOTHING = { chains: [], totals: [], members: [] };

/** Evaluates windows one by one, each in a turn of its own. */
export async function evaluateWindows(
  db: Database,
  windows: readonly DueWindow[],
  { members, problems }: { members: ReadonlyMap<string, string[]>; problems: ReadonlyMap<string, string> },
): Promise<Map<string, SubjectResult[]>> {
  const results = new Map<string, SubjectResult[]>();
  for (const { id, monitor, context } of windows) {
    const facts = {
      ...NOTHING,
      rows: [],
      totals: await loadTotals(db, id),
      members: members.get(id) ?? [],
      endpointBalances: () => undefined,
      problem: problems.get(id),
    };
    results.set(id, evaluateTransactions(monitor, facts, context));
    await yieldToEventLoop();
  }
  return results;
}
