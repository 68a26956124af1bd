import { existsSync, realpathSync } from "node:fs";

import SqliteDatabase from "better-sqlite3";

/**
 * One server per file: an exclusive transaction on a tiny database beside it, which the operating system frees even
 * after kill -9 (a pid file would not). Keep the answer for as long as the lock is wanted: a collected handle gives it up.
 *
 * @throws when another process holds it.
 */
export function lockDatabase(file: string): { release(): void } {
  // Beside the file itself, whatever link it was named by: the write-ahead log is there, too.
  const lock = new SqliteDatabase(`${existsSync(file) ? realpathSync(file) : file}.lock`, { timeout: 0 });
  try {
    lock.pragma("journal_mode = DELETE");
    lock.exec("begin exclusive");
  } catch (error) {
    lock.close();
    if (!(error instanceof SqliteDatabase.SqliteError && error.code === "SQLITE_BUSY")) throw error;
    throw new Error(`${file} is in use by another server or a restore. Stop that one first.`, {
      cause: error,
    });
  }
  return { release: () => lock.close() };
}
