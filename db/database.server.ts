import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

import type { Kysely } from "kysely";

import { assertDurable, BUSY_TIMEOUT_MS, openReader, openWriter } from "./connection.server.ts";
import { lockDatabase } from "./lock.server.ts";
import { migrate } from "./migrate.server.ts";
import type { Schema } from "./schema.ts";
import { type Write, WriteQueue } from "./write-queue.server.ts";

/** What domain functions take first. */
export type Database = {
  read: Kysely<Schema>;
  write: Write;
};

export type OpenDatabase = Database & {
  /** Writes one row; throws a StorageError when the database cannot store. Also settles and checks durability at boot. */
  beat(now: number): Promise<void>;
  /** Empties the write-ahead log, where a destroyed key would stay readable. False while a reader holds it. */
  truncateWal(): boolean;
  close(): Promise<void>;
};

/**
 * Opens, migrates and checks the database of one server.
 *
 * @param url `file:` and a path, relative to the working directory.
 * @throws when another process has the file, it belongs to a newer version, or it is not durable.
 */
export async function openDatabase(url: string, { now }: { now: number }): Promise<OpenDatabase> {
  const file = resolve(url.replace(/^file:(\/\/)?/, ""));
  mkdirSync(dirname(file), { recursive: true });
  const lock = lockDatabase(file);
  const writer = openWriter(file);
  const queue = new WriteQueue(writer);
  await migrate(queue.kysely);
  const read = openReader(file);

  const beat = async (at: number) => {
    await queue.write((tx) =>
      tx
        .insertInto("heartbeat")
        .values({ id: 1, beat_at: at })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ beat_at: at }))
        .execute(),
    );
  };
  const truncateWal = () => {
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
  };

  await beat(now);
  assertDurable(writer);
  truncateWal();
  return {
    read,
    write: queue.write,
    beat,
    truncateWal,
    async close() {
      await queue.close();
      await read.destroy();
      lock.release();
    },
  };
}
