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
  /** The money of a refund moved forward again. */
  | "refund_reversed"
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
  /**
   * Its hold, if it was made inflight, and what can still be committed or voided (undefined: cannot be told).
   * `excess` is what was settled beyond its amount, which other holds on the same balances lost.
   */
  hold: { row: ChainRow; remaining: bigint | undefined; excess: bigint } | undefined;
  /** The rows that a refund could be of, each once: they moved money forward and have no refund. */
  refundable: ChainRow[];
  /** Whether it has a refund, and what all its rows together moved (undefined: cannot be told). */
  refund: { state: "partly" | "fully" | "reversed" | "unknown"; net: bigint | undefined } | undefined;
  /** The batch or split that it is part of; Blnk keeps no row for that. */
  batch: string | undefined;
  /** False when there may be more rows than are shown: then neither `refundable` nor what remains of a hold is sure. */
  complete: boolean;
};
