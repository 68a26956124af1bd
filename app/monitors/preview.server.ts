import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import { isLineageBalance, shadowEnds } from "#app/platform/blnk/lineage.ts";
import type { Balance } from "#app/platform/blnk/records.ts";
import { currencyPrecision } from "#app/money/currency-precision.ts";
import { formatAmount } from "#app/money/format-amount.ts";

import type {
  BalanceMonitor,
  BalanceThreshold,
  ChainMonitor,
  Monitor,
  TransactionMatch,
} from "./definition/monitor.ts";
import { foldBalances, needsEndpointBalances } from "./kinds/evaluate.ts";
import { amountSatisfies } from "./kinds/compare.ts";
import type { EndpointBalance, SubjectResult } from "./kinds/facts.ts";
import { selectsTransaction } from "./kinds/select/select-transactions.ts";
import { hasAmount } from "./kinds/transaction-match.ts";
import { readEndpointBalances } from "./reads/backfill-windows.server.ts";
import { confirmResults } from "./reads/confirm-results.server.ts";
import { judgeChains } from "./reads/judge-chains.server.ts";
import { requiredReadsOf } from "./reads/plan-balance-reads.ts";
import { problemOf } from "./reads/problem-of.ts";
import { idsOfEnds } from "./reads/ends.ts";
import { readBalances } from "./reads/read-balances.server.ts";

const DAYS = 7;
const DAY_MS = 24 * 60 * 60_000;
const MAX_BALANCES = 20;
const SHOWN = 20;

export type Preview = {
  /** The subjects for which it is true now, and how many there are; undefined where only the past can tell. */
  now: { firing: number; subjects: SubjectResult[]; problem: string | undefined } | undefined;
  /** Over the last seven days: the values of a balance at the end of each day, or the events of an event kind. */
  past:
    | {
        kind: "values";
        balances: {
          balance_id: string;
          points: { at: number; value: string | undefined; met: boolean | undefined }[];
        }[];
      }
    | { kind: "events"; count: number; events: { entity: string; at: number }[] }
    | { kind: "unavailable"; why: string };
};

/**
 * What a monitor would find, before it is saved: now, and over the last seven days where Blnk can still tell. Nothing
 * is stored.
 *
 * @throws CloudError `unauthorised`, `stopped` or `cancelled`
 */
export async function previewMonitor(client: CloudClient, monitor: Monitor, now: number): Promise<Preview> {
  switch (monitor.kind) {
    case "balance_threshold":
      return {
        now: await previewNow(client, monitor, now),
        past: await previewThreshold(client, monitor, now),
      };
    case "ledger_imbalance":
    case "overheld":
    case "negative_balance":
      return {
        now: await previewNow(client, monitor, now),
        past: { kind: "unavailable", why: "Blnk does not keep what all balances were in the past." },
      };
    case "new_balance":
      return { now: undefined, past: await previewNewBalances(client, monitor, now) };
    case "transaction_match":
      return { now: undefined, past: await previewMatches(client, monitor, now) };
    case "double_refund":
    case "applied_after_rejected":
      return { now: undefined, past: await previewChains(client, monitor, now) };
    case "stuck_transaction":
    case "rejections":
    case "movement":
    case "silence":
      return {
        now: undefined,
        past: {
          kind: "unavailable",
          why: "It is judged from the transactions that are read from now on; the first evaluation, right after saving, looks back over its window.",
        },
      };
  }
}

async function previewNow(
  client: CloudClient,
  monitor: BalanceMonitor,
  now: number,
): Promise<Preview["now"]> {
  const context = { now, watching_since: now, tracked: new Set<string>() };
  const requiredReads = requiredReadsOf(monitor, {
    tracked: context.tracked,
    watching_since: now,
    evaluated_at: null,
  });
  let fold = foldBalances(monitor, context);
  const reader = { id: "preview", requiredReads, fold: () => (fold = foldBalances(monitor, context)) };
  const { results, problems } = await readBalances(client, [reader], {
    now,
    balances: undefined,
    seen: () => undefined,
  });
  const found = results.get("preview") ?? [];
  const { results: all, problem } = await confirmResults(client, monitor, { fold, found, now });
  const firing = all.filter(({ outcome }) => outcome === "met");
  const unknown = all.find(({ outcome }) => outcome === "unknown");
  return {
    firing: firing.length,
    subjects: firing.slice(0, SHOWN),
    problem: problems.get("preview") ?? problem ?? unknown?.reason,
  };
}

