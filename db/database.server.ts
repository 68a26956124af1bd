import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

import type { Kysely } from "kysely";

import { assertDurable, openReader, openWriter, truncateWal } from "./connection.server.ts";
import { lockDatabase } from "./lock.server.ts";
import { findMigrationState, migrate } from "./migrate.server.ts";
import type { Schema } from "./schema.ts";
import { takeSnapshot, verifySnapshot } from "./snapshot.server.ts";
import { StorageError } from "./storage-error.ts";
import { type Write, WriteQueue } from "./write-queue.server.ts";

/** What domain functions take first. */
export type Database = {
  read: Kysely<Schema>;
  write: Write;
};

export type OpenDatabase = Database & {
  /** Writes one row; throws a StorageError when the database cannot store. Also settles and checks durability at boot. */
  probeWrite(now: number): Promise<void>;
  /** Empties the write-ahead log, where a destroyed key would stay readable. False while a reader holds it. */
  truncateWal(): boolean;
  /** Bytes on disk. */
  sizes(): { database: number; wal: number };
  close(): Promise<void>;
};

/**
 * Opens, migrates and checks the database of one server.
 *
 * @param url `file:` and a path, relative to the working directory.
 * @throws in words when another process has the file, it is damaged, cannot be written, belongs to a newer version, or is
 * not durable.
 */
export async function openDatabase(url: string, options: { now: number }): Promise<OpenDatabase> {
  const file = databaseFile(url);
  try {
    return await openFile(file, options);
  } catch (error) {
    const problem = PROBLEMS.find(([codes]) => codes.test(sqliteCode(error)))?.[1];
    throw problem ? new Error(`${file} ${problem}`, { cause: error }) : error;
  }
}

const PROBLEMS = [
  [/^SQLITE_(NOTADB|CORRUPT)/, "is damaged or no database. Restore a backup; the file was left as it is."],
  [
    /^SQLITE_(READONLY|CANTOPEN|PERM)/,
    "cannot be written. Its folder and volume must be writable for this user.",
  ],
  [/^SQLITE_FULL/, "cannot grow: its volume is full."],
  [/^SQLITE_IOERR/, "cannot be written: its volume answers with errors."],
] as const;

function sqliteCode(error: unknown): string {
  const source = error instanceof StorageError ? error.cause : error;
  return source instanceof Error && "code" in source ? String(source.code) : "";
}

async function openFile(file: string, { now }: { now: number }): Promise<OpenDatabase> {
  mkdirSync(dirname(file), { recursive: true });
  const lock = lockDatabase(file);
  const writer = openWriter(file);
  const queue = new WriteQueue(writer);
  await snapshotBeforeMigration(file, queue.kysely);
  await migrate(queue.kysely);
  const read = openReader(file);

  const probeWrite = async (at: number) => {
    await queue.write((tx) =>
      tx
        .insertInto("heartbeat")
        .values({ id: 1, beat_at: at })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ beat_at: at }))
        .execute(),
    );
  };
  await probeWrite(now);
  assertDurable(writer);
  truncateWal(writer);
  return {
    read,
    write: queue.write,
    probeWrite,
    truncateWal: () => truncateWal(writer),
    sizes: () => ({ database: bytesOf(file), wal: bytesOf(`${file}-wal`) }),
    async close() {
      await queue.close();
      await read.destroy();
      lock.release();
    },
  };
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The file that a `DATABASE_URL` names. */
export function databaseFile(url: string): string {
  return resolve(url.replace(/^file:(\/\/)?/, ""));
}

/** What a migration makes of the rows is only known afterwards: the way back is a copy from before it, in place of the last. */
async function snapshotBeforeMigration(file: string, db: Kysely<Schema>): Promise<void> {
  if ((await findMigrationState(db)) !== "older") return;
  const target = `${file}.before-migration`;
  await takeSnapshot(file, target);
  await verifySnapshot(target);
}
