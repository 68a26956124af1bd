import { readFileSync } from "node:fs";

import SqliteDatabase from "better-sqlite3";
import { expect, test } from "vitest";

import { openDatabase } from "#db/database.server.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

const SCHEMA = readFileSync(new URL("../../db/schema.ts", import.meta.url), "utf8");

type Columns = Record<string, "nullable" | "not null">;

/** The columns that an interface or a type literal of `db/schema.ts` has. */
function declared(body: string): Columns {
  const columns = body.matchAll(/^ *(\w+): ([^;]+);?$/gm);
  return Object.fromEntries(
    [...columns].map(([, name, type]) => [name!, /\bnull\b/.test(type!) ? "nullable" : "not null"]),
  );
}

function declaredTables(): Record<string, Columns> {
  const body = (name: string) =>
    new RegExp(`^export interface ${name} \\{\\n(.*?)^\\}`, "ms").exec(SCHEMA)![1]!;
  const tables = [...body("Schema").matchAll(/^ {2}(\w+): (?:(\w+)|\{ (.+) \});$/gm)];
  return Object.fromEntries(
    tables.map(([, table, row, literal]) => [
      table!,
      declared(row === undefined ? literal!.replaceAll("; ", ";\n") : body(row)),
    ]),
  );
}

async function migratedTables(): Promise<Record<string, Columns>> {
  const file = `${temporaryDirectory()}/schema.db`;
  await (await openDatabase(`file:${file}`, { now: 0 })).close();
  const db = new SqliteDatabase(file, { readonly: true });
  const names = db
    .prepare(
      "select name from sqlite_master where type = 'table' and name not glob 'sqlite_*' and name not glob 'kysely_*'",
    )
    .pluck()
    .all() as string[];
  const tables = names.map((name) => {
    const columns = db.pragma(`table_info(${name})`) as { name: string; notnull: number; pk: number }[];
    const nullable = (column: { notnull: number; pk: number }) => column.notnull === 0 && column.pk === 0;
    return [
      name,
      Object.fromEntries(columns.map((column) => [column.name, nullable(column) ? "nullable" : "not null"])),
    ];
  });
  db.close();
  return Object.fromEntries(tables) as Record<string, Columns>;
}

test("db/schema.ts names every table and column that the migrations make, and which may be null", async () => {
  expect(declaredTables()).toEqual(await migratedTables());
});
