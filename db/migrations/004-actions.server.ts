import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `create table actions (
    id text primary key,
    installed_app_id text not null references installs (installed_app_id),
    launch_id text not null,
    user_id text,
    kind text not null check (kind in ('commit', 'void', 'refund', 'adjustment')),
    target_id text,
    lock_id text,
    source text not null,
    destination text not null,
    amount text not null,
    precision text not null,
    currency text not null,
    reason text not null,
    reference text,
    children_before text,
    state text not null check (state in ('prepared', 'under_way', 'applied', 'rejected', 'not_recorded')),
    result_id text,
    problem text,
    noted integer not null check (noted in (0, 1)),
    created_at integer not null,
    started_at integer,
    sent_at integer,
    settled_at integer
  ) strict, without rowid`,
  `create index actions_by_time on actions (created_at)`,
  `create index actions_prepared on actions (created_at) where state = 'prepared'`,
  `create index actions_by_install on actions (installed_app_id, started_at)`,
  `create unique index actions_under_way on actions (installed_app_id, lock_id) where state = 'under_way'`,

  `create table action_limits (
    instance_id text not null,
    currency text not null,
    per_action text,
    per_day text,
    primary key (instance_id, currency)
  ) strict, without rowid`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
