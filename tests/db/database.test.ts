import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import SqliteDatabase from "better-sqlite3";
import { type Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { expect, onTestFinished, test } from "vitest";

import { assertDurable, openWriter } from "#db/connection.server.ts";
import { openDatabase } from "#db/database.server.ts";
import { lockDatabase } from "#db/lock.server.ts";
import type { Schema } from "#db/schema.ts";
import { WriteQueue } from "#db/write-queue.server.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

async function open(file = join(temporaryDirectory(), "tidemark.db")) {
  const db = await openDatabase(`file:${file}`, { now: 1 });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= db.close());
  onTestFinished(close);
  return { ...db, close, file };
}

function inFile(file: string, text: string): boolean {
  return [file, `${file}-wal`].some((path) => existsSync(path) && readFileSync(path).includes(text));
}

test("the writing connection is durable, keeps foreign keys and overwrites what it deletes", () => {
  const writer = openWriter(join(temporaryDirectory(), "x.db"));
  writer.exec("create table t (id integer) strict");
  expect(() => assertDurable(writer)).not.toThrow();
  expect(writer.pragma("synchronous", { simple: true })).toBe(2);
  expect(writer.pragma("foreign_keys", { simple: true })).toBe(1);
  expect(writer.pragma("secure_delete", { simple: true })).toBe(1);
  expect(writer.pragma("busy_timeout", { simple: true })).toBe(5000);
  writer.close();
});

test("a connection with less than full durability is refused after its first write", () => {
  const writer = openWriter(join(temporaryDirectory(), "x.db"));
  writer.pragma("synchronous = NORMAL");
  writer.exec("create table t (id integer) strict");
  expect(() => assertDurable(writer)).toThrow("not durable");
  writer.close();
});

test("every table is strict", async () => {
  const { read } = await open();
  const tables = await sql<{
    name: string;
    strict: number;
  }>`select name, strict from pragma_table_list where schema = 'main'`.execute(read);
  const ours = tables.rows.filter(({ name }) => !name.startsWith("sqlite_") && !name.startsWith("kysely_"));
  expect(ours.length).toBeGreaterThanOrEqual(9);
  expect(ours.filter(({ strict }) => strict !== 1)).toEqual([]);
});

test("the read handle cannot write", async () => {
  const { read } = await open();
  await expect(read.updateTable("heartbeat").set({ beat_at: 2 }).execute()).rejects.toThrow("readonly");
});

test("the read handle sees a unit of work once it has answered, and not before", async () => {
  const db = await open();
  const probeWrite = () => db.read.selectFrom("heartbeat").select("beat_at").executeTakeFirst();
  await db.write(async (tx) => {
    await tx.updateTable("heartbeat").set({ beat_at: 99 }).execute();
    expect(await probeWrite()).toEqual({ beat_at: 1 });
  });
  expect(await probeWrite()).toEqual({ beat_at: 99 });
});

test("a second server on the same file is refused, and may start when the first has ended", async () => {
  const first = await open();
  await expect(openDatabase(`file:${first.file}`, { now: 1 })).rejects.toThrow("in use by another server");
  await first.close();
  const second = await open(first.file);
  expect(await second.read.selectFrom("heartbeat").selectAll().execute()).toHaveLength(1);
});

test("another name of the same file does not get round the lock", async () => {
  const { file } = await open();
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "other"));
  const alias = join(directory, "other", "alias.db");
  symlinkSync(file, alias);
  await expect(openDatabase(`file:${alias}`, { now: 1 })).rejects.toThrow("in use by another server");
});

