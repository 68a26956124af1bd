/** What a monitor is. Amounts are bigint minor units, times integer ms UTC; `read-monitors.ts` makes them from JSON. */
export type Monitor =
  | BalanceThreshold
  | TransactionMatch
  | StuckTransaction
  | Rejections
  | Movement
  | Silence
  | NewBalance
  | LedgerImbalance
  | OverdrawnMonitor
  | ChainMonitor;

export type MonitorKind = Monitor["kind"];

/** Kinds that are decided by balances alone, and those that are decided by transaction rows. */
export type BalanceMonitor = BalanceThreshold | NewBalance | LedgerImbalance | OverdrawnMonitor;
export type TransactionMonitor = TransactionMatch | StuckTransaction | WindowMonitor | ChainMonitor;
/** Kinds that count rows over time: their entries are kept between cycles. */
export type WindowMonitor = Rejections | Movement | Silence;
/** Kinds that find a balance with less than it should have. */
export type OverdrawnMonitor = Overheld | NegativeBalance;
/** Kinds that judge a whole chain whenever it gains a row. */
export type ChainMonitor = DoubleRefund | AppliedAfterRejected;

const BALANCE_KINDS: ReadonlySet<string> = new Set<BalanceMonitor["kind"]>([
  "balance_threshold",
  "new_balance",
  "ledger_imbalance",
  "overheld",
  "negative_balance",
]);

export function isBalanceKind(kind: string): kind is BalanceMonitor["kind"] {
  return BALANCE_KINDS.has(kind);
}

/** What Core should never let happen, and sometimes does. */
export const INTEGRITY_KINDS = [
  "double_refund",
  "applied_after_rejected",
  "overheld",
  "negative_balance",
] as const satisfies (ChainMonitor | OverdrawnMonitor)["kind"][];

export type BalanceThreshold = Common & { kind: "balance_threshold"; condition: ThresholdCondition };
export type TransactionMatch = Common & { kind: "transaction_match"; condition: MatchCondition };
export type StuckTransaction = Common & { kind: "stuck_transaction"; condition: StuckCondition };
export type Rejections = Common & { kind: "rejections"; condition: RejectionsCondition };
export type Movement = Common & { kind: "movement"; condition: MovementCondition };
export type Silence = Common & { kind: "silence"; condition: { minutes: number } };
export type NewBalance = Common & { kind: "new_balance"; condition: Unconditional };
export type LedgerImbalance = Common & { kind: "ledger_imbalance"; condition: Unconditional };
type DoubleRefund = Common & { kind: "double_refund"; condition: Unconditional };
type AppliedAfterRejected = Common & { kind: "applied_after_rejected"; condition: Unconditional };
type Overheld = Common & { kind: "overheld"; condition: Unconditional };
type NegativeBalance = Common & { kind: "negative_balance"; condition: Unconditional };

/** `{}` */
type Unconditional = Record<string, never>;

type Common = {
  name: string;
  enabled: boolean;
  severity: Severity;
  select: Selection;
  schedule: Schedule | undefined;
  mute: Mute[];
  /** `quiet`: what already holds at the first evaluation opens its incident without an alert. */
  start: "alert" | "quiet";
  alert: AlertText;
};

export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

type AlertText = {
  title: string | undefined;
  description: string | undefined;
  /** The alert's status once the incident is over. */
  resolve_status: string | undefined;
};

/**
 * All that is given must be so. In a monitor of transactions `currency` and `meta_data` are the row's own, and
 * `balance_id`, `indicator`, `ledger_id` and `identity_id` are of the balance at either end.
 */
export type Selection = {
  balance_id?: string;
  indicator?: string;
  ledger_id?: string;
  identity_id?: string;
  currency?: string;
  /** By dotted path; the values are compared as text. */
  meta_data?: Record<string, string | number | boolean>;
  status?: string;
  /** A balance id, or an `@indicator`. */
  source?: string;
  destination?: string;
  description_contains?: string;
  reference_contains?: string;
  is_refund?: boolean;
  /** The effective date lies at least so many days before the row's creation. */
  backdated_days?: number;
};

export const OPERATORS = ["<", "<=", ">", ">=", "=", "!="] as const;
export type Operator = (typeof OPERATORS)[number];

export const BALANCE_FIELDS = [
  "balance",
  "credit_balance",
  "debit_balance",
  "inflight_balance",
  "inflight_credit_balance",
  "inflight_debit_balance",
  /** `balance` − `inflight_debit_balance` */
  "available",
] as const;
export type BalanceField = (typeof BALANCE_FIELDS)[number];

export type ThresholdCondition = {
  field: BalanceField;
  operator: Operator;
  per: "balance" | "total";
  /** A fixed amount, or the total of another selection plus a margin. */
  limit: FixedLimit | ComparedLimit;
  for_minutes: number;
};

export type FixedLimit = {
  type: "fixed";
  value: bigint;
  precision: bigint;
  /** On the quiet side: a firing subject is over only at or beyond it. */
  rearm: bigint | undefined;
};

export type ComparedLimit = {
  type: "compared";
  select: Selection;
  field: BalanceField;
  plus: bigint;
  /** Of `plus`; undefined when there is no margin, whose precision then does not matter. */
  precision: bigint | undefined;
};

export type MatchCondition = {
  amount: { operator: Operator; value: bigint; precision: bigint } | undefined;
};

/** How far back queued rows and holds are looked for; one stuck for longer is never seen. */
export const MAX_QUEUED_MINUTES = 7 * 24 * 60;
export const MAX_HOLD_MINUTES = 90 * 24 * 60;

/** At least one of the two. */
export type StuckCondition = { queued_minutes: number | undefined; hold_minutes: number | undefined };

type RejectionsCondition = { count: number; window_minutes: number };

export type MovementCondition = {
  direction: Direction;
  operator: Operator;
  /** An amount, or a number of rows. */
  limit: { measure: "sum"; value: bigint; precision: bigint } | { measure: "count"; value: bigint };
  window_minutes: number;
  per: "selection" | "balance" | "identity";
};

export const DIRECTIONS = ["in", "out", "both", "net"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

/** Minutes from midnight by the wall clock: from `from` up to, not including, `to`, over midnight when `from > to`. */
type Hours = { from: number; to: number };

/** Undefined hours: the whole day. Hours over midnight belong to the day they begin on. */
export type Window = { days: Day[]; hours: Hours | undefined; time_zone: string };

/**
 * When a monitor is evaluated: inside the hours, or once a day at the minute `at`. Silence counts only minutes inside
 * the hours, whenever it is evaluated.
 */
export type Schedule = Window & { at: number | undefined };

/** While muted a monitor is evaluated, but raises nothing before the end. */
export type Mute = { type: "until"; until: number } | ({ type: "window" } & Window);
