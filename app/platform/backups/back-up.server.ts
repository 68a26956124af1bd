import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { Clock } from "#app/platform/clock.ts";
import type { JobHandler } from "#app/platform/jobs/worker.server.ts";
import type { Log } from "#app/platform/http/log.server.ts";
import type { Database } from "#db/database.server.ts";
import type { BackupRow } from "#db/schema.ts";

import { backupName, checksumFile, hashFile, isBackupName, writeBackup } from "./backup-file.server.ts";
import type { Bucket } from "./bucket.server.ts";

const RETRY_MS = 15 * 60_000;

export type Backups = {
  db: Database;
  clock: Clock;
  log: Pick<Log, "info" | "error">;
  /** The database's file; its backups are in a folder beside it. */
  databaseFile: string;
  /** 0: no backups. */
  intervalMs: number;
  kept: number;
  bucket: Bucket | undefined;
};

/**
 * The scheduled backup: a snapshot beside the database, its copy in the bucket, and then the oldest of each go. What
 * fails is tried again after a quarter of an hour, for ever.
 */
export function createBackups(app: Backups): JobHandler {
  return async (_job, { signal }) => {
    const { clock, log } = app;
    if (app.intervalMs === 0) return undefined;
    try {
      const backup = (await findFreshBackup(app)) ?? (await takeBackup(app, signal));
      if (app.bucket && backup.uploaded_at === null) await upload(app, app.bucket, backup, signal);
      await removeOldest(app, signal);
      return { due_at: backup.taken_at + app.intervalMs, payload: {} };
    } catch (err) {
      signal.throwIfAborted();
      log.error({ event: "backup_failed", err }, "a scheduled backup failed; trying again");
      return { due_at: clock.now() + RETRY_MS, payload: {} };
    }
  };
}

/** The newest first. */
export async function listBackups({ read }: Pick<Database, "read">): Promise<BackupRow[]> {
  return await read.selectFrom("backups").selectAll().orderBy("taken_at", "desc").execute();
}

function backupFolder(databaseFile: string): string {
  return join(dirname(databaseFile), "backups");
}

/** One that a restart or a failed upload left behind need not be taken again. */
async function findFreshBackup({ db, clock, intervalMs }: Backups): Promise<BackupRow | undefined> {
  const [newest] = await listBackups(db);
  return newest && newest.taken_at > clock.now() - intervalMs ? newest : undefined;
}

async function takeBackup(app: Backups, signal: AbortSignal): Promise<BackupRow> {
  const taken_at = app.clock.now();
  const name = backupName(taken_at);
  const folder = backupFolder(app.databaseFile);
  await mkdir(folder, { recursive: true });
  const { bytes, sha256 } = await writeBackup(app.databaseFile, join(folder, name), () =>
    signal.throwIfAborted(),
  );
  const row = { name, taken_at, bytes, sha256, uploaded_at: null };
  await app.db.write((tx) =>
    tx
      .insertInto("backups")
      .values(row)
      .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
      .execute(),
  );
  app.log.info({ event: "backup_taken", name, bytes }, "took a scheduled backup");
  return row;
}

async function upload(
  { db, clock, log, databaseFile }: Backups,
  bucket: Bucket,
  { name, sha256 }: BackupRow,
  signal: AbortSignal,
) {
  const file = join(backupFolder(databaseFile), name);
  await bucket.put(name, file, sha256, signal);
  await bucket.put(checksumFile(name), checksumFile(file), await hashFile(checksumFile(file)), signal);
  await db.write((tx) =>
    tx.updateTable("backups").set({ uploaded_at: clock.now() }).where("name", "=", name).execute(),
  );
  log.info({ event: "backup_uploaded", name }, "copied a backup to the bucket");
}

async function removeOldest({ db, databaseFile, kept, bucket }: Backups, signal: AbortSignal): Promise<void> {
  const folder = backupFolder(databaseFile);
  for (const name of surplus(await readdir(folder), kept)) {
    await rm(join(folder, name), { force: true });
    await rm(checksumFile(join(folder, name)), { force: true });
    await db.write((tx) => tx.deleteFrom("backups").where("name", "=", name).execute());
  }
  for (const name of bucket ? surplus(await bucket.list(signal), kept) : []) {
    await bucket!.remove(name, signal);
    await bucket!.remove(checksumFile(name), signal);
  }
}

/** All but the newest so many; what is not a backup of ours is left alone. */
function surplus(names: string[], kept: number): string[] {
  return names.filter(isBackupName).sort().slice(0, -kept);
}
