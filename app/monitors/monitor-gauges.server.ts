import type { ObservedGauge } from "#app/platform/http/metrics.server.ts";
import type { Database } from "#db/database.server.ts";

import { listLateChecks } from "./watch/late-checks.server.ts";
import { readMonitorHealth } from "./monitor-health.server.ts";

type Watched = { db: Pick<Database, "read">; clock: { now(): number }; intervalMs: number };

/** The monitors' gauges, over all installs. */
export const monitorGauges: readonly ObservedGauge<Watched>[] = [
  {
    name: "monitors",
    help: "Monitors, those that cannot be evaluated, and subjects that fire or are unknown.",
    label: "what",
    async read({ db }) {
      const totals = { monitors: 0, problems: 0, firing: 0, unknown: 0 };
      for (const install of await readMonitorHealth(db)) {
        totals.monitors += install.monitors;
        totals.problems += install.problems;
        totals.firing += install.firing;
        totals.unknown += install.unknown;
      }
      return totals;
    },
  },
  {
    name: "deliveries",
    help: "Alerts and webhook messages that wait or were given up.",
    label: "state",
    async read({ db }) {
      const totals = { waiting: 0, parked: 0 };
      for (const install of await readMonitorHealth(db)) {
        totals.waiting += install.waiting;
        totals.parked += install.parked;
      }
      return totals;
    },
  },
  {
    name: "installs_unchecked",
    help: "Installs whose monitors had no finished check for three intervals.",
    read: async ({ db, clock, intervalMs }) =>
      (await listLateChecks(db, { now: clock.now(), intervalMs })).length,
  },
  {
    name: "evaluation_age_seconds",
    help: "How long ago the install that has waited longest finished a check of its monitors.",
    async read({ db, clock }) {
      const { completed_at } = await db.read
        .selectFrom("watches")
        .innerJoin("installs", "installs.installed_app_id", "watches.installed_app_id")
        .select((eb) => eb.fn.min<number | null>("completed_at").as("completed_at"))
        .where("installs.state", "=", "active")
        .executeTakeFirstOrThrow();
      return completed_at === null ? 0 : Math.max(0, clock.now() - completed_at) / 1000;
    },
  },
];
