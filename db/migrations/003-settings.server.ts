import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`create table currency_decimals (
      installed_app_id text not null references installs (installed_app_id),
      currency text not null,
      decimals integer not null check (decimals between 0 and 18),
      primary key (installed_app_id, currency)
    ) strict, without rowid`)
    .execute(db);
}
