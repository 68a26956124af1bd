import { existsSync } from "node:fs";
import { join } from "node:path";

import SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { expect, test } from "vitest";

import { openDatabase } from "#db/database.server.ts";
import * as platform from "#db/migrations/001-platform.server.ts";
import { takeSnapshot, verifySnapshot } from "#db/snapshot.server.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

/** A database as the first version left it. */
async function anOlderDatabase() {
  const file = join(temporaryDirectory(), "tidemark.db");
  const raw = new SqliteDatabase(file);
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: raw }) });
  const provider = { getMigrations: () => Promise.resolve({ "001-platform": platform }) };
  await new Migrator({ db, provider }).migrateToLatest();
  raw.exec(
    "insert into jobs (kind, payload, state, due_at, attempts, created_at) values ('kept', '{}', 'queued', 0, 0, 0)",
  );
  await db.destroy();
  return file;
}

test("before a migration there is a verified snapshot of what was there", async () => {
  const file = await anOlderDatabase();
  const db = await openDatabase(`file:${file}`, { now: 1 });
  expect(await db.read.selectFrom("server_keys").selectAll().execute()).toEqual([]);
  await db.close();
  const snapshot = new SqliteDatabase(`${file}.before-migration`, { readonly: true });
  expect(snapshot.prepare("select kind from jobs").all()).toEqual([{ kind: "kept" }]);
  expect(snapshot.prepare("select name from sqlite_master where name = 'server_keys'").all()).toEqual([]);
  snapshot.close();
});

test("a database that cannot be copied whole is not migrated", async () => {
  const file = await anOlderDatabase();
  const raw = new SqliteDatabase(file);
  raw.pragma("foreign_keys = OFF");
  raw.exec("insert into hand_over_codes values ('x', 'of no launch', 0, null)");
  raw.close();
  await expect(openDatabase(`file:${file}`, { now: 1 })).rejects.toThrow("cannot be used");
  const after = new SqliteDatabase(file, { readonly: true });
  expect(after.prepare("select name from sqlite_master where name = 'server_keys'").all()).toEqual([]);
  after.close();
});

test("neither a new database nor one of this version is copied", async () => {
  const file = join(temporaryDirectory(), "tidemark.db");
  for (let start = 0; start < 2; start += 1) await (await openDatabase(`file:${file}`, { now: 1 })).close();
  expect(existsSync(`${file}.before-migration`)).toBe(false);
});

test("a snapshot ends although somebody writes all the while, and holds one moment of it", async () => {
  const directory = temporaryDirectory();
  const file = join(directory, "tidemark.db");
  const db = await openDatabase(`file:${file}`, { now: 1 });
  const filler = "x".repeat(2000);
  const enqueue = (kind: string) =>
    db.write((tx) =>
      tx
        .insertInto("jobs")
        .values(
          Array.from({ length: 50 }, () => ({
            kind,
            installed_app_id: null,
            generation: null,
            payload: filler,
            open_key: null,
            state: "queued" as const,
            due_at: 0,
            attempts: 0,
            lease_until: null,
            last_error: null,
            created_at: 0,
            finished_at: null,
            parked_key: null,
          })),
        )
        .execute(),
    );
  for (let batch = 0; batch < 200; batch += 1) await enqueue("before");
  const copied = new AbortController();
  const writing = (async () => {
    while (!copied.signal.aborted) await enqueue("meanwhile");
  })();
  let steps = 0;
  await takeSnapshot(file, join(directory, "copy.db"), () => void (steps += 1));
  copied.abort();
  await writing;
  await db.close();
  expect(steps).toBeGreaterThan(3);
  await verifySnapshot(join(directory, "copy.db"));
  const copy = new SqliteDatabase(join(directory, "copy.db"), { readonly: true });
  const count = (kind: string) =>
    (copy.prepare("select count(*) as n from jobs where kind = ?").get(kind) as { n: number }).n;
  expect(count("before")).toBe(10_000);
  expect(count("meanwhile") % 50).toBe(0);
  copy.close();
}, 60_000);
