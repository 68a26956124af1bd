import { sql } from "kysely";

import type { Cloud } from "#app/platform/blnk/cloud.server.ts";
import type { Clock } from "#app/platform/clock.ts";
import type { WalTruncation } from "#app/platform/installs/wal-truncation.server.ts";
import type { ObservedGauge } from "#app/platform/http/metrics.server.ts";
import { liveLaunches } from "#app/platform/sessions/portal-session.server.ts";
import type { OpenDatabase } from "#db/database.server.ts";

export type Observed = {
  db: OpenDatabase;
  clock: Clock;
  cloud: Pick<Cloud, "clock">;
  walTruncation: Pick<WalTruncation, "pendingSince">;
  /** How often monitors are checked. */
  intervalMs: number;
};

/** The platform's own gauges; features add theirs. */
export const platformGauges: readonly ObservedGauge<Observed>[] = [
  {
    name: "installs",
    help: "Installs by state.",
    label: "state",
    async read({ db }) {
      const rows = await db.read
        .selectFrom("installs")
        .select((eb) => ["state", eb.fn.countAll<number>().as("count")])
        .groupBy("state")
        .execute();
      return { active: 0, inactive: 0, ...counted(rows) };
    },
  },
  {
    name: "keys_rejected",
    help: "Active installs whose key Blnk Cloud rejects.",
    async read({ db }) {
      const { count } = await db.read
        .selectFrom("installs")
        .select((eb) => eb.fn.countAll<number>().as("count"))
        .where("state", "=", "active")
        .where("key_state", "=", "rejected")
        .executeTakeFirstOrThrow();
      return count;
    },
  },
  {
    name: "sessions",
    help: "Portal sessions that have not ended.",
    async read({ db, clock }) {
      const { count } = await liveLaunches(db, clock.now())
        .innerJoin("sessions", "sessions.launch_id", "launches.launch_id")
        .select((eb) => eb.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      return count;
    },
  },
  {
    name: "jobs",
    help: "Jobs that wait, run or were given up.",
    label: "state",
    async read({ db }) {
      const jobs = db.read.selectFrom("jobs").select((eb) => ["state", eb.fn.countAll<number>().as("count")]);
      const [open, parked] = await Promise.all([
        jobs.where("open_key", "is not", null).groupBy("state").execute(),
        jobs
          .where("state", "=", sql.lit("parked" as const))
          .groupBy("state")
          .execute(),
      ]);
      return { queued: 0, running: 0, parked: 0, ...counted([...open, ...parked]) };
    },
  },
  {
    name: "job_delay_seconds",
    help: "How long the job that has been due longest has waited.",
    async read({ db, clock }) {
      const { due_at } = await db.read
        .selectFrom("jobs")
        .select((eb) => eb.fn.min<number | null>("due_at").as("due_at"))
        .where("state", "=", sql.lit("queued" as const))
        .executeTakeFirstOrThrow();
      return due_at === null ? 0 : Math.max(0, clock.now() - due_at) / 1000;
    },
  },
  {
    name: "clock_skew_seconds",
    help: "How far the server's clock is ahead of Blnk Cloud's; negative when it is behind.",
    read: async ({ cloud }) => (cloud.clock.skewMs() ?? 0) / 1000,
  },
  {
    name: "database_bytes",
    help: "Size of the database's files.",
    label: "file",
    read: async ({ db }) => db.sizes(),
  },
  {
    name: "wal_truncation_pending_seconds",
    help: "How long a destroyed key may already be in the write-ahead log; 0 when there is none.",
    async read({ walTruncation }) {
      const since = walTruncation.pendingSince();
      return since === undefined ? 0 : Math.max(0, Date.now() - since) / 1000;
    },
  },
];

function counted(rows: readonly { state: string; count: number }[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}
