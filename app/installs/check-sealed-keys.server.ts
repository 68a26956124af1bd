import type { Database } from "#db/database.server.ts";

import { keyIdOf, type Sealer } from "./sealer.server.ts";

/**
 * Opens one stored box of every key id, so that a missing or wrong ENCRYPTION_KEYS stops the boot by its name instead of
 * failing later, call by call.
 *
 * @throws SealError naming the key id.
 */
export async function checkSealedKeys(db: Database, sealer: Sealer): Promise<void> {
  const rows = await db.read
    .selectFrom("install_keys")
    .innerJoin("installs", "installs.installed_app_id", "install_keys.installed_app_id")
    .select(["installs.installed_app_id", "installs.app_id", "installs.instance_id", "install_keys.box"])
    .where("install_keys.box", "is not", null)
    .execute();
  const seen = new Set<string>();
  for (const { box, ...owner } of rows) {
    const keyId = keyIdOf(box!);
    if (seen.has(keyId)) continue;
    seen.add(keyId);
    sealer.open("api_key", owner, box!);
  }
}
