import type { Database } from "#db/database.server.ts";

import { keyIdOf, type Sealer, type SealOwner, type SealPurpose } from "./sealer.server.ts";

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
  const webhooks = await db.read
    .selectFrom("webhooks")
    .innerJoin("installs", "installs.installed_app_id", "webhooks.installed_app_id")
    .select(["installs.installed_app_id", "installs.app_id", "installs.instance_id", "webhooks.secret_box"])
    .execute();
  const seen = new Set<string>();
  const check = (purpose: SealPurpose, owner: SealOwner, box: string) => {
    const keyId = keyIdOf(box);
    if (seen.has(keyId)) return;
    seen.add(keyId);
    sealer.open(purpose, owner, box);
  };
  for (const { box, ...owner } of rows) check("api_key", owner, box!);
  for (const { secret_box, ...owner } of webhooks) check("webhook_secret", owner, secret_box);
}
