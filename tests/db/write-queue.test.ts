import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import SqliteDatabase from "better-sqlite3";
import { sql } from "kysely";
import { expect, onTestFinished, test, vi } from "vitest";

import { openWriter } from "#db/connection.server.ts";
import { migrate } from "#db/migrate.server.ts";
import { StorageError } from "#db/storage-error.ts";
import { type Tx, WriteQueue } from "#db/write-queue.server.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

async function openQueue({ unitTimeout = 5000, now = 0 } = {}) {
  const file = join(temporaryDirectory(), "queue.db");
  const writer = openWriter(file);
  const commits = countCommits(writer);
  const queue = new WriteQueue(writer, { unitTimeout });
  await migrate(queue.kysely);
  // Deferred, so that only COMMIT finds out.
  writer.exec(
    "create table promises (id integer primary key, install text references installs deferrable initially deferred)",
  );
  onTestFinished(() => queue.close());
  const kinds = () =>
    onlyRead(file, (db) => db.prepare("select kind from jobs order by id").pluck().all() as string[]);
  return { queue, writer, kinds, commits, now };
}

function countCommits(writer: SqliteDatabase.Database) {
  const seen = { count: 0 };
  const prepare = writer.prepare.bind(writer);
  writer.prepare = ((text: string) => {
    const statement = prepare(text);
    if (text !== "commit") return statement;
    const run = () => ((seen.count += 1), statement.run());
    return { run } as SqliteDatabase.Statement;
  }) as typeof writer.prepare;
  return seen;
}

function onlyRead<T>(file: string, use: (db: SqliteDatabase.Database) => T): T {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    return use(db);
  } finally {
    db.close();
  }
}

const addJob = (kind: string) => (tx: Tx) =>
  tx
    .insertInto("jobs")
    .values({
      kind,
      installed_app_id: null,
      generation: null,
      payload: "{}",
      open_key: null,
      state: "queued",
      due_at: 0,
      attempts: 0,
      lease_until: null,
      last_error: null,
      created_at: 0,
      finished_at: null,
    })
    .execute();

const breakAtCommit = (tx: Tx) => sql`insert into promises (install) values ('nobody')`.execute(tx);

const addTwin = async (tx: Tx) => {
  await addJob("twin")(tx);
  await sql`insert into jobs select * from jobs`.execute(tx);
};

test("units of the same moment share one commit, and each gets its own answer", async () => {
  const { queue, kinds, commits } = await openQueue();
  commits.count = 0;
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      queue.write(async (tx) => (await addJob(`job ${index}`)(tx), index)),
    ),
  );
  expect(answers).toEqual(Array.from({ length: 50 }, (_, index) => index));
  expect(kinds()).toHaveLength(50);
  expect(commits.count).toBeGreaterThan(0);
  expect(commits.count).toBeLessThan(5);
});

test("a unit is on disk, as another connection sees it, when it answers", async () => {
  const { queue, kinds } = await openQueue();
  await queue.write(addJob("one"));
  expect(kinds()).toEqual(["one"]);
});