test("of twenty that ask for the lock at once only one gets it", async () => {
  const file = join(temporaryDirectory(), "raced.db");
  const source = `
    import { parentPort, workerData } from "node:worker_threads";
    import { lockDatabase } from ${JSON.stringify(import.meta.resolve("../../db/lock.server.ts"))};
    let lock;
    try { lock = lockDatabase(workerData); parentPort.postMessage("held"); } catch { parentPort.postMessage("refused"); }
    parentPort.once("message", () => { lock?.release(); parentPort.close(); });
  `;
  const workers = Array.from(
    { length: 20 },
    () => new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: file }),
  );
  const answers = await Promise.all(
    workers.map(async (worker) => (await once(worker, "message"))[0] as string),
  );
  expect(answers.filter((answer) => answer === "held")).toHaveLength(1);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread's takes none
  for (const worker of workers) worker.postMessage("go");
  await Promise.all(workers.map((worker) => once(worker, "exit")));
  expect(() => lockDatabase(file).release()).not.toThrow();
});

test("a failing migration leaves nothing of itself behind", async () => {
  const file = join(temporaryDirectory(), "migrated.db");
  const queue = new WriteQueue(openWriter(file));
  const half = {
    async up(db: Kysely<Schema>) {
      await sql`create table half (id integer) strict`.execute(db);
      await sql`create table half (id integer) strict`.execute(db);
    },
  };
  const migrator = new Migrator({
    db: queue.kysely,
    provider: { getMigrations: async () => ({ "001-half": half }) },
  });
  const { error } = await migrator.migrateToLatest();
  expect(error).toMatchObject({ message: expect.stringContaining("already exists") as string });
  const tables = await sql`select name from sqlite_master where name = 'half'`.execute(queue.kysely);
  expect(tables.rows).toEqual([]);
  await queue.close();
});

test("a database of a newer version is refused in words and left as it is", async () => {
  const { file, close } = await open();
  await close();
  const raw = new SqliteDatabase(file);
  raw.prepare("insert into kysely_migration (name, timestamp) values ('999-later', '2030-01-01')").run();
  raw.close();
  await expect(openDatabase(`file:${file}`, { now: 1 })).rejects.toThrow("newer version");
});

test("opening twice in a row migrates once and keeps the rows", async () => {
  const { file, close } = await open();
  await close();
  const again = await open(file);
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
    again.read,
  );
  expect(rows.map(({ name }) => name)).toEqual([...new Set(rows.map(({ name }) => name))]);
  expect(rows[0]).toEqual({ name: "001-platform" });
});

test("what is deleted can be read from neither the file nor the write-ahead log once it is truncated", async () => {
  const db = await open();
  const { file, write } = db;
  const secret = "a secret that must not stay readable ".repeat(200);
  await write((tx) =>
    sql`insert into jobs (kind, payload, state, due_at, attempts, created_at) values ('x', ${secret}, 'queued', 0, 0, 0)`.execute(
      tx,
    ),
  );
  expect(inFile(file, "must not stay readable")).toBe(true);
  await write((tx) => tx.updateTable("jobs").set({ payload: "{}" }).execute());
  expect(inFile(file, "must not stay readable")).toBe(true);
  expect(db.truncateWal()).toBe(true);
  expect(inFile(file, "must not stay readable")).toBe(false);
});

test("a reader that holds the log makes truncation fail at once, without stopping the event loop", async () => {
  const db = await open();
  const { file, write } = db;
  const reader = new SqliteDatabase(file, { readonly: true });
  reader.exec("begin");
  reader.prepare("select * from heartbeat").all();
  await write((tx) => tx.updateTable("heartbeat").set({ beat_at: 5 }).execute());
  const began = performance.now();
  expect(db.truncateWal()).toBe(false);
  expect(performance.now() - began).toBeLessThan(1000);
  reader.close();
  expect(db.truncateWal()).toBe(true);
});

test("truncation during a unit of work waits for its turn", async () => {
  const db = await open();
  const { write } = db;
  await write(async (tx) => {
    await tx.updateTable("heartbeat").set({ beat_at: 5 }).execute();
    expect(db.truncateWal()).toBe(false);
  });
  expect(db.truncateWal()).toBe(true);
});
