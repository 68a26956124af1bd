import { CloudError } from "./cloud-error.ts";
import type { CloudClient } from "./cloud.server.ts";
import { MAX_IN_VALUES } from "./filters.ts";
import type { Transaction } from "./records.ts";
import { excessOf, remainingOf } from "./remaining-of.ts";
import type { ChainPart, ChainRow, ChainStep, TransactionChain } from "./transaction-chain.ts";

/** queued → hold → commit → refund queued → refund, and one to spare. */
const DEPTH = 6;
const MAX_ROWS = 300;
/** Enough for a chain of that depth with that many rows. */
const MAX_READS = DEPTH + MAX_ROWS / MAX_IN_VALUES;

/**
 * The whole chain that a row is part of, whichever row it is: up by `parent_transaction` to the first, then down through
 * all that have it as their ancestor. It is `complete` only when every row of it was asked for its children.
 *
 * @throws CloudError `not_found`
 */
export async function readTransactionChain(
  { transactions }: Pick<CloudClient, "transactions">,
  transactionId: string,
): Promise<{ chain: TransactionChain; row: Transaction }> {
  const row = await transactions.get(transactionId);
  const { root, isFirst } = await findRoot(transactions, row);
  const rows = new Map([[root.transaction_id, root]]);
  const unasked = [root.transaction_id];
  for (let reads = 0; unasked.length > 0 && reads < MAX_READS && rows.size < MAX_ROWS; reads += 1) {
    const parents = unasked.splice(0, MAX_IN_VALUES);
    const filters = [{ field: "parent_transaction", operator: "in", values: parents }] as const;
    for await (const page of transactions.scan({ filters, createdUntil: undefined })) {
      for (const child of page) {
        if (rows.has(child.transaction_id) || !parents.includes(child.parent_transaction ?? "")) continue;
        rows.set(child.transaction_id, child);
        unasked.push(child.transaction_id);
      }
      if (rows.size >= MAX_ROWS) break;
    }
  }
  const complete = isFirst && unasked.length === 0 && rows.size < MAX_ROWS;
  return { chain: toChain(root, [...rows.values()], complete), row };
}

/** The highest row within reach, and whether it is the chain's first. */
async function findRoot(
  transactions: CloudClient["transactions"],
  row: Transaction,
): Promise<{ root: Transaction; isFirst: boolean }> {
  let root = row;
  for (let depth = 0; root.parent_transaction?.startsWith("txn_"); depth += 1) {
    if (depth === DEPTH) return { root, isFirst: false };
    try {
      root = await transactions.get(root.parent_transaction);
    } catch (error) {
      // A split's parent is never stored.
      if (error instanceof CloudError && error.code === "not_found") break;
      throw error;
    }
  }
  return { root, isFirst: true };
}

function toChain(root: Transaction, rows: readonly Transaction[], complete: boolean): TransactionChain {
  const partOf = createPartOf(root, rows);
  const steps = rows
    .map((row) => ({ part: partOf(row), row: shown(row) }))
    .sort(
      (a, b) =>
        ORDER.indexOf(a.part) - ORDER.indexOf(b.part) || (a.row.created_at ?? 0) - (b.row.created_at ?? 0),
    );
  const held = rows.find((row) => row.status === "INFLIGHT" && !isReversed(row, root));
  const hold = held && {
    row: shown(held),
    remaining: remainingOf(held, rows),
    excess: excessOf(held, rows),
  };
  const refunds = steps.filter(({ part }) => part === "refund").map(({ row }) => row);
  return {
    steps,
    root: shown(root),
    status: statusOf(
      steps.map(({ part }) => part),
      hold?.remaining,
      root,
    ),
    hold,
    refundable: steps
      .map(({ row }) => row)
      .filter(
        ({ transaction_id, status, ...sides }) =>
          status === "APPLIED" &&
          !isReversed(sides, root) &&
          refunds.every(({ parent_transaction }) => parent_transaction !== transaction_id),
      ),
    refund: refunds.length === 0 ? undefined : refundOf(steps),
    batch: root.parent_transaction,
    complete,
  };
}

/** What a chain moved is the sum of its applied rows, each in its direction. */
function refundOf(steps: readonly ChainStep[]): TransactionChain["refund"] {
  let [moved, net]: (bigint | undefined)[] = [0n, 0n];
  for (const { part, row } of steps) {
    if (row.status !== "APPLIED") continue;
    const amount = row.precise_amount;
    if (amount === undefined || moved === undefined || net === undefined)
      return { state: "unknown", net: undefined };
    net += part === "refund" ? -amount : amount;
    if (part === "applied" || part === "committed") moved += amount;
  }
  if (net! <= 0n) return { state: "fully", net };
  return { state: net! < moved! ? "partly" : "reversed", net };
}

const ORDER: readonly ChainPart[] = [
  "queued",
  "scheduled",
  "rejected",
  "applied",
  "held",
  "committed",
  "voided",
  "other",
  "refund",
  "refund_reversed",
];

function createPartOf(root: Transaction, rows: readonly Transaction[]): (row: Transaction) => ChainPart {
  const byId = new Map(rows.map((row) => [row.transaction_id, row]));
  const parentOf = (row: Transaction) => byId.get(row.parent_transaction ?? "");
  const isBelowRefund = (row: Transaction): boolean => {
    const parent = row === root ? undefined : parentOf(row);
    return parent !== undefined && (isReversed(parent, root) || isBelowRefund(parent));
  };
  return (row) => {
    if (isReversed(row, root)) return "refund";
    if (isBelowRefund(row)) return "refund_reversed";
    if (row.status === "APPLIED" && parentOf(row)?.status === "INFLIGHT") return "committed";
    return PARTS.get(row.status) ?? "other";
  };
}

const PARTS: ReadonlyMap<string | undefined, ChainPart> = new Map([
  ["QUEUED", "queued"],
  ["SCHEDULED", "scheduled"],
  ["REJECTED", "rejected"],
  ["APPLIED", "applied"],
  ["INFLIGHT", "held"],
  ["VOID", "voided"],
]);

/** A refund goes the other way. */
function isReversed(
  { source, destination }: Pick<Transaction, "source" | "destination">,
  root: Transaction,
): boolean {
  return (
    source !== undefined &&
    source === root.destination &&
    destination === root.source &&
    source !== destination
  );
}

function statusOf(
  parts: readonly ChainPart[],
  remaining: bigint | undefined,
  root: Transaction,
): Transaction["status"] {
  if (parts.includes("rejected")) return "REJECTED";
  if (parts.includes("applied")) return "APPLIED";
  if (!parts.includes("held")) return root.status;
  if (remaining !== 0n) return "INFLIGHT";
  return parts.includes("committed") ? "APPLIED" : "VOID";
}

function shown(row: Transaction): ChainRow {
  const { meta_data: _, ...rest } = row;
  return rest;
}
