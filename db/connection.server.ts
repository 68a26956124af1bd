import SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";

import type { Schema } from "./schema.ts";

export type SqliteConnection = SqliteDatabase.Database;

/** How long a statement waits for another process (a backup, a shell) that holds the file; the event loop waits with it. */
const BUSY_TIMEOUT_MS = 5000;

/** Opens the writing connection and sets what every promise of ours rests on; `assertDurable` checks it after a write. */
export function openWriter(file: string): SqliteConnection {
  const connection = new SqliteDatabase(file, { timeout: BUSY_TIMEOUT_MS });
  connection.pragma("journal_mode = WAL");
  // better-sqlite3 is built with NORMAL for WAL, which loses acknowledged commits at a power cut.
  connection.pragma("synchronous = FULL");
  connection.pragma("foreign_keys = ON");
  // Overwrites what is deleted, so that a destroyed key is not left in a free page.
  connection.pragma("secure_delete = ON");
  return connection;
}

/** @throws unless a commit is on disk when it returns: `synchronous` is only settled by the first write. */
export function assertDurable(writer: SqliteConnection): void {
  const mode = writer.pragma("journal_mode", { simple: true });
  const synchronous = writer.pragma("synchronous", { simple: true });
  if (mode !== "wal" || synchronous !== 2) {
    throw new Error(
      `The database is not durable: journal_mode ${String(mode)}, synchronous ${String(synchronous)}.`,
    );
  }
}

/** Empties the write-ahead log, where a destroyed key would stay readable. False while somebody reads or writes. */
export function truncateWal(writer: SqliteConnection): boolean {
  // A batch is being written at this moment; SQLite would answer "table is locked".
  if (writer.inTransaction) return false;
  // A backup or a shell may be reading; waiting for it would stop the event loop.
  writer.pragma("busy_timeout = 0");
  try {
    const [result] = writer.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
    return result?.busy === 0;
  } finally {
    writer.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }
}

/** A Kysely that can only read, on a connection of its own: it sees what is committed, and never waits for a writer. */
export function openReader(file: string): Kysely<Schema> {
  const connection = new SqliteDatabase(file, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database: cacheStatements(connection) }) });
}

/** Kysely prepares a statement anew for each query; keeping them by their text is six times as fast. */
export function cacheStatements(connection: SqliteConnection) {
  const statements = new Map<string, SqliteDatabase.Statement>();
  return {
    prepare(text: string) {
      const known = statements.get(text);
      if (known) return known;
      // Texts differ only by the length of their lists; a bound keeps a strange caller from growing it for ever.
      if (statements.size >= 1000) statements.clear();
      const statement = connection.prepare(text);
      statements.set(text, statement);
      return statement;
    },
    close: () => connection.close(),
  };
}
