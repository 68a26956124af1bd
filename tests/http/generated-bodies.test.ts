import SqliteDatabase from "better-sqlite3";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";

import { report } from "#tests/support/report.ts";
import { IDS, installBody, launchBody, uninstallBody } from "#tests/support/blnk-payloads.ts";
import { startApp } from "#tests/support/start-app.ts";

import { readPlainly } from "./read-plainly.ts";

const GENERATED = Number(process.env["GENERATED_BODIES"] ?? 150);
const MUTATED = Number(process.env["MUTATED_BODIES"] ?? 150);

const FIELDS = [...Object.keys(installBody()), "event", "type", "uninstalled_at"];
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value) ?? "");

/** Bytes, texts, JSON, and JSON that at least knows our fields. */
const generated = fc.oneof(
  fc.uint8Array({ maxLength: 500 }),
  fc.string({ unit: "binary" }).map((text) => new TextEncoder().encode(text)),
  fc.json().map((text) => new TextEncoder().encode(text)),
  fc.dictionary(fc.constantFrom(...FIELDS), fc.jsonValue()).map(bytesOf),
);

const good = fc.constantFrom<object>(installBody(), uninstallBody(), launchBody());

/** Good bodies, of which up to three fields are another value or missing. */
const changedFields = fc
  .tuple(
    good,
    fc.dictionary(
      fc.constantFrom(...FIELDS),
      fc.oneof(
        fc.jsonValue(),
        fc.constantFrom("install", "uninstall", "2026-11-24T12:00:00Z", "a", undefined),
        fc.constantFrom("instapp_2", "app_2", "inst_2", "x".repeat(128), "x".repeat(129), "-", "a\n"),
      ),
      { minKeys: 1, maxKeys: 3 },
    ),
  )
  .map(([body, changes]) => bytesOf({ ...body, ...changes }));

/** Good bodies, of which up to four bytes are changed, inserted or taken out. */
const changedBytes = fc
  .tuple(
    good,
    fc.array(fc.record({ at: fc.nat(), take: fc.nat(2), put: fc.uint8Array({ maxLength: 2 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([body, edits]) => {
    const bytes = [...bytesOf(body)];
    for (const { at, take, put } of edits) bytes.splice(at % bytes.length, take, ...put);
    return Uint8Array.from(bytes);
  });

/** The app with an install, to whose two routes bodies go that must be stored exactly when they are plainly good. */
async function openTarget() {
  const app = await startApp();
  const db = new SqliteDatabase(app.file, { readonly: true, timeout: 5000 });
  onTestFinished(() => void db.close());
  const count = (sql: string) => db.prepare(sql).pluck().get() as number;
  const stored = () => ({
    events: count("select coalesce(sum(deliveries), 0) from received_events"),
    launches: count("select count(*) from launches"),
  });
  const post = async (path: string, body: Uint8Array) => {
    const answer = await app.post(path, body);
    await answer.arrayBuffer();
    return answer.status;
  };
  let accepted = 0;
  return {
    accepted: () => accepted,
    install: () => app.install(),
    judge: async (body: Uint8Array) => {
      const { isEvent, isLaunch } = readPlainly(body);
      const before = stored();
      const callback = await post(app.paths.callback, body);
      const launch = await post(app.paths.launch, body);
      const after = stored();
      expect(isEvent ? [200, 409] : [400]).toContain(callback);
      expect(isLaunch ? [200, 403, 404, 409] : [400]).toContain(launch);
      expect(after.events - before.events).toBe(isEvent ? 1 : 0);
      expect(after.launches - before.launches).toBe(launch === 200 ? 1 : 0);
      accepted += Number(isEvent) + Number(isLaunch);
    },
  };
}

test(
  "generated bodies never get an answer of 500 or more, and leave no row without a valid schema",
  async () => {
    const { judge, accepted } = await openTarget();
    await fc.assert(fc.asyncProperty(generated, judge), { seed: 20261124, numRuns: GENERATED });
    report(
      "S2 generated",
      `${GENERATED} bodies at each Blnk route, ${accepted()} of them good: 0 answers ≥ 500, 0 writes without a valid schema`,
      "0 and 0",
    );
  },
  60_000 + GENERATED * 40,
);

test.each([
  ["fields", changedFields],
  ["bytes", changedBytes],
])(
  "good bodies of which some %s are changed are stored exactly when they are still good",
  async (what, bodies) => {
    const { judge, install, accepted } = await openTarget();
    await install();
    await fc.assert(fc.asyncProperty(bodies, judge), { seed: 20261124, numRuns: MUTATED });
    expect(accepted()).toBeGreaterThan(0);
    report(
      `S2 changed ${what}`,
      `${MUTATED} bodies at each Blnk route, ${accepted()} of them still good: 0 answers ≥ 500, 0 writes without a valid schema`,
      "0 and 0",
    );
  },
  60_000 + MUTATED * 40,
);

test("the second reading bites: it tells good bodies from bad ones", () => {
  const read = (body: unknown) => readPlainly(bytesOf(body));
  expect(read(installBody())).toEqual({ isEvent: true, isLaunch: true });
  expect(read(uninstallBody())).toEqual({ isEvent: true, isLaunch: true });
  expect(read(IDS)).toEqual({ isEvent: false, isLaunch: true });
  const neither = [[], null, "x", { ...IDS, app_id: "a b" }, installBody({ app_id: 1 })];
  const found = neither.filter((bad) => !read(bad).isEvent && !read(bad).isLaunch);
  report("S2 control", `${found.length} of ${neither.length} bad bodies told apart`, `${neither.length}`);
  expect(found).toEqual(neither);
  for (const bad of [
    { api_key: "a b" },
    { uninstalled_at: "2026-11-24T12:00:00Z" },
    { granted_permissions: "x" },
  ])
    expect(read(installBody(bad)).isEvent).toBe(false);
});
