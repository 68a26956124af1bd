import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `alter table install_keys add column proven_at integer`,
  // A key that worked and could read had been proven by a read of its instance.
  `update install_keys set proven_at = applied_at
    where granted_permissions like '%"data:read"%' and exists (
      select 1 from installs where installs.installed_app_id = install_keys.installed_app_id
        and installs.generation = install_keys.generation and installs.key_state = 'working')`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
