import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { deleteExpired, RETENTION, type RetentionRule } from "#db/retention.server.ts";
import { openWorld } from "#tests/support/open-world.ts";

const HOUR = 60 * 60_000;

/** As docs/storage.md says it. */
function wording({ keep, since }: RetentionRule): string {
  const age = keep > 24 * HOUR ? `${keep / (24 * HOUR)} days` : `${keep / HOUR} hours`;
  return since === "uninstalled_at" ? `${age} after the uninstall` : age;
}

test("docs/storage.md names each age at which rows are deleted, and no other", () => {
  const documented = readFileSync("docs/storage.md", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => {
      const [, tables = "", , , kept = ""] = line.split("|");
      const ages = kept.match(/\d+ (days|hours)( after the uninstall)?/g) ?? [];
      const names = [...tables.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
      const ruled = names.filter((name) => RETENTION.some(({ table }) => table === name));
      return ruled.flatMap((name) => ages.map((age) => `${name}: ${age}`));
    });
  expect(documented.sort()).toEqual(RETENTION.map((rule) => `${rule.table}: ${wording(rule)}`).sort());
});

test("what an install left goes 90 days after its uninstall, in batches, and another install's stays", async () => {
  const { db, clock, install, uninstall } = await openWorld();
  await install();
  await install({ installed_app_id: "instapp_2" });
  await db.write(async (tx) => {
    for (const installed_app_id of ["instapp_1", "instapp_2"]) {
      await tx
        .insertInto("currency_decimals")
        .values({ installed_app_id, currency: "USD", decimals: 2 })
        .execute();
      await tx
        .insertInto("seen_rows")
        .values(
          Array.from({ length: 450 }, (_, index) => ({
            installed_app_id,
            transaction_id: `txn_${index}`,
            chain_id: "txn_0",
            created_at: 0,
          })),
        )
        .execute();
    }
  });
  await uninstall();
  const sweep = async (days: number) => {
    const batches: Record<string, number> = {};
    for (const rule of RETENTION.filter(({ since }) => since === "uninstalled_at")) {
      const now = clock.now() + days * 24 * HOUR;
      do batches[rule.table] = (batches[rule.table] ?? 0) + 1;
      while ((await db.write((tx) => deleteExpired(tx, rule, now))) === "more");
    }
    const owners = async (table: "currency_decimals" | "seen_rows") =>
      (await db.read.selectFrom(table).select("installed_app_id").execute()).map(
        (row) => row.installed_app_id,
      );
    return { batches, currencies: await owners("currency_decimals"), seen: await owners("seen_rows") };
  };
  const before = await sweep(89);
  expect([before.currencies, before.seen.length]).toEqual([["instapp_1", "instapp_2"], 900]);
  const { batches, currencies, seen } = await sweep(91);
  expect(batches).toMatchObject({ seen_rows: 3, currency_decimals: 1 });
  expect(currencies).toEqual(["instapp_2"]);
  expect([seen.length, new Set(seen)]).toEqual([450, new Set(["instapp_2"])]);
});
