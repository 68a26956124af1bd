import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `alter table incidents add column unrecorded integer`,
  `create table event_counts (
    monitor_id text primary key references monitors (id) on delete cascade,
    day text not null,
    counted blob not null
  ) strict, without rowid`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
