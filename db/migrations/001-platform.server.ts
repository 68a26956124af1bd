import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table installs (
    installed_app_id text primary key,
    app_id text not null,
    instance_id text not null,
    organization_id text,
    state text not null check (state in ('active', 'inactive')),
    generation integer not null,
    granted_permissions text not null,
    key_state text not null check (key_state in ('unverified', 'working', 'rejected')),
    key_state_at integer not null,
    installed_at integer not null,
    updated_at integer not null,
    uninstalled_at integer
  ) strict`,
  `create index installs_by_instance on installs (app_id, instance_id, state, uninstalled_at)`,
  `create index installs_by_state on installs (state, uninstalled_at)`,

  `create table received_events (
    id integer primary key,
    idempotency_key text not null,
    fingerprint text not null,
    kind text not null check (kind in ('install', 'uninstall')),
    installed_app_id text not null,
    app_id text not null,
    instance_id text not null,
    outcome text not null check (outcome in ('applied', 'duplicate', 'ignored', 'refused', 'superseded')),
    reason text,
    deliveries integer not null,
    first_received_at integer not null,
    last_received_at integer not null,
    source_address text not null,
    secret_index integer not null,
    unique (idempotency_key, fingerprint)
  ) strict`,
  `create index received_events_by_install on received_events (installed_app_id)`,

  `create table install_keys (
    installed_app_id text not null references installs (installed_app_id),
    generation integer not null,
    key_fingerprint text not null,
    key_prefix text not null,
    granted_permissions text not null,
    event_id integer not null references received_events (id),
    box text,
    applied_at integer not null,
    primary key (installed_app_id, generation)
  ) strict, without rowid`,
  `create index install_keys_by_fingerprint on install_keys (installed_app_id, key_fingerprint)`,
  // Each upsert of an event looks for the rows that refer to it.
  `create index install_keys_by_event on install_keys (event_id)`,

  `create table launches (
    launch_id text primary key,
    installed_app_id text not null references installs (installed_app_id),
    generation integer not null,
    token_hash text not null unique,
    user_id text,
    created_at integer not null,
    expires_at integer not null,
    ended_at integer,
    redemptions integer not null,
    source_address text not null,
    secret_index integer not null
  ) strict`,
  `create index launches_by_install on launches (installed_app_id, expires_at)`,
  `create index launches_by_expiry on launches (expires_at)`,

  `create table sessions (
    token_hash text primary key,
    launch_id text not null references launches (launch_id) on delete cascade,
    created_at integer not null,
    source_address text not null
  ) strict`,
  `create index sessions_by_launch on sessions (launch_id)`,

  `create table hand_over_codes (
    code_hash text primary key,
    launch_id text not null references launches (launch_id) on delete cascade,
    expires_at integer not null,
    used_at integer
  ) strict`,
  `create index hand_over_codes_by_launch on hand_over_codes (launch_id)`,

  `create table jobs (
    id integer primary key,
    kind text not null,
    installed_app_id text,
    generation integer,
    payload text not null,
    open_key text unique,
    state text not null check (state in ('queued', 'running', 'finished', 'parked', 'cancelled')),
    due_at integer not null,
    attempts integer not null,
    lease_until integer,
    last_error text,
    created_at integer not null,
    finished_at integer
  ) strict`,
  // Whole, not only of one state: SQLite parses a query anew at each run to see whether a bound state is that one.
  `create index jobs_due on jobs (state, due_at)`,
  `create index jobs_leased on jobs (state, lease_until)`,
  `create index jobs_by_install on jobs (installed_app_id, state)`,
  `create index jobs_finished on jobs (finished_at) where finished_at is not null`,

  `create table activity (
    id integer primary key,
    installed_app_id text not null references installs (installed_app_id),
    at integer not null,
    launch_id text,
    user_id text,
    action text not null,
    target text,
    result text not null
  ) strict`,
  `create index activity_by_install on activity (installed_app_id, at)`,
  `create index activity_by_time on activity (at)`,

  `create table heartbeat (
    id integer primary key check (id = 1),
    beat_at integer not null
  ) strict`,
];
