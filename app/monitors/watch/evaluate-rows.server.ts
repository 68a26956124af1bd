import { ownTurn } from "#app/platform/yield-to-event-loop.ts";
import type { Database } from "#db/database.server.ts";

import type { TransactionMatch, TransactionMonitor, WindowMonitor } from "../definition/monitor.ts";
import { findEvents } from "../episodes/episodes.server.ts";
import { evaluateTransactions } from "../kinds/evaluate.ts";
import type { EvaluationContext, FindTraits, SeenTransaction, SubjectResult } from "../kinds/facts.ts";
import { evaluateMatches, matchedChains } from "../kinds/transaction-match.ts";
import type { StoredMonitor } from "../monitors.server.ts";
import { loadTotals } from "../reads/windows.server.ts";

export type DueRowMonitor = StoredMonitor & { monitor: TransactionMonitor; context: EvaluationContext };
export type DueMatch = DueRowMonitor & { monitor: TransactionMatch };
export type DueWindow = DueRowMonitor & { monitor: WindowMonitor };

/** What happened in some rows, and why one of them could not be judged. */
export async function evaluateGroup(
  db: Pick<Database, "read">,
  { id, monitor, context }: DueMatch,
  rows: readonly SeenTransaction[],
  traits: FindTraits,
): Promise<{ events: SubjectResult[]; problem: string | undefined }> {
  const facts = { ...NOTHING, rows, traits };
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
      traits: () => undefined,
      problem: problems.get(id),
    };
    results.set(id, evaluateTransactions(monitor, facts, context));
    await ownTurn();
  }
  return results;
}
