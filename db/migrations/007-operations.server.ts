import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `create table server_keys (
    key_id text primary key,
    place integer not null
  ) strict, without rowid`,
  `create table backups (
    name text primary key,
    taken_at integer not null,
    bytes integer not null,
    sha256 text not null,
    uploaded_at integer
  ) strict, without rowid`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
