import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { ownTurn } from "#app/platform/yield-to-event-loop.ts";
import type { Database } from "#db/database.server.ts";

import type { TransactionMonitor } from "../definition/monitor.ts";
import { findEvents } from "../episodes/episodes.server.ts";
import { evaluateTransactions, keptFrom } from "../kinds/evaluate.ts";
import {
  type EvaluationContext,
  type FindTraits,
  OVERLAP_MS,
  type SubjectResult,
  type TransactionFacts,
} from "../kinds/facts.ts";
import { matchedChains } from "../kinds/transaction-match.ts";
import type { StoredMonitor } from "../monitors.server.ts";
import { problemOf } from "../reads/problem-of.ts";
import type { RowsReading } from "../reads/read-rows.server.ts";
import { dropOutlived, type KeptWindow, loadEntries } from "../reads/watched-rows.server.ts";

export type DueRowMonitor = StoredMonitor & { monitor: TransactionMonitor; context: EvaluationContext };

/** What the cycle has read for monitors of transactions. */
export type RowFacts = {
  rows: RowsReading | undefined;
  traits: FindTraits;
  /** By monitor id, as in `TransactionFacts`. */
  members: ReadonlyMap<string, string[]>;
  problems: ReadonlyMap<string, string>;
  blame: (monitors: readonly StoredMonitor[], problem: string | undefined) => void;
};

type Reading = { client: CloudClient; db: Database; now: number };

/** Evaluates monitors of transactions one by one, each in a turn of its own. */
export async function evaluateRows(
  reading: Reading,
  monitors: readonly DueRowMonitor[],
  facts: RowFacts,
): Promise<Map<string, SubjectResult[]>> {
  const results = new Map<string, SubjectResult[]>();
  const outlived: KeptWindow[] = [];
  for (const stored of monitors) {
    results.set(stored.id, await evaluateOne(reading, stored, facts, outlived));
    await ownTurn();
  }
  await dropOutlived(reading.db, outlived);
  return results;
}

async function evaluateOne(
  reading: Reading,
  stored: DueRowMonitor,
  { rows, traits, members, problems, blame }: RowFacts,
  outlived: KeptWindow[],
): Promise<SubjectResult[]> {
  const { id, monitor, context } = stored;
  const { db, now } = reading;
  const facts: TransactionFacts = {
    rows: rows?.rows ?? [],
    chains: rows?.chains ?? [],
    entries: [],
    members: members.get(id) ?? [],
    traits,
  };
  let { tracked } = context;
  if (monitor.kind === "transaction_match") {
    if (monitor.schedule) blame([stored], await readMissed(reading, stored, facts));
    const events = await findEvents(db, id, matchedChains(monitor, facts));
    tracked = new Set([...tracked, ...events]);
  } else if (monitor.kind !== "stuck_transaction") {
    const window = { monitorId: id, keptFrom: keptFrom(monitor, now) };
    const loaded = await loadEntries(db, window);
    facts.entries = loaded.entries;
    if (loaded.outlived) outlived.push(window);
  }
  return evaluateTransactions(monitor, { ...facts, problem: problems.get(id) }, { ...context, tracked });
}

/**
 * For a monitor with hours or a daily check: adds the rows since its last evaluation, which others have seen. Answers why
 * they could not be read.
 */
async function readMissed(
  { client, now }: Reading,
  { watching_since, evaluated_at }: DueRowMonitor,
  facts: TransactionFacts,
): Promise<string | undefined> {
  const all = new Map(facts.rows.map((row) => [row.transaction_id, row]));
  const since = Math.max(watching_since, (evaluated_at ?? 0) - OVERLAP_MS);
  const problem = await problemOf(async () => {
    for await (const page of client.transactions.scan({
      filters: [{ field: "created_at", operator: "gte", value: since }],
      createdUntil: now,
    })) {
      for (const row of page) {
        if (all.has(row.transaction_id)) continue;
        const parent = row.parent_transaction;
        const chain_id =
          parent === undefined || parent.startsWith("bulk_")
            ? row.transaction_id
            : (all.get(parent)?.chain_id ?? parent);
        all.set(row.transaction_id, { ...row, chain_id, first_seen_at: row.created_at ?? now });
      }
    }
  });
  facts.rows = [...all.values()];
  return problem;
}
