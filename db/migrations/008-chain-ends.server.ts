import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(`alter table open_chains add column ends text not null default '[]'`).execute(db);
}