async function previewThreshold(
  client: CloudClient,
  { select, condition }: BalanceThreshold,
  now: number,
): Promise<Preview["past"]> {
  const { field, limit, per, operator } = condition;
  if (limit.type === "compared" || per === "total")
    return { kind: "unavailable", why: "What a total was in the past cannot be asked of Blnk." };
  if (field !== "balance" && field !== "credit_balance" && field !== "debit_balance") {
    return {
      kind: "unavailable",
      why: "Blnk does not keep what was held in the past, only what was applied.",
    };
  }
  const requiredReads = { tracked: new Set<string>(), watching_since: now, evaluated_at: null };
  const filters = requiredReadsOf(
    { select, condition: { ...condition, operator: "!=" }, kind: "balance_threshold" } as BalanceThreshold,
    requiredReads,
  );
  const found: Balance[] = [];
  const problem = await problemOf(async () => {
    const asked = filters.ids[0];
    if (asked !== undefined) found.push(await client.balances.get(asked));
    else {
      for await (const page of client.balances.scan({ filters: filters.scans[0] ?? [], createdUntil: now })) {
        found.push(...page.filter((balance) => !isLineageBalance(balance)));
        if (found.length > MAX_BALANCES) break;
      }
    }
  });
  if (problem !== undefined) return { kind: "unavailable", why: problem };
  if (found.length > MAX_BALANCES)
    return {
      kind: "unavailable",
      why: `It matches more than ${MAX_BALANCES} balances; the past is shown for ${MAX_BALANCES} at most.`,
    };
  const times = Array.from({ length: DAYS + 1 }, (_, index) => now - (DAYS - index) * DAY_MS);
  const balances = await Promise.all(
    found.map(async ({ balance_id, currency = "" }) => ({
      balance_id,
      points: await Promise.all(
        times.map(async (at) => {
          const value = await valueAt(client, balance_id, field, at);
          const met =
            value === undefined
              ? undefined
              : amountSatisfies({ minor: value, precision: limit.precision }, operator, {
                  minor: limit.value,
                  precision: limit.precision,
                });
          return {
            at,
            value:
              value === undefined
                ? undefined
                : formatAmount(value, limit.precision ?? currencyPrecision(currency), { grouping: false }),
            met,
          };
        }),
      ),
    })),
  );
  return { kind: "values", balances };
}

async function valueAt(
  client: CloudClient,
  balanceId: string,
  field: "balance" | "credit_balance" | "debit_balance",
  at: number,
): Promise<bigint | undefined> {
  try {
    return (await client.balances.at(balanceId, at))[field];
  } catch (error) {
    if (!(error instanceof CloudError) || ["unauthorised", "stopped", "cancelled"].includes(error.code))
      throw error;
    return undefined;
  }
}

async function previewNewBalances(
  client: CloudClient,
  monitor: Extract<Monitor, { kind: "new_balance" }>,
  now: number,
): Promise<Preview["past"]> {
  const since = now - DAYS * DAY_MS;
  const created = new Map<string, number>();
  const context = { now, watching_since: since, tracked: new Set<string>() };
  const requiredReads = requiredReadsOf(monitor, {
    tracked: context.tracked,
    watching_since: since,
    evaluated_at: null,
  });
  const reader = { id: "preview", requiredReads, fold: () => foldBalances(monitor, context) };
  const seen = (page: readonly Balance[]) => {
    for (const { balance_id, created_at } of page) created.set(balance_id, created_at ?? now);
  };
  const { results, problems } = await readBalances(client, [reader], { now, balances: undefined, seen });
  const problem = problems.get("preview");
  if (problem !== undefined) return { kind: "unavailable", why: problem };
  const events = (results.get("preview") ?? [])
    .filter(({ outcome }) => outcome === "happened")
    .map(({ subject }) => ({ entity: subject, at: created.get(subject) ?? now }));
  return newestOf(events);
}

async function previewMatches(
  client: CloudClient,
  monitor: TransactionMatch,
  now: number,
): Promise<Preview["past"]> {
  const endpointBalances = new Map<string, EndpointBalance>();
  const chains = new Map<string, { entity: string; at: number }>();
  const problem = await problemOf(async () => {
    const filters = [{ field: "created_at", operator: "gte", value: now - DAYS * DAY_MS }] as const;
    for await (const page of client.transactions.scan({ filters, createdUntil: now })) {
      await readEndpointBalances(
        client,
        needsEndpointBalances(monitor) ? idsOfEnds(page) : shadowEnds(page),
        endpointBalances,
      );
      for (const row of page) {
        if (!selectsTransaction(monitor.select, row, (id) => endpointBalances.get(id))) continue;
        if (hasAmount(monitor.condition, row) !== true) continue;
        // Rows of one chain are one event: an outcome hangs under its queued row.
        const chain = row.parent_transaction?.startsWith("txn_")
          ? row.parent_transaction
          : row.transaction_id;
        chains.set(chain, { entity: row.transaction_id, at: row.created_at ?? now });
      }
    }
  });
  return problem === undefined ? newestOf([...chains.values()]) : { kind: "unavailable", why: problem };
}

async function previewChains(
  client: CloudClient,
  monitor: ChainMonitor,
  now: number,
): Promise<Preview["past"]> {
  const events = new Map<string, { entity: string; at: number }>();
  const problem = await problemOf(async () => {
    const filters = [{ field: "created_at", operator: "gte", value: now - DAYS * DAY_MS }] as const;
    for await (const page of client.transactions.scan({ filters, createdUntil: now })) {
      for (const { chain_id, row } of await judgeChains(client, monitor, page))
        events.set(chain_id, { entity: row.transaction_id, at: row.created_at ?? now });
    }
  });
  return problem === undefined ? newestOf([...events.values()]) : { kind: "unavailable", why: problem };
}

function newestOf(events: { entity: string; at: number }[]): Preview["past"] {
  return {
    kind: "events",
    count: events.length,
    events: events.toSorted((one, other) => other.at - one.at).slice(0, SHOWN),
  };
}
