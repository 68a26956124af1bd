import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `create table operator_sessions (
    token_hash text primary key,
    password_mark text not null,
    created_at integer not null,
    seen_at integer not null,
    source_address text not null
  ) strict, without rowid`,

  `create table operator_actions (
    id integer primary key,
    at integer not null,
    action text not null,
    target text,
    result text not null,
    source_address text not null
  ) strict`,
  `create index operator_actions_by_time on operator_actions (at)`,

  // What the operator looks for is rare; these cost the callbacks and the jobs nothing.
  `create index received_events_in_question on received_events (id)
    where outcome in ('refused', 'superseded')`,
  `create index jobs_parked on jobs (id) where state = 'parked'`,
  `alter table jobs add column parked_key text`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
