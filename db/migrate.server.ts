import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";

import * as platform from "#db/migrations/001-platform.server.ts";
import * as monitors from "#db/migrations/002-monitors.server.ts";
import * as settings from "#db/migrations/003-settings.server.ts";
import * as actions from "#db/migrations/004-actions.server.ts";
import * as portal from "#db/migrations/005-portal.server.ts";
import * as ops from "#db/migrations/006-ops.server.ts";
import * as operations from "#db/migrations/007-operations.server.ts";
import * as chainEnds from "#db/migrations/008-chain-ends.server.ts";
import * as problemSince from "#db/migrations/009-problem-since.server.ts";
import * as eventCounts from "#db/migrations/010-event-counts.server.ts";
import * as keyProofs from "#db/migrations/011-key-proofs.server.ts";
import * as windowTotals from "#db/migrations/012-window-totals.server.ts";
import type { Schema } from "./schema.ts";

/** In order, and frozen: a migration that has been released is never edited, and imports nothing of the live code. */
const MIGRATIONS: Record<string, Migration> = {
  "001-platform": platform,
  "002-monitors": monitors,
  "003-settings": settings,
  "004-actions": actions,
  "005-portal": portal,
  "006-ops": ops,
  "007-operations": operations,
  "008-chain-ends": chainEnds,
  "009-problem-since": problemSince,
  "010-event-counts": eventCounts,
  "011-key-proofs": keyProofs,
  "012-window-totals": windowTotals,
};

/** What a file's schema is to this version. */
export type MigrationState = "empty" | "older" | "current" | "newer";

export async function findMigrationState(db: Kysely<Schema>): Promise<MigrationState> {
  const { rows: tables } = await sql`select 1 from sqlite_master where name = 'kysely_migration'`.execute(db);
  if (tables.length === 0) return "empty";
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  if (rows.some(({ name }) => !(name in MIGRATIONS))) return "newer";
  return rows.length < Object.keys(MIGRATIONS).length ? "older" : "current";
}

/** Brings the database to this version's schema, all in one transaction or not at all. */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  if ((await findMigrationState(db)) === "newer") {
    throw new Error(
      "This database was written by a newer version. Run that version, or restore a backup made before it.",
    );
  }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
