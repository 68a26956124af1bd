import { sql } from "kysely";

import { listBackups } from "#app/platform/backups/back-up.server.ts";
import type { Cloud } from "#app/platform/blnk/cloud.server.ts";
import { describeSkew } from "#app/platform/blnk/transport/cloud-clock.ts";
import type { Clock } from "#app/platform/clock.ts";
import { countBoxes } from "#app/platform/installs/sealed-boxes.server.ts";
import { listServerKeys } from "#app/platform/installs/server-keys.server.ts";
import type { WalTruncation } from "#app/platform/installs/wal-truncation.server.ts";
import type { OpenDatabase } from "#db/database.server.ts";

import packageJson from "#package.json" with { type: "json" };
import type { OpsTable, OpsTableRow } from "#app/platform/operator/ops-table.ts";
import type { UrlSecretUses } from "#app/platform/operator/url-secret-uses.server.ts";

export type OpsOverview = Awaited<ReturnType<typeof loadOverview>>;

type App = {
  db: OpenDatabase;
  clock: Clock;
  cloud: Pick<Cloud, "clock">;
  startedAt: number;
  publicUrl: string;
  pinnedAppId: string | undefined;
  walTruncation: Pick<WalTruncation, "pendingSince">;
  urlSecretUses: UrlSecretUses;
  opsTables: readonly OpsTable[];
  intervalMs: number;
};

const BACKUPS_SHOWN = 10;

/** How the whole is, and what waits for the operator. */
export async function loadOverview(app: App) {
  const { db, clock, opsTables } = app;
  const [counts, keys, backups, panels, notes] = await Promise.all([
    count(db),
    listEncryptionKeys(db),
    listBackups(db),
    Promise.all(
      opsTables.map(async ({ title, columns, empty, read }) => ({
        title,
        columns,
        empty,
        rows: await read(db),
      })),
    ),
    Promise.all(opsTables.map(async ({ attention }) => await attention?.(app))),
  ]);
  const walPendingSince = app.walTruncation.pendingSince();
  return {
    loadedAt: clock.now(),
    version: packageJson.version,
    publicUrl: app.publicUrl,
    startedAt: app.startedAt,
    sizes: db.sizes(),
    counts,
    walPendingSince: walPendingSince ?? null,
    skew: describeSkew(app.cloud.clock.skewMs()),
    unpinned: app.pinnedAppId === undefined && counts.active > 0,
    urlSecrets: app.urlSecretUses.list().map((use) => ({ ...use, lastAt: use.lastAt ?? null })),
    keys,
    noneOffMachine: backups.every(({ uploaded_at }) => uploaded_at === null),
    notes: notes.filter((note) => note !== undefined),
    backups: backups
      .slice(0, BACKUPS_SHOWN)
      .map(({ name, taken_at, bytes, uploaded_at }) => ({ name, taken_at, bytes, uploaded_at })),
    panels: panels as {
      title: string;
      columns: readonly string[];
      empty: string;
      rows: readonly OpsTableRow[];
    }[],
  };
}

/** By their ids: those that the server holds, the one that seals first, then any other that sealed something. */
async function listEncryptionKeys(db: OpenDatabase) {
  const [held, boxes] = await Promise.all([listServerKeys(db.read), countBoxes(db)]);
  return [...new Set([...held, ...boxes.keys()])].map((id) => ({
    id,
    sealed: boxes.get(id) ?? 0,
    place: held.indexOf(id),
  }));
}

async function count({ read }: OpenDatabase) {
  const [installs, jobs, inQuestion] = await Promise.all([
    read
      .selectFrom("installs")
      .select((eb) => ["state", "key_state", eb.fn.countAll<number>().as("count")])
      .groupBy(["state", "key_state"])
      .execute(),
    read
      .selectFrom("jobs")
      .select((eb) => eb.fn.countAll<number>().as("count"))
      .where("state", "=", sql.lit("parked" as const))
      .executeTakeFirstOrThrow(),
    read
      .selectFrom("received_events")
      .select((eb) => eb.fn.countAll<number>().as("count"))
      .where("outcome", "in", [sql.lit("refused" as const), sql.lit("superseded" as const)])
      .executeTakeFirstOrThrow(),
  ]);
  const sum = (rows: typeof installs) => rows.reduce((total, row) => total + row.count, 0);
  const active = installs.filter(({ state }) => state === "active");
  return {
    active: sum(active),
    inactive: sum(installs) - sum(active),
    rejectedKeys: sum(active.filter(({ key_state }) => key_state === "rejected")),
    parkedJobs: jobs.count,
    eventsInQuestion: inQuestion.count,
  };
}
