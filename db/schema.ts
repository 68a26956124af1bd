import type { Generated } from "kysely";

/** Every table as it is stored. What each holds, whether sealed and for how long: docs/storage.md. Times are epoch ms. */
export interface Schema {
  installs: InstallRow;
  install_keys: InstallKeyRow;
  received_events: ReceivedEventRow;
  launches: LaunchRow;
  sessions: SessionRow;
  hand_over_codes: HandOverCodeRow;
  jobs: JobRow;
  activity: ActivityRow;
  monitors: MonitorRow;
  monitor_states: MonitorStateRow;
  evaluations: EvaluationRow;
  incidents: IncidentRow;
  event_counts: EventCountRow;
  alert_deliveries: AlertDeliveryRow;
  delivery_attempts: DeliveryAttemptRow;
  webhooks: WebhookRow;
  webhook_messages: WebhookMessageRow;
  watches: WatchRow;
  seen_rows: SeenRowRow;
  open_chains: OpenChainRow;
  windows: WindowsTable;
  window_rows: WindowRowRow;
  window_totals: WindowTotalRow;
  heartbeat: { id: number; beat_at: number };
  currency_decimals: CurrencyDecimalsRow;
  launch_displays: LaunchDisplayRow;
  flags: FlagRow;
  actions: ActionRow;
  action_limits: ActionLimitRow;
  operator_sessions: OperatorSessionRow;
  operator_actions: OperatorActionRow;
  server_keys: ServerKeyRow;
  backups: BackupRow;
}

export interface InstallRow {
  installed_app_id: string;
  app_id: string;
  instance_id: string;
  organization_id: string | null;
  state: "active" | "inactive";
  /** Rises with every change of key, permissions or state; whatever ran under an older one is void. */
  generation: number;
  /** JSON array of the scopes as Blnk sent them; unknown ones are kept and grant nothing. */
  granted_permissions: string;
  key_state: "unverified" | "working" | "rejected";
  key_state_at: number;
  installed_at: number;
  updated_at: number;
  uninstalled_at: number | null;
}

/** Each key that an install ever had applied: its fingerprint for ever, its box until it is destroyed. */
export interface InstallKeyRow {
  installed_app_id: string;
  generation: number;
  key_fingerprint: string;
  key_prefix: string;
  granted_permissions: string;
  event_id: number;
  box: string | null;
  applied_at: number;
  /** When the key first read data of its own instance; null: never. */
  proven_at: number | null;
}

export interface ReceivedEventRow {
  id: Generated<number>;
  idempotency_key: string;
  fingerprint: string;
  kind: "install" | "uninstall";
  installed_app_id: string;
  app_id: string;
  instance_id: string;
  outcome: "applied" | "duplicate" | "ignored" | "refused" | "superseded";
  reason: string | null;
  deliveries: number;
  first_received_at: number;
  last_received_at: number;
  source_address: string;
  secret_index: number;
}

export interface LaunchRow {
  launch_id: string;
  installed_app_id: string;
  generation: number;
  token_hash: string;
  user_id: string | null;
  created_at: number;
  expires_at: number;
  ended_at: number | null;
  redemptions: number;
  source_address: string;
  secret_index: number;
}

export interface SessionRow {
  token_hash: string;
  launch_id: string;
  created_at: number;
  source_address: string;
}

export interface HandOverCodeRow {
  code_hash: string;
  launch_id: string;
  expires_at: number;
  used_at: number | null;
}

export interface JobRow {
  id: Generated<number>;
  kind: string;
  installed_app_id: string | null;
  generation: number | null;
  payload: string;
  /** Set while the job is queued or running, and unique: one open job per key. */
  open_key: string | null;
  /** The same of a parked job, for when it is tried again. */
  parked_key: string | null;
  state: "queued" | "running" | "finished" | "parked" | "cancelled";
  due_at: number;
  attempts: number;
  lease_until: number | null;
  last_error: string | null;
  created_at: number;
  finished_at: number | null;
}

export interface ActivityRow {
  id: Generated<number>;
  installed_app_id: string;
  at: number;
  launch_id: string | null;
  user_id: string | null;
  action: string;
  target: string | null;
  result: string;
}

