import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

/**
 * Says which encryption keys this server holds, before it looks at any box: a rotation beside it then either sees them,
 * or what it sealed is seen by this boot.
 */
export async function announceServerKeys(db: Database, keys: readonly { id: string }[]): Promise<void> {
  await db.write(async (tx) => {
    await tx.deleteFrom("server_keys").execute();
    await tx
      .insertInto("server_keys")
      .values(keys.map(({ id }, place) => ({ key_id: id, place })))
      .execute();
  });
}

/** The ids that the server held when it last started, the one that seals first. */
export async function listServerKeys(handle: Tx | Database["read"]): Promise<string[]> {
  const rows = await handle.selectFrom("server_keys").select("key_id").orderBy("place").execute();
  return rows.map(({ key_id }) => key_id);
}
