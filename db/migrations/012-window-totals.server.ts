import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `drop table window_entries`,
  `create table windows (
    key integer primary key autoincrement,
    monitor_id text not null unique references monitors (id) on delete cascade,
    edge integer not null
  ) strict`,
  `create table window_rows (
    installed_app_id text not null references installs (installed_app_id),
    transaction_id text not null,
    at integer not null,
    amount text,
    precision text,
    currency text,
    marks text not null,
    primary key (installed_app_id, transaction_id)
  ) strict, without rowid`,
  `create index window_rows_by_time on window_rows (installed_app_id, at, transaction_id)`,
  `create table window_totals (
    monitor_id text not null references monitors (id) on delete cascade,
    subject text not null,
    sums text not null,
    newest_at integer,
    newest_id text,
    crossing_id text,
    primary key (monitor_id, subject)
  ) strict, without rowid`,
  // Windows are filled anew.
  `update monitors set backfilled = 0 where kind in ('rejections', 'movement', 'silence')`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
