import { existsSync, renameSync, rmSync } from "node:fs";

import SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";

import { findMigrationState } from "./migrate.server.ts";
import type { Schema } from "./schema.ts";

// About 4 MB a step: between two steps the server answers what has come in.
const PAGES_A_STEP = 1000;

/**
 * Copies a database as it is at this moment, beside whoever writes to it. The copy appears under its name only once it
 * is whole. `onProgress` is told the pages that are done, and all of them.
 */
export async function takeSnapshot(
  file: string,
  target: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<void> {
  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  const source = new SqliteDatabase(file, { readonly: true, timeout: 5000 });
  try {
    // One read transaction for all steps: without it every commit of the server would start the copy anew.
    source.exec("begin");
    source.prepare("select count(*) from sqlite_master").get();
    const { totalPages } = await source.backup(partial, {
      progress({ totalPages, remainingPages }) {
        onProgress(totalPages - remainingPages, totalPages);
        return PAGES_A_STEP;
      },
    });
    onProgress(totalPages, totalPages);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  } finally {
    source.close();
  }
  standAlone(partial);
  renameSync(partial, target);
}

/** A copy of a WAL database says it is one, and whoever opened it would leave files beside it. */
function standAlone(file: string): void {
  const copy = new SqliteDatabase(file);
  copy.pragma("journal_mode = DELETE");
  copy.close();
}

/** @throws in words, unless the file is a whole database of this app that this version can open. Reads all of it. */
export async function verifySnapshot(file: string): Promise<void> {
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`);
  const connection = new SqliteDatabase(file, { readonly: true });
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) });
  try {
    const problems = readAll(connection, "integrity_check").filter((problem) => problem !== "ok");
    if (problems.length > 0) throw new Error(`it is damaged (${problems.length} problems)`);
    if (readAll(connection, "foreign_key_check").length > 0)
      throw new Error("rows refer to others that are not there");
    const state = await findMigrationState(db);
    if (state === "empty") throw new Error("it is not a database of this app");
    if (state === "newer") throw new Error("it was made by a newer version");
  } catch (error) {
    throw new Error(`${file} cannot be used: ${error instanceof Error ? error.message : "unreadable"}.`, {
      cause: error,
    });
  } finally {
    await db.destroy();
  }
}

function readAll(connection: SqliteDatabase.Database, pragma: string): unknown[] {
  return (connection.pragma(pragma) as Record<string, unknown>[]).map((row) => Object.values(row)[0]);
}