test("a unit that throws undoes only itself", async () => {
  const { queue, kinds } = await openQueue();
  const results = await Promise.allSettled([
    queue.write(addJob("first")),
    queue.write(async (tx) => {
      await addJob("never")(tx);
      throw new Error("no");
    }),
    queue.write(addJob("third")),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(results[1]).toMatchObject({ reason: { message: "no" } });
  expect(kinds()).toEqual(["first", "third"]);
});

test("a unit that throws nothing at all is still rejected", async () => {
  const { queue, kinds } = await openQueue();
  await expect(
    queue.write(async (tx) => {
      await addJob("never")(tx);
      return await Promise.reject(undefined);
    }),
  ).rejects.toBeInstanceOf(Error);
  expect(kinds()).toEqual([]);
});

test("a broken constraint is the unit's own error, not a storage failure", async () => {
  const { queue, kinds } = await openQueue();
  const error = await queue.write(addTwin).catch((reason: unknown) => reason);
  expect(error).not.toBeInstanceOf(StorageError);
  expect(error).toMatchObject({ code: "SQLITE_CONSTRAINT_PRIMARYKEY" });
  expect(kinds()).toEqual([]);
});

test("a failing COMMIT rejects everyone in it, and the queue goes on", async () => {
  const { queue, kinds } = await openQueue();
  const results = await Promise.allSettled([
    queue.write(addJob("first")),
    queue.write(breakAtCommit),
    queue.write(addJob("third")),
  ]);
  for (const result of results)
    expect(result).toMatchObject({ status: "rejected", reason: { name: "StorageError", code: "failed" } });
  expect(kinds()).toEqual([]);
  await queue.write(addJob("later"));
  expect(kinds()).toEqual(["later"]);
});

test("a full disk in the middle of a batch rolls all of it back", async () => {
  const { queue, writer, kinds } = await openQueue();
  await queue.write(addJob("kept"));
  const pages = writer.pragma("page_count", { simple: true }) as number;
  writer.pragma(`max_page_count = ${pages}`);
  const results = await Promise.allSettled([
    queue.write(addJob("small")),
    queue.write(addJob("large ".repeat(100_000))),
  ]);
  expect(results[0]).toMatchObject({ status: "rejected", reason: { name: "StorageError", code: "failed" } });
  expect(results[1]).toMatchObject({ status: "rejected", reason: { name: "StorageError", code: "failed" } });
  expect(kinds()).toEqual(["kept"]);
  writer.pragma("max_page_count = 1000000");
  await queue.write(addJob("after"));
  expect(kinds()).toEqual(["kept", "after"]);
});

test("a transaction that cannot even be rolled back rejects its units, and the queue goes on", async () => {
  const { queue, writer, kinds } = await openQueue();
  const exec = writer.exec.bind(writer);
  const refuse = vi.spyOn(writer, "exec").mockImplementation((text) => {
    if (text === "rollback") throw new Error("disk I/O error");
    return exec(text);
  });
  await expect(queue.write(breakAtCommit)).rejects.toMatchObject({ name: "StorageError", code: "failed" });
  await expect(queue.write(addJob("within"))).rejects.toMatchObject({ name: "StorageError", code: "failed" });
  refuse.mockRestore();
  await expect(queue.write(addJob("first"))).rejects.toMatchObject({ name: "StorageError", code: "failed" });
  await queue.write(addJob("after"));
  expect(kinds()).toEqual(["after"]);
});

test("whoever writes one unit after the other lets others have their turn between them", async () => {
  const { queue } = await openQueue();
  let turns = 0;
  const count = () => {
    turns += 1;
    turn = setImmediate(count);
  };
  let turn = setImmediate(count);
  for (let index = 0; index < 20; index += 1) await queue.write(addJob(`job ${index}`));
  clearImmediate(turn);
  expect(turns).toBeGreaterThanOrEqual(19);
});

test("a file that another process holds rejects the unit and leaves the queue working", async () => {
  const { queue, writer, kinds } = await openQueue();
  writer.pragma("busy_timeout = 10");
  const other = new SqliteDatabase(writer.name);
  other.exec("begin immediate");
  await expect(queue.write(addJob("blocked"))).rejects.toMatchObject({
    name: "StorageError",
    code: "failed",
  });
  other.exec("rollback");
  other.close();
  await queue.write(addJob("free"));
  expect(kinds()).toEqual(["free"]);
});

test("a query that starts after its unit ended is refused", async () => {
  const { queue, kinds } = await openQueue();
  let leaked: Tx | undefined;
  await queue.write(async (tx) => {
    leaked = tx;
  });
  await expect(addJob("late")(leaked!)).rejects.toThrow("has ended");
  expect(kinds()).toEqual([]);
});

test("a unit that hangs is ended alone, and what it still sends is refused", async () => {
  const { queue, kinds } = await openQueue({ unitTimeout: 50 });
  let late: Promise<unknown> | undefined;
  const hanging = queue.write(async (tx) => {
    await addJob("hanging")(tx);
    await sleep(150);
    late = addJob("late")(tx).catch((error: unknown) => error);
    await late;
  });
  const next = queue.write(addJob("next"));
  await expect(hanging).rejects.toThrow("longer than 50 ms");
  await next;
  await expect.poll(() => late).toBeDefined();
  await expect(late).resolves.toMatchObject({ message: expect.stringContaining("has ended") as string });
  expect(kinds()).toEqual(["next"]);
});

test("a unit whose caller has gone before it began is not begun", async () => {
  const { queue, kinds } = await openQueue();
  const controller = new AbortController();
  const waiting = queue.write(addJob("gone"), { signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: "StorageError", code: "not_begun" });
  expect(kinds()).toEqual([]);
});

test("a unit whose caller goes once it has begun is finished", async () => {
  const { queue, kinds } = await openQueue();
  const controller = new AbortController();
  await queue.write(
    async (tx) => {
      controller.abort();
      await addJob("begun")(tx);
    },
    { signal: controller.signal },
  );
  expect(kinds()).toEqual(["begun"]);
});

test("a unit that waited longer than it may is not begun", async () => {
  const { queue, kinds } = await openQueue();
  const slow = queue.write(async () => await sleep(60));
  const waited = queue.write(addJob("stale"), { maxWait: 20 });
  const patient = queue.write(addJob("patient"), { maxWait: 10_000 });
  await slow;
  await expect(waited).rejects.toMatchObject({ code: "not_begun" });
  await patient;
  expect(kinds()).toEqual(["patient"]);
});

test("a transaction inside a unit fails that unit only", async () => {
  const { queue, kinds } = await openQueue();
  const nested = queue.write((tx) => tx.transaction().execute(addJob("nested")));
  const other = queue.write(addJob("other"));
  await expect(nested).rejects.toThrow("within a transaction");
  await other;
  expect(kinds()).toEqual(["other"]);
});

test("closing finishes what was queued and refuses what comes later", async () => {
  const { queue, kinds } = await openQueue();
  const queued = queue.write(addJob("queued"));
  const closing = queue.close();
  await expect(queue.write(addJob("late"))).rejects.toMatchObject({
    name: "StorageError",
    code: "not_begun",
  });
  await queued;
  await closing;
  expect(kinds()).toEqual(["queued"]);
});
