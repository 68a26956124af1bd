import { existsSync } from "node:fs";

import { openReader, openWriter, truncateWal } from "./connection.server.ts";
import { type Database, databaseFile } from "./database.server.ts";
import { lockDatabase } from "./lock.server.ts";
import { findMigrationState } from "./migrate.server.ts";
import { WriteQueue } from "./write-queue.server.ts";

export type BesideDatabase = Database & {
  /** Whether a server has the file. Where none has, none can start until this is closed. */
  serverRuns: boolean;
  truncateWal(): boolean;
  close(): Promise<void>;
};

/**
 * Opens an existing database for a command that works beside a running server, in units of work as short as its own.
 *
 * @throws when there is none, or its schema is not this version's.
 */
export async function openBesideServer(url: string): Promise<BesideDatabase> {
  const file = databaseFile(url);
  if (!existsSync(file)) throw new Error(`There is no database at ${file}. DATABASE_URL names it.`);
  const lock = lockIfFree(file);
  const writer = openWriter(file);
  const queue = new WriteQueue(writer);
  const read = openReader(file);
  const close = async () => {
    await queue.close();
    await read.destroy();
    lock?.release();
  };
  if ((await findMigrationState(read)) !== "current") {
    await close();
    throw new Error(
      "This database is of another version. Start the server of this version once, then try again.",
    );
  }
  return { read, write: queue.write, serverRuns: !lock, truncateWal: () => truncateWal(writer), close };
}

function lockIfFree(file: string): ReturnType<typeof lockDatabase> | undefined {
  try {
    return lockDatabase(file);
  } catch {
    return undefined;
  }
}
