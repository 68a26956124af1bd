import SqliteDatabase from "better-sqlite3";
import { createQueryId, type KyselyPlugin, type RootOperationNode } from "kysely";
import { expect, onTestFinished, test } from "vitest";

import { readMonitors } from "#app/monitors/definition/read-monitors.ts";
import { findMonitorDetail, listMonitorSummaries } from "#app/monitors/monitor-history.server.ts";
import { createMonitors } from "#app/monitors/monitors.server.ts";
import { loadEvents } from "#app/platform/ops/events/load-events.server.ts";
import { loadActivity, readActivityCsv } from "#app/portal/activity/load-activity.server.ts";
import { readRecentActivity } from "#app/portal/overview/recent-activity.server.ts";
import type { Database } from "#db/database.server.ts";
import { deleteExpired, RETENTION } from "#db/retention.server.ts";
import type { Tx } from "#db/write-queue.server.ts";
import { NOON, openWorld } from "#tests/support/open-world.ts";

const NO_FILTERS = new URLSearchParams();

/** How SQLite runs each query that `ask` sends through the handle that it is given, for an install with activity. */
async function openPlans() {
  const world = await openWorld();
  const { db, file } = world;
  await world.install();
  const entry = { installed_app_id: "instapp_1", action: "note.saved", result: "done", at: NOON };
  await db.write(async (tx) => {
    for (let batch = 0; batch < 6; batch += 1)
      await tx
        .insertInto("activity")
        .values(Array.from({ length: 100 }, () => entry))
        .execute();
  });
  const explainer = new SqliteDatabase(file, { readonly: true });
  onTestFinished(() => void explainer.close());
  const plansOf = async (ask: (handle: Tx) => Promise<unknown>): Promise<string[]> => {
    const asked: RootOperationNode[] = [];
    const record: KyselyPlugin = {
      transformQuery: ({ node }) => (asked.push(node), node),
      transformResult: async ({ result }) => result,
    };
    return await db.write(async (tx) => {
      await ask(tx.withPlugin(record));
      const queries = asked.map((node) => tx.getExecutor().compileQuery(node, createQueryId()));
      return queries.flatMap(({ sql, parameters }) =>
        explainer
          .prepare<unknown[], { detail: string }>(`explain query plan ${sql}`)
          .all(...parameters)
          .map(({ detail }) => detail),
      );
    });
  };
  return { db, plansOf };
}

test("an install's activity is read newest first along its index: the overview, the list and the file", async () => {
  const { plansOf } = await openPlans();
  const asked = [
    (read: Tx) => readRecentActivity({ read }, "instapp_1"),
    async (read: Tx) => await (await loadActivity({ read }, "instapp_1", NO_FILTERS, NOON)).rows,
    async (read: Tx) => {
      const file = await readActivityCsv({ read }, "instapp_1", NO_FILTERS, NOON);
      if (file.kind === "ready") for await (const _ of file.value);
    },
  ];
  for (const ask of asked) {
    const plans = (await plansOf(ask)).join("\n");
    expect(plans).toContain("activity_by_install");
    expect(plans).not.toMatch(/SCAN activity|TEMP B-TREE FOR LAST/);
    // What is under way is few rows; they may be sorted.
    expect(plans.replaceAll(/SEARCH actions.*\n.*TEMP B-TREE.*/g, "")).not.toContain("TEMP B-TREE");
  }
});

test("the callbacks of an install are read newest first along their index", async () => {
  const { plansOf } = await openPlans();
  const params = new URLSearchParams("install=instapp_1");
  expect(await plansOf((read) => loadEvents({ read } as unknown as Database, params))).toEqual([
    "SEARCH received_events USING INDEX received_events_by_install (installed_app_id=?)",
  ]);
});

test("the evaluations of a monitor are read newest first along their index", async () => {
  const { db, plansOf } = await openPlans();
  const { monitors } = readMonitors({
    monitors: [{ name: "New ones", kind: "new_balance", select: { currency: "USD" }, condition: {} }],
  });
  const author = { installed_app_id: "instapp_1", generation: 1, launch_id: "launch_1", user_id: null };
  const [id] = await db.write((tx) => createMonitors(tx, author, monitors, NOON));
  const plans = await plansOf((read) => findMonitorDetail({ read }, "instapp_1", id!));
  const at = plans.findIndex((step) => step.includes("evaluations"));
  expect(plans[at]).toContain("evaluations_by_monitor");
  expect(plans[at + 1]).not.toContain("TEMP B-TREE");
});

test("the list of monitors is read with two queries, each with the value of the first subject in its worst state", async () => {
  const { db, plansOf } = await openPlans();
  const one = { name: "New ones", kind: "new_balance", select: { currency: "USD" }, condition: {} };
  const { monitors } = readMonitors({ monitors: [one, { ...one, name: "Others" }] });
  const author = { installed_app_id: "instapp_1", generation: 1, launch_id: "launch_1", user_id: null };
  const [first] = await db.write((tx) => createMonitors(tx, author, monitors, NOON));
  const states = { b: "firing", a: "firing", z: "ok", c: "unknown" } as const;
  await db.write((tx) =>
    tx
      .insertInto("monitor_states")
      .values(
        Object.entries(states).map(([subject, state], index) => ({
          monitor_id: first!,
          subject,
          state,
          entity: null,
          value: `value of ${subject}`,
          compared_to: null,
          reason: null,
          evaluated_at: NOON + index,
          holds_since: null,
          same_reads: 0,
          incident_id: null,
          incident_muted: 0,
        })),
      )
      .execute(),
  );
  expect(await listMonitorSummaries(db, "instapp_1")).toMatchObject([
    { state: "firing", firing: 2, last: { subject: "a", value: "value of a", at: NOON + 1 } },
    { state: undefined, firing: 0, last: undefined },
  ]);
  const plans = await plansOf((read) => listMonitorSummaries({ read }, "instapp_1"));
  expect(plans.filter((step) => step.includes("SEARCH monitor_states"))).toHaveLength(1);
  expect(plans.join("\n")).not.toContain("SCAN");
});

test("retention reads only what it deletes", async () => {
  const { plansOf } = await openPlans();
  // Its few rows have no index by time.
  const rules = RETENTION.filter(({ table }) => table !== "operator_sessions");
  expect(rules).toHaveLength(RETENTION.length - 1);
  for (const rule of rules) {
    const plans = (await plansOf((tx) => deleteExpired(tx, rule, NOON))).join("\n");
    expect(plans, JSON.stringify(rule)).not.toMatch(/SCAN (?!\d)|TEMP B-TREE/);
    expect(plans).toContain("SEARCH");
  }
});