export interface MonitorRow {
  id: string;
  installed_app_id: string;
  name: string;
  kind: string;
  /** JSON in the shape of the export. */
  definition: string;
  /** Rises with every change; what was evaluated under an older one is void. */
  revision: number;
  /** What happened before never alerts: its creation, the last change of selection or condition, or its resumption. */
  watching_since: number;
  /** 1 once its window was filled from the transactions that were there before. */
  backfilled: number;
  /** The last evaluation that could be made. */
  evaluated_at: number | null;
  /** Why the last evaluation as a whole was not possible; one that is paused or outside its hours has no problem. */
  problem: string | null;
  /** The first of the evaluations in a row that were not possible. */
  problem_since: number | null;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

/** A subject that is more than plainly ok, or that is shown with its last value; every other subject of a selection is ok. */
export interface MonitorStateRow {
  monitor_id: string;
  subject: string;
  state: "ok" | "firing" | "unknown";
  entity: string | null;
  /** As shown: a decimal in major units, a count, or minutes. */
  value: string | null;
  compared_to: string | null;
  reason: string | null;
  evaluated_at: number;
  holds_since: number | null;
  same_reads: number;
  incident_id: string | null;
  incident_muted: number;
}

export interface EvaluationRow {
  id: Generated<number>;
  monitor_id: string;
  subject: string;
  at: number;
  state: "ok" | "firing" | "unknown";
  value: string | null;
  reason: string | null;
}

export interface IncidentRow {
  id: string;
  installed_app_id: string;
  monitor_id: string;
  subject: string;
  /** The balance, transaction or identity that the alert flags. */
  entity: string | null;
  announcement: "alert" | "already_true" | "quiet" | "muted";
  /** 1 for what happened at one moment: it is over as it began, and there is one of it for ever. */
  is_event: number;
  value: string | null;
  compared_to: string | null;
  opened_at: number;
  closed_at: number | null;
  close_reason: "recovered" | "gone" | "edited" | "deleted" | "event" | null;
  /** `waiting`: not yet part of an alert; `muted`: until the mute ends; `planned`: `alert_id` tells the rest; `capped`: over the day's limit. */
  delivery: "waiting" | "muted" | "planned" | "capped" | "none";
  alert_id: string | null;
  /** For the one that says that a day's others are not recorded: about how many there are. */
  unrecorded: number | null;
}

/** Events of a monitor's last day over the limit, counted without their ids. */
export interface EventCountRow {
  monitor_id: string;
  /** UTC, as 2026-11-24. */
  day: string;
  counted: Buffer;
}

/** One alert, asked for before it is raised. Its id is that of its first incident, and the marker in its description. */
export interface AlertDeliveryRow {
  id: string;
  installed_app_id: string;
  monitor_id: string;
  entity_id: string;
  scope: "incident" | "shared" | "cap";
  title: string;
  description: string;
  /** `sending`: the call was begun and its outcome is not known. */
  state: "pending" | "sending" | "delivered" | "parked" | "dropped";
  attempts: number;
  due_at: number;
  sent_at: number | null;
  may_be_doubled: number;
  error: string | null;
  anomaly_id: string | null;
  /** The alert's status when it was last seen; on recovery any other one is left alone. */
  status_seen: string | null;
  resolution: "none" | "due" | "done" | "left";
  resolve_status: string | null;
  created_at: number;
  delivered_at: number | null;
}

/** What became of each call, without its content. */
export interface DeliveryAttemptRow {
  id: Generated<number>;
  installed_app_id: string;
  channel: "alert" | "status" | "webhook";
  delivery_id: string;
  at: number;
  outcome: string;
}

export interface WebhookRow {
  installed_app_id: string;
  format: "standard" | "slack";
  host: string;
  url_box: string;
  secret_box: string;
  created_at: number;
}

export interface WebhookMessageRow {
  id: string;
  installed_app_id: string;
  event: string;
  /** JSON until it is delivered or given up, then null. */
  content: string | null;
  state: "pending" | "delivered" | "parked" | "dropped";
  attempts: number;
  due_at: number;
  error: string | null;
  created_at: number;
  finished_at: number | null;
}

/** How far the monitors of an install have read. */
export interface WatchRow {
  installed_app_id: string;
  /** Every transaction created until then was read, but for those that arrive late. */
  rows_until: number | null;
  /** How many balances there were; decides whether one scan of all is cheaper than asking for some. */
  balances: number | null;
  completed_at: number | null;
  /** Which trouble the webhook was last told of, so that it is told once. */
  notified_trouble: "key_rejected" | "not_evaluated" | null;
}

/** A transaction row that the next read will bring again: the two overlap. */
export interface SeenRowRow {
  installed_app_id: string;
  transaction_id: string;
  chain_id: string;
  created_at: number;
}

/** A chain that waits for an outcome (queued, scheduled, or a hold with a remainder), with all its rows as JSON. */
export interface OpenChainRow {
  installed_app_id: string;
  chain_id: string;
  opened_at: number;
  content: string;
  /** The balances at the ends of its rows, as JSON; those that no monitor asked for are missing. */
  ends: string;
}

/** A monitor's window: rows from its edge on are in its totals. The key is never used again. */
export interface WindowsTable {
  key: Generated<number>;
  monitor_id: string;
  edge: number;
}

/** A row that counts in windows; amounts are decimal integers, which may exceed SQLite's. */
export interface WindowRowRow {
  installed_app_id: string;
  transaction_id: string;
  at: number;
  amount: string | null;
  precision: string | null;
  currency: string | null;
  /** JSON: by subject and flow, the keys of the windows. */
  marks: string;
}

/** What a window has of one subject; sums by currency and precision, as JSON. */
export interface WindowTotalRow {
  monitor_id: string;
  subject: string;
  sums: string;
  newest_at: number | null;
  newest_id: string | null;
  crossing_id: string | null;
}

/** How many decimals an install assumes for a currency, where it does not go by ISO 4217. */
export interface CurrencyDecimalsRow {
  installed_app_id: string;
  currency: string;
  decimals: number;
}

/** How a launch shows times and colours; gone with it. */
export interface LaunchDisplayRow {
  launch_id: string;
  time_zone: string;
  theme: "auto" | "dark" | "light";
}

/** An alert raised by hand, so that its form raises one however often it is sent; gone with its launch. */
export interface FlagRow {
  form_key: string;
  launch_id: string;
  entity_id: string;
  /** `unknown`: the answer was lost, and the list could not be read to see. */
  state: "sending" | "raised" | "not_raised" | "unknown";
  anomaly_id: string | null;
  /** Why it was not raised, fit for people. */
  problem: string | null;
}

/** A change of money that somebody asked for here; stored before anything is sent. */
export interface ActionRow {
  /** The key of the form that asked for it. */
  id: string;
  installed_app_id: string;
  launch_id: string;
  user_id: string | null;
  kind: "commit" | "void" | "refund" | "adjustment";
  /** The hold that is committed or voided, or the transaction that is refunded. */
  target_id: string | null;
  /** What no second action of the instance may be under way for: a hold, a refunded chain's first row, an adjustment's pair and amount. */
  lock_id: string | null;
  /** Balance ids, as the money moves. */
  source: string;
  destination: string;
  /** Minor units, which may exceed SQLite's integers, and how many make a major one. */
  amount: string;
  precision: string;
  currency: string;
  reason: string;
  /** By which its row is found again; commits and voids have none. */
  reference: string | null;
  /** JSON array: the rows that the hold, or the refunded chain, already had right before the call. */
  children_before: string | null;
  /** `prepared`: not confirmed by the person yet; `under_way`: it may have reached Blnk. */
  state: "prepared" | "under_way" | "applied" | "rejected" | "not_recorded";
  /** Its row in the ledger; while it is under way, the queued one. */
  result_id: string | null;
  /** Why it was rejected, fit for people; of an applied one, how it is not as it was asked for. */
  problem: string | null;
  /** 1 once the reason is in the ledger. */
  noted: number;
  created_at: number;
  started_at: number | null;
  sent_at: number | null;
  settled_at: number | null;
}

/** What may be moved here in an instance, set by the operator: decimals in major units; null is no limit. */
export interface ActionLimitRow {
  instance_id: string;
  currency: string;
  per_action: string | null;
  per_day: string | null;
}

/** The keys of ENCRYPTION_KEYS that the server held when it last started; 0 is the one that seals. */
export interface ServerKeyRow {
  key_id: string;
  place: number;
}

/** A scheduled snapshot that is kept on this machine, or was when it was uploaded. */
export interface BackupRow {
  name: string;
  taken_at: number;
  bytes: number;
  sha256: string;
  /** When its copy in the S3 bucket was complete. */
  uploaded_at: number | null;
}

/** One log-in at /ops. */
export interface OperatorSessionRow {
  token_hash: string;
  /** Which password it was opened with: SHA-256 of OPERATOR_PASSWORD_HASH. */
  password_mark: string;
  created_at: number;
  seen_at: number;
  source_address: string;
}

/** What the operator did; never changed. */
export interface OperatorActionRow {
  id: Generated<number>;
  at: number;
  action: string;
  target: string | null;
  result: string;
  source_address: string;
}
