import SqliteDatabase from "better-sqlite3";

import type { TestApp } from "./start-app.ts";

/** As if another process held the file for writing: each write of the app waits five seconds and is refused. */
export async function whileLocked(app: TestApp, work: () => Promise<void>): Promise<void> {
  const other = new SqliteDatabase(app.file);
  other.exec("begin immediate");
  try {
    await work();
  } finally {
    other.exec("rollback");
    other.close();
  }
}
