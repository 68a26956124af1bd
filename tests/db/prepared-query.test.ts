import { join } from "node:path";

import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";

import { openDatabase } from "#db/database.server.ts";
import { prepareQuery } from "#db/prepared-query.server.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

type Entry = { installed_app_id: string; target: string | null; at: number };

function countedInsert() {
  const built = { count: 0 };
  const insert = prepareQuery((db, entry: Entry) => {
    built.count += 1;
    return db
      .insertInto("activity")
      .values({
        installed_app_id: entry.installed_app_id,
        at: entry.at,
        launch_id: null,
        user_id: null,
        action: "app.installed",
        target: entry.target,
        result: "generation 1",
      })
      .returning(["id", "target"]);
  });
  return { insert, built };
}

async function openFresh() {
  const db = await openDatabase(`file:${join(temporaryDirectory(), "tidemark.db")}`, { now: 0 });
  onTestFinished(() => db.close());
  // Of all that the rows belong to, only the rows themselves matter here.
  await db.write((tx) =>
    sql`insert into installs (installed_app_id, app_id, instance_id, state, generation,
    granted_permissions, key_state, key_state_at, installed_at, updated_at)
    values ('a', 'app', 'one', 'active', 1, '[]', 'working', 0, 0, 0), ('b', 'app', 'two', 'active', 1, '[]', 'working', 0, 0, 0)`.execute(
      tx,
    ),
  );
  return db;
}

test("a query is built once and takes the values of each run", async () => {
  const db = await openFresh();
  const { insert, built } = countedInsert();
  await db.write((tx) => insert(tx, { installed_app_id: "a", target: null, at: 1 }));
  await db.write(async (tx) => {
    await insert(tx, { installed_app_id: "b", target: "'; drop table activity; --", at: 2 });
    await insert(tx, { installed_app_id: "a", target: "at", at: 3 });
  });
  expect(
    await db.read.selectFrom("activity").select(["installed_app_id", "target", "at"]).orderBy("id").execute(),
  ).toEqual([
    { installed_app_id: "a", target: null, at: 1 },
    { installed_app_id: "b", target: "'; drop table activity; --", at: 2 },
    { installed_app_id: "a", target: "at", at: 3 },
  ]);
  expect(built.count).toBe(1);
});

test("a query answers the rows that it asks for", async () => {
  const db = await openFresh();
  const { insert } = countedInsert();
  const [row] = await db.write((tx) => insert(tx, { installed_app_id: "a", target: "x", at: 1 }));
  expect(row).toEqual({ id: 1, target: "x" });
});

test("one query serves the unit of work and the read handle", async () => {
  const db = await openFresh();
  const find = prepareQuery((handle, by: { installed_app_id: string }) =>
    handle.selectFrom("installs").select("instance_id").where("installed_app_id", "=", by.installed_app_id),
  );
  expect(await db.write((tx) => find(tx, { installed_app_id: "a" }))).toEqual([{ instance_id: "one" }]);
  expect(await find(db.read, { installed_app_id: "b" })).toEqual([{ instance_id: "two" }]);
  expect(await find(db.read, { installed_app_id: "c" })).toEqual([]);
});

test("a value that is not given fails the unit of work and writes nothing", async () => {
  const db = await openFresh();
  const { insert } = countedInsert();
  const incomplete = { installed_app_id: "a", target: null } as Entry;
  await expect(db.write((tx) => insert(tx, incomplete))).rejects.toThrow();
  expect(await db.read.selectFrom("activity").selectAll().execute()).toEqual([]);
});

test("a unit of work that has ended refuses a prepared query, too", async () => {
  const db = await openFresh();
  const { insert } = countedInsert();
  const ended = await db.write(async (tx) => ({ tx }));
  await expect(insert(ended.tx, { installed_app_id: "a", target: null, at: 1 })).rejects.toThrow(/has ended/);
});
