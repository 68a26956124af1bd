import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `create table launch_displays (
    launch_id text primary key references launches (launch_id) on delete cascade,
    time_zone text not null,
    theme text not null check (theme in ('auto', 'dark', 'light'))
  ) strict, without rowid`,
  `create table flags (
    form_key text primary key,
    launch_id text not null references launches (launch_id) on delete cascade,
    entity_id text not null,
    state text not null check (state in ('sending', 'raised', 'not_raised', 'unknown')),
    anomaly_id text,
    problem text
  ) strict, without rowid`,
  `create index flags_by_launch on flags (launch_id)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
