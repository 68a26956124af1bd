import { expect, test } from "vitest";

import { moveActivity } from "#app/platform/activity/activity.server.ts";
import { loadActivity, readActivityCsv } from "#app/portal/activity/load-activity.server.ts";
import { NOON, openWorld } from "#tests/support/open-world.ts";

const NO_FILTERS = new URLSearchParams();

test("a file of activity has every entry once, newest first, those too that came from an earlier install", async () => {
  const world = await openWorld();
  await world.install();
  await world.install({ installed_app_id: "instapp_2" });
  const { db } = world;
  const write = (installed_app_id: string, count: number, from: number) =>
    db.write(async (tx) => {
      for (let number = 0; number < count; number += 1) {
        const at = from + Math.floor(number / 7);
        const result = `${installed_app_id} ${number}`;
        await tx
          .insertInto("activity")
          .values({ installed_app_id, action: "note.saved", result, at })
          .execute();
      }
    });
  await write("instapp_2", 600, NOON - 1_000);
  // Written later, of an earlier time.
  await write("instapp_1", 600, NOON - 5_000);
  await db.write((tx) => moveActivity(tx, "instapp_1", "instapp_2"));

  const file = await readActivityCsv(db, "instapp_2", NO_FILTERS, NOON);
  if (file.kind !== "ready") throw new Error("The file could not be read.");
  let text = "";
  for await (const lines of file.value) text += lines;
  const results = text.match(/instapp_\d \d+/g)!;
  expect(results).toHaveLength(1_200);
  expect(new Set(results).size).toBe(1_200);
  expect(results[0]).toBe("instapp_2 599");
  expect(results.at(-1)).toBe("instapp_1 0");
  const list = await (await loadActivity(db, "instapp_2", NO_FILTERS, NOON)).rows;
  if (list.kind !== "ready") throw new Error("The list could not be read.");
  expect(list.value.rows.some(({ result }) => result.startsWith("instapp_1 "))).toBe(false);
});
