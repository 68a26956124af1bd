import type { NewTransaction } from "./new-transaction.ts";
import type { Balance, Transaction } from "./records.ts";

export type TransactionProblem = {
  code:
    | "amount_not_positive"
    | "precision_not_positive"
    | "text_missing"
    | "reference_reserved"
    | "same_balance"
    | "applied_at_once"
    | "currency_mismatch"
    | "precision_mismatch"
    | "creates_balance";
  /** An error must not be sent; a warning is for a person to decide. */
  severity: "error" | "warning";
  message: string;
};

/** One side of a transaction as it stands: its balance, if there is one, and its newest applied rows. */
export type TransactionSide = { balance: Balance | undefined; recent: readonly Transaction[] };

const REQUIRED_TEXT = ["currency", "source", "destination", "reference", "description"] as const;
const RESERVED_ENDING = /(_q|_refund|[_-]\d+)$/;

/** What can be told from a transaction alone. */
export function checkNewTransaction(transaction: NewTransaction): TransactionProblem[] {
  const problems: TransactionProblem[] = [];
  if (transaction.precise_amount <= 0n) {
    problems.push(error("amount_not_positive", "The amount must be more than zero."));
  }
  if (transaction.precision < 1n) {
    problems.push(error("precision_not_positive", "The precision must be at least 1."));
  }
  for (const field of REQUIRED_TEXT) {
    if (transaction[field].trim() === "") problems.push(error("text_missing", `The ${field} is missing.`));
  }
  if (RESERVED_ENDING.test(transaction.reference)) {
    problems.push(error("reference_reserved", "The reference ends like one that Blnk makes itself."));
  }
  if (transaction.source === transaction.destination) {
    problems.push(error("same_balance", "Source and destination are the same balance."));
  }
  if (transaction.skip_queue && transaction.scheduled_for !== undefined) {
    problems.push(
      error("applied_at_once", "Without the queue, Blnk applies a scheduled transaction at once."),
    );
  }
  return problems;
}

/**
 * What Core does not check and money gets lost by: it adds minor units of any currency and precision to any balance,
 * and makes a new balance for an indicator that does not exist yet.
 */
export function checkAgainstBalances(
  transaction: Pick<NewTransaction, "source" | "destination" | "currency" | "precision">,
  sides: { source: TransactionSide; destination: TransactionSide },
): TransactionProblem[] {
  const problems: TransactionProblem[] = [];
  for (const name of ["source", "destination"] as const) {
    const { balance, recent } = sides[name];
    if (balance === undefined) {
      const message = `No balance is called ${transaction[name]} in ${transaction.currency}; this would create one.`;
      problems.push({ code: "creates_balance", severity: "warning", message });
      continue;
    }
    if (balance.currency !== transaction.currency) {
      problems.push(
        error("currency_mismatch", `The ${name} holds ${balance.currency ?? "an unknown currency"}.`),
      );
    }
    if (recent.some(({ precision }) => precision !== transaction.precision)) {
      problems.push(error("precision_mismatch", `The ${name} has rows with another precision.`));
    }
  }
  const { source, destination } = sides;
  if (
    source.balance &&
    source.balance.balance_id === destination.balance?.balance_id &&
    transaction.source !== transaction.destination
  ) {
    problems.push(error("same_balance", "Source and destination are the same balance."));
  }
  return problems;
}

function error(code: TransactionProblem["code"], message: string): TransactionProblem {
  return { code, severity: "error", message };
}
