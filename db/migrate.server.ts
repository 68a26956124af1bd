import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";

import * as platform from "./migrations/001-platform.server.ts";
import * as monitors from "./migrations/002-monitors.server.ts";
import * as settings from "./migrations/003-settings.server.ts";
import * as actions from "./migrations/004-actions.server.ts";
import * as portal from "./migrations/005-portal.server.ts";
import type { Schema } from "./schema.ts";

/** In order, and frozen: a migration that has been released is never edited, and imports nothing of the live code. */
const MIGRATIONS: Record<string, Migration> = {
  "001-platform": platform,
  "002-monitors": monitors,
  "003-settings": settings,
  "004-actions": actions,
  "005-portal": portal,
};

/** Brings the database to this version's schema, all in one transaction or not at all. */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error instanceof Error && error.message.startsWith("corrupted migrations")) {
    throw new Error(
      "This database was written by a newer version. Run that version, or restore a backup made before it.",
      {
        cause: error,
      },
    );
  }
  if (error) throw error;
}
