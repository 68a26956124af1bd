import type { WindowTotal } from "./window-totals.ts";
import type { Balance, Transaction } from "#app/platform/blnk/records.ts";

/**
 * A row newer than the cursor may still appear this long after it was created, so a scan goes back by as much. One that
 * appears later (an outcome has its queued row's `created_at`) counts from when it was first seen.
 */
export const OVERLAP_MS = 10 * 60_000;

/** What the selection of a transaction monitor asks of the balance at either end of a row. */
export type EndpointBalance = Pick<Balance, "balance_id" | "indicator" | "ledger_id" | "identity_id">;

/** Undefined: there is no such balance. One that could not be read is a `problem` of the whole read. */
export type FindEndpoint = (balance_id: string) => EndpointBalance | undefined;

export type SeenTransaction = Transaction & {
  /**
   * The topmost stored row of its chain: queued → outcome → commits and void → refund. A `bulk_` or split parent is no
   * row, so that each of its legs is a chain of its own.
   */
  chain_id: string;
  /** Ms UTC. For a row found by looking back over history: its `created_at`. */
  first_seen_at: number;
};

/** A chain that was seen open (queued, scheduled, or a hold), with every row of it that is known now. */
export type Chain = {
  chain_id: string;
  rows: readonly Transaction[];
  /** The balances at the ends of its rows, as they were when a monitor first asked for them. */
  ends: readonly EndpointBalance[];
};

/** One row's part in a window. Unique by subject and transaction_id; an internal transfer has none. */
export type WindowEntry = {
  /** `selection`, a balance id or an identity id. */
  subject: string;
  transaction_id: string;
  /** When it counts: see `OVERLAP_MS`. */
  at: number;
  flow: "in" | "out";
  /** Minor units, and how many of them make one major unit: it differs from row to row. Undefined: unreadable. */
  amount: bigint | undefined;
  precision: bigint | undefined;
  currency: string | undefined;
};

/** A selection of up to so many subjects keeps the last value of each, quiet ones too. */
export const SHOWN_SUBJECTS = 100;

/** The subject of what concerns a selection as a whole: its total, its movement, or why it could not be read. */
export const SELECTION = "selection";

export type EvaluationContext = {
  /** The moment of the read, ms UTC: its rows were created at or before it. */
  now: number;
  /** Since when rows count: the monitor's creation, its last change of selection or condition, or its resumption. */
  watching_since: number;
  /**
   * Subjects that have a stored state that is not plainly `ok`, or an open incident. Event kinds (`transaction_match`,
   * `new_balance`): those that already have an incident, open or closed, of the ones read now.
   */
  tracked: ReadonlySet<string>;
};

/** How the reading of a monitor's facts ended. */
export type BalanceReads = {
  /** Why not all could be read, in words for people; undefined when all was. */
  problem?: string | undefined;
  /**
   * Where Cloud was asked only for the balances that satisfy the condition: the currencies of all that the selection
   * matches, empty when it matches nothing. Undefined after a full scan of the selection, whose pages tell.
   */
  currencies?: readonly string[] | undefined;
  /** `ledger_imbalance`: the balance of a currency that changed last. */
  latestChanged?: ReadonlyMap<string, string>;
};

export type TransactionFacts = {
  /** Rows seen for the first time in this cycle, each once; for `transaction_match`. */
  rows: readonly SeenTransaction[];
  /** For `stuck_transaction`: all open chains of the look-back, and the tracked ones that are open no more. */
  chains: readonly Chain[];
  /** For window kinds: what the window has now, by subject; rows of one window before watching began are among it. */
  totals: readonly WindowTotal[];
  /** For a `movement` that `needsMembers`: balance or identity ids that count as zero when no entry names them. */
  members: readonly string[];
  endpointBalances: FindEndpoint;
  /** Why not all could be read, in words for people. */
  problem?: string | undefined;
};

export type SubjectResult = {
  /** A balance, chain, identity or currency, or `selection`. */
  subject: string;
  outcome: Outcome;
  /** The balance, transaction or identity id that an alert flags; undefined where there is none to flag. */
  entity: string | undefined;
  /** A decimal in major units, a count, or minutes. */
  value: string | undefined;
  /** What the value was compared with, where that is a total of its own. */
  compared_to: string | undefined;
  /** For `unknown`: why, in words for people. */
  reason: string | undefined;
};

/**
 * `holds`: the condition is true. `between`: it is false, but the value is not back at `rearm`. `clear`: it is false.
 * `happened`: an event, which opens and closes at once. `gone`: the subject is no longer in the selection.
 */
export type Outcome = "met" | "between" | "not_met" | "happened" | "unknown" | "gone";
