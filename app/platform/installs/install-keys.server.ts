import type { Database } from "#db/database.server.ts";
import { prepareQuery } from "#db/prepared-query.server.ts";
import type { InstallKeyRow } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

/** A key whose box still exists: the current one, or one held until the current one is proven. */
export type HeldKey = InstallKeyRow & { box: string };

/** Whether this install ever had the key applied, whether its box still exists, and whether it is the current one. */
export async function findAppliedKey(
  tx: Tx,
  installedAppId: string,
  keyFingerprint: string,
  generation: number | undefined,
): Promise<{ applied: boolean; held: boolean; current: boolean }> {
  const key = { installed_app_id: installedAppId, key_fingerprint: keyFingerprint };
  const rows = await selectGenerations(tx, key);
  return {
    applied: rows.length > 0,
    held: rows.some(({ box }) => box !== null),
    current: rows.some((row) => row.generation === generation),
  };
}

type KeyIdentity = Pick<HeldKey, "installed_app_id" | "key_fingerprint">;

const selectGenerations = prepareQuery((db, key: KeyIdentity) =>
  db
    .selectFrom("install_keys")
    .select(["generation", "box", "proven_at"])
    .where("installed_app_id", "=", key.installed_app_id)
    .where("key_fingerprint", "=", key.key_fingerprint),
);

/**
 * Stores the key of a new generation. The boxes of other keys are held until this one is proven; older boxes of the
 * same key go, and what they proved counts.
 */
export async function storeKey(tx: Tx, key: Omit<HeldKey, "proven_at">): Promise<void> {
  const earlier = await selectGenerations(tx, key);
  const proven_at = earlier.find((row) => row.proven_at !== null)?.proven_at ?? null;
  await dropOlderBoxes(tx, key);
  await insertKey(tx, { ...key, proven_at });
}

/** The key of this generation has read data of its own instance. */
export async function markProven(
  tx: Tx,
  { installed_app_id, generation }: Pick<HeldKey, "installed_app_id" | "generation">,
  now: number,
): Promise<void> {
  await tx
    .updateTable("install_keys")
    .set({ proven_at: now })
    .where("installed_app_id", "=", installed_app_id)
    .where("generation", "=", generation)
    .where("proven_at", "is", null)
    .execute();
}

const dropOlderBoxes = prepareQuery((db, key: KeyIdentity) =>
  db
    .updateTable("install_keys")
    .set({ box: null, key_prefix: "" })
    .where("installed_app_id", "=", key.installed_app_id)
    .where("key_fingerprint", "=", key.key_fingerprint)
    .where("box", "is not", null),
);

const insertKey = prepareQuery((db, key: HeldKey) =>
  db.insertInto("install_keys").values({
    installed_app_id: key.installed_app_id,
    generation: key.generation,
    key_fingerprint: key.key_fingerprint,
    key_prefix: key.key_prefix,
    granted_permissions: key.granted_permissions,
    event_id: key.event_id,
    box: key.box,
    applied_at: key.applied_at,
    proven_at: key.proven_at,
  }),
);

/** Newest first, so that the first is the current one. */
export async function listHeldKeys(
  handle: Tx | Database["read"],
  installedAppId: string,
): Promise<HeldKey[]> {
  const rows = await handle
    .selectFrom("install_keys")
    .selectAll()
    .where("installed_app_id", "=", installedAppId)
    .where("box", "is not", null)
    .orderBy("generation", "desc")
    .execute();
  return rows.map((row) => ({ ...row, box: row.box! }));
}

/**
 * Destroys the boxes of an install and what was shown of its keys, but for the generations to keep. The bytes are
 * overwritten in the file at once (secure_delete); the write-ahead log keeps them until it is truncated, which the
 * caller must see to. False when there was nothing to destroy.
 */
export async function destroyKeys(
  tx: Tx,
  installedAppId: string,
  keep: readonly number[] = [],
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("install_keys")
    .set({ box: null, key_prefix: "" })
    .where("installed_app_id", "=", installedAppId)
    .where("box", "is not", null)
    .$if(keep.length > 0, (query) => query.where("generation", "not in", keep))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
