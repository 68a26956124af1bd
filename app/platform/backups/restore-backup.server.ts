import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";

import { sql } from "kysely";

import type { LifecycleHooks } from "#app/platform/installs/lifecycle-hooks.ts";
import { checkSealedKeys } from "#app/platform/installs/sealed-boxes.server.ts";
import type { Sealer } from "#app/platform/installs/sealer.server.ts";
import { enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import { openWriter, truncateWal } from "#db/connection.server.ts";
import { openDatabase } from "#db/database.server.ts";
import { lockDatabase } from "#db/lock.server.ts";
import { takeSnapshot, verifySnapshot } from "#db/snapshot.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { checkChecksum } from "./backup-file.server.ts";

export type Restored = {
  installs: number;
  /** Where the database that was there before is now. */
  replaced: string | undefined;
  checksum: "matches" | "none beside the file";
};

/**
 * Puts a backup in the place of the database. It is verified, brought to this version and opened with the keys at hand
 * before anything is replaced; what was there before is kept.
 *
 * @throws in words, and changes nothing, while a server has the database or when the backup cannot be used
 */
export async function restoreBackup(
  app: { sealer: Sealer; hooks: readonly LifecycleHooks[] },
  { backup, database }: { backup: string; database: string },
  { now, onProgress }: { now: number; onProgress: (done: number, total: number) => void },
): Promise<Restored> {
  mkdirSync(dirname(database), { recursive: true });
  if (existsSync(database)) database = realpathSync(database);
  const lock = lockDatabase(database);
  // Beside the database, so that moving it into place is one rename.
  const workshop = mkdtempSync(join(dirname(database), "restoring-"));
  try {
    await verifySnapshot(backup);
    const checksum = (await checkChecksum(backup)) ? "matches" : "none beside the file";
    const copy = join(workshop, "restored.db");
    await takeSnapshot(backup, copy, onProgress);
    const installs = await prepareCopy(app, copy, now);
    giveToServer(dirname(database), [copy, `${database}.lock`]);
    return { installs, replaced: await replace(database, copy, now), checksum };
  } finally {
    rmSync(workshop, { recursive: true, force: true });
    lock.release();
  }
}

/** Of what ran when the backup was made nothing may go on as it was: it is older than what happened since. */
async function prepareCopy(
  app: { sealer: Sealer; hooks: readonly LifecycleHooks[] },
  copy: string,
  now: number,
): Promise<number> {
  const db = await openDatabase(`file:${copy}`, { now });
  try {
    await checkSealedKeys(db, app.sealer);
    const active = await db.write(async (tx) => {
      await voidGenerations(tx, now);
      for (const table of ["launches", "operator_sessions", "server_keys", "backups"] as const)
        await tx.deleteFrom(table).execute();
      for (const { onRestore } of app.hooks) await onRestore?.(tx, now);
      const installs = await tx
        .selectFrom("installs")
        .select(["installed_app_id", "generation"])
        .where("state", "=", "active")
        .execute();
      for (const install of installs) {
        await enqueueJob(tx, { kind: "prove_key", ...install, due_at: now }, now);
        for (const { onKeyVerified } of app.hooks) await onKeyVerified?.(tx, install, now);
      }
      return installs.length;
    });
    // Only the file itself is moved into place.
    if (!db.truncateWal()) throw new Error("The copy's write-ahead log could not be folded in.");
    return active;
  } finally {
    await db.close();
  }
}

async function voidGenerations(tx: Tx, now: number): Promise<void> {
  await tx
    .updateTable("installs")
    .set((eb) => ({ generation: eb("generation", "+", 1), key_state: "unverified", key_state_at: now }))
    .execute();
  // Negative in between: they are part of a primary key, and each would meet the next.
  await sql`update install_keys set generation = -(generation + 1)`.execute(tx);
  await sql`update install_keys set generation = -generation`.execute(tx);
  await tx
    .updateTable("jobs")
    .set({ state: "cancelled", open_key: null, lease_until: null, finished_at: now })
    .where("installed_app_id", "is not", null)
    .where("state", "in", ["queued", "running"])
    .execute();
}

/** A host's console is often root's, the server never: what is new belongs to whom the folder belongs. */
function giveToServer(folder: string, files: string[]): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  for (const file of files) chownSync(file, uid, gid);
}

/** At each moment the name leads to a whole database: the one before, then the restored one. */
async function replace(database: string, copy: string, now: number): Promise<string | undefined> {
  const replaced = existsSync(database)
    ? `${database}.replaced-${new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, "")}`
    : undefined;
  if (replaced !== undefined) {
    foldWal(database);
    linkSync(database, replaced);
    // Left only where it could not be folded in; it must never be taken for the restored file's.
    if (existsSync(`${database}-wal`)) renameSync(`${database}-wal`, `${replaced}-wal`);
  }
  rmSync(`${database}-shm`, { force: true });
  renameSync(copy, database);
  await using folder = await open(dirname(database));
  await folder.sync();
  return replaced;
}

/** What the old file's log still holds belongs into it; a file too damaged for that is kept as it is. */
function foldWal(database: string): void {
  try {
    const connection = openWriter(database);
    truncateWal(connection);
    connection.close();
  } catch {
    // The damaged file is what is being replaced.
  }
}
