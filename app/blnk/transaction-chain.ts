import type { Transaction } from "./records.ts";

export type ChainPart =
  | "queued"
  | "scheduled"
  | "applied"
  | "held"
  | "committed"
  | "voided"
  | "rejected"
  | "refund"
  | "other";

export type ChainStep = {
  part: ChainPart;
  row: ChainRow;
};

export type ChainRow = Omit<Transaction, "meta_data">;

/** All that Blnk wrote for one transaction, told as one thing. */
export type TransactionChain = {
  /** In the order in which they came about. */
  steps: ChainStep[];
  /** Its first row, which all the others go back to. */
  root: ChainRow;
  /** What has become of it, in the word of the row that says so. */
  status: Transaction["status"];
  /** Its hold, if it was made inflight, and what can still be committed or voided (undefined: cannot be told). */
  hold: { row: ChainRow; remaining: bigint | undefined } | undefined;
  /** The row that a refund would be of: applied, and not refunded yet. */
  refundable: ChainRow | undefined;
  refunded: boolean;
  /** The batch or split that it is part of; Blnk keeps no row for that. */
  batch: string | undefined;
  /** False when there may be more rows than are shown: then neither `refunded` nor what remains of a hold is sure. */
  complete: boolean;
};
