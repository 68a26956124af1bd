import type { Monitor, MonitorKind } from "#app/monitors/definition/monitor.ts";

/** Each has a form of its own; `comparison` is a threshold that is another selection's total. */
export type FormKind = MonitorKind | "comparison";

export const FORM_KINDS: Record<FormKind, { title: string; says: string }> = {
  balance_threshold: {
    title: "A balance and an amount",
    says: "Alert once when a balance, or the total of several, crosses an amount.",
  },
  comparison: {
    title: "A balance and another total",
    says: "Alert once when a balance, or the total of several, crosses the total of others: customer wallets and cash at bank, say.",
  },
  transaction_match: {
    title: "Transactions that match",
    says: "Alert once for each transaction that is as described.",
  },
  stuck_transaction: {
    title: "Stuck transactions",
    says: "Alert once when a transaction is queued without an outcome, or held with a remainder, for too long.",
  },
  rejections: {
    title: "Rejections",
    says: "Alert once when many transactions are rejected within a window of time.",
  },
  movement: {
    title: "Movement",
    says: "Alert once when what moves in or out within a window of time crosses a sum or a number.",
  },
  silence: {
    title: "Silence",
    says: "Alert once when nothing has been applied for a while.",
  },
  new_balance: {
    title: "New balances",
    says: "Alert once for each new balance that matches. A mistyped @indicator makes one silently.",
  },
  ledger_imbalance: {
    title: "Ledger imbalance",
    says: "Alert once when all balances of a currency together differ from zero by the same amount in three reads in a row.",
  },
  double_refund: {
    title: "Double refund",
    says: "Alert on every transaction that is refunded more than once, whoever did it.",
  },
  applied_after_rejected: {
    title: "Applied after rejection",
    says: "Alert on every transaction that was rejected and is applied all the same.",
  },
  overheld: {
    title: "Overheld balance",
    says: "Alert once when holds take more from a balance than it has, unless an overdraft was allowed.",
  },
  negative_balance: {
    title: "Negative balance",
    says: "Alert once when a balance falls below zero, unless an overdraft was allowed.",
  },
};

export function readFormKind(text: unknown): FormKind | undefined {
  return typeof text === "string" && Object.hasOwn(FORM_KINDS, text) ? (text as FormKind) : undefined;
}

export function formKindOf({ kind, condition }: Pick<Monitor, "kind" | "condition">): FormKind {
  return "limit" in condition && "type" in condition.limit && condition.limit.type === "compared"
    ? "comparison"
    : kind;
}

export function monitorKindOf(kind: FormKind): MonitorKind {
  return kind === "comparison" ? "balance_threshold" : kind;
}

/** Kinds of which there can be one for each balance of a ledger. */
export const PER_BALANCE: readonly FormKind[] = [
  "balance_threshold",
  "comparison",
  "movement",
  "silence",
  "rejections",
  "stuck_transaction",
  "transaction_match",
];
