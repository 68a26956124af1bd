import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table monitors (
    id text primary key,
    installed_app_id text not null references installs (installed_app_id),
    name text not null,
    kind text not null,
    definition text not null,
    revision integer not null,
    watching_since integer not null,
    backfilled integer not null,
    evaluated_at integer,
    problem text,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
  ) strict`,
  `create index monitors_by_install on monitors (installed_app_id, deleted_at)`,
  `create index monitors_deleted on monitors (deleted_at) where deleted_at is not null`,

  `create table monitor_states (
    monitor_id text not null references monitors (id) on delete cascade,
    subject text not null,
    state text not null check (state in ('ok', 'firing', 'unknown')),
    entity text,
    value text,
    compared_to text,
    reason text,
    evaluated_at integer not null,
    holds_since integer,
    same_reads integer not null,
    incident_id text,
    incident_muted integer not null,
    primary key (monitor_id, subject)
  ) strict, without rowid`,

  `create table evaluations (
    id integer primary key,
    monitor_id text not null references monitors (id) on delete cascade,
    subject text not null,
    at integer not null,
    state text not null check (state in ('ok', 'firing', 'unknown')),
    value text,
    reason text
  ) strict`,
  `create index evaluations_by_subject on evaluations (monitor_id, subject, at)`,
  `create index evaluations_by_monitor on evaluations (monitor_id)`,
  `create index evaluations_by_time on evaluations (at)`,

  `create table incidents (
    id text primary key,
    installed_app_id text not null references installs (installed_app_id),
    monitor_id text not null references monitors (id),
    subject text not null,
    entity text,
    announcement text not null check (announcement in ('alert', 'already_true', 'quiet', 'muted')),
    is_event integer not null,
    value text,
    compared_to text,
    opened_at integer not null,
    closed_at integer,
    close_reason text check (close_reason in ('recovered', 'gone', 'edited', 'deleted', 'event')),
    delivery text not null check (delivery in ('waiting', 'muted', 'planned', 'capped', 'none')),
    alert_id text
  ) strict`,
  `create unique index incidents_open on incidents (monitor_id, subject) where closed_at is null`,
  // An event is one for ever: what a crash left half done is not counted again.
  `create unique index incidents_events on incidents (monitor_id, subject) where is_event = 1`,
  `create index incidents_by_monitor on incidents (monitor_id, opened_at)`,
  `create index incidents_by_install on incidents (installed_app_id, opened_at)`,
  `create index incidents_undelivered on incidents (installed_app_id, monitor_id) where delivery = 'waiting'`,
  `create index incidents_by_alert on incidents (alert_id) where alert_id is not null`,
  `create index incidents_by_time on incidents (opened_at)`,

  `create table alert_deliveries (
    id text primary key,
    installed_app_id text not null references installs (installed_app_id),
    monitor_id text not null references monitors (id),
    entity_id text not null,
    scope text not null check (scope in ('incident', 'shared', 'cap')),
    title text not null,
    description text not null,
    state text not null check (state in ('pending', 'sending', 'delivered', 'parked', 'dropped')),
    attempts integer not null,
    due_at integer not null,
    sent_at integer,
    may_be_doubled integer not null,
    error text,
    anomaly_id text,
    status_seen text,
    resolution text not null check (resolution in ('none', 'due', 'done', 'left')),
    resolve_status text,
    created_at integer not null,
    delivered_at integer
  ) strict`,
  `create index alert_deliveries_open on alert_deliveries (installed_app_id, due_at) where state in ('pending', 'sending')`,
  `create index alert_deliveries_resolution on alert_deliveries (installed_app_id, due_at) where resolution = 'due'`,
  `create index alert_deliveries_by_install on alert_deliveries (installed_app_id, created_at)`,
  `create index alert_deliveries_by_monitor on alert_deliveries (monitor_id, created_at)`,
  `create index alert_deliveries_by_time on alert_deliveries (created_at)`,

  `create table delivery_attempts (
    id integer primary key,
    installed_app_id text not null references installs (installed_app_id),
    channel text not null check (channel in ('alert', 'status', 'webhook')),
    delivery_id text not null,
    at integer not null,
    outcome text not null
  ) strict`,
  `create index delivery_attempts_by_delivery on delivery_attempts (delivery_id, at)`,
  `create index delivery_attempts_by_install on delivery_attempts (installed_app_id, channel, at)`,
  `create index delivery_attempts_by_time on delivery_attempts (at)`,

  `create table webhooks (
    installed_app_id text primary key references installs (installed_app_id),
    format text not null check (format in ('standard', 'slack')),
    host text not null,
    url_box text not null,
    secret_box text not null,
    created_at integer not null
  ) strict`,

  `create table webhook_messages (
    id text primary key,
    installed_app_id text not null references installs (installed_app_id),
    event text not null,
    content text,
    state text not null check (state in ('pending', 'delivered', 'parked', 'dropped')),
    attempts integer not null,
    due_at integer not null,
    error text,
    created_at integer not null,
    finished_at integer
  ) strict`,
  `create index webhook_messages_pending on webhook_messages (installed_app_id, due_at) where state = 'pending'`,
  `create index webhook_messages_by_install on webhook_messages (installed_app_id, created_at)`,
  `create index webhook_messages_by_time on webhook_messages (created_at)`,

  `create table watches (
    installed_app_id text primary key references installs (installed_app_id),
    rows_until integer,
    balances integer,
    completed_at integer,
    notified_trouble text
  ) strict`,

  `create table seen_rows (
    installed_app_id text not null references installs (installed_app_id),
    transaction_id text not null,
    chain_id text not null,
    created_at integer not null,
    primary key (installed_app_id, transaction_id)
  ) strict, without rowid`,
  `create index seen_rows_by_time on seen_rows (installed_app_id, created_at)`,

  `create table open_chains (
    installed_app_id text not null references installs (installed_app_id),
    chain_id text not null,
    opened_at integer not null,
    content text not null,
    primary key (installed_app_id, chain_id)
  ) strict, without rowid`,

  `create table window_entries (
    monitor_id text not null references monitors (id) on delete cascade,
    subject text not null,
    transaction_id text not null,
    at integer not null,
    flow text not null check (flow in ('in', 'out')),
    amount text,
    precision text,
    currency text,
    primary key (monitor_id, subject, transaction_id)
  ) strict, without rowid`,
  `create index window_entries_by_time on window_entries (monitor_id, at)`,
];
