import type { RouterContextProvider } from "react-router";

import { type Database, databaseFile, openDatabase } from "#db/database.server.ts";

import { version } from "#package.json";
import type { OpsTable } from "#app/platform/operator/ops-table.ts";
import type { Observed } from "#app/platform/operator/gauges.server.ts";
import type { LifecycleHooks } from "#app/platform/installs/lifecycle-hooks.ts";
import { createBackups } from "#app/platform/backups/back-up.server.ts";
import { openBucket } from "#app/platform/backups/bucket.server.ts";
import { createCloud } from "#app/platform/blnk/cloud.server.ts";
import { type Clock, createClock } from "./clock.ts";
import type { Platform } from "./context.server.ts";
import { examine } from "#app/platform/doctor/examine.server.ts";
import type { Env } from "#app/platform/http/env.server.ts";
import { checkSealedKeys } from "#app/platform/installs/sealed-boxes.server.ts";
import { createSealer } from "#app/platform/installs/sealer.server.ts";
import { announceServerKeys } from "#app/platform/installs/server-keys.server.ts";
import { createTokenCheck } from "#app/platform/installs/url-token.server.ts";
import { createWalTruncation } from "#app/platform/installs/wal-truncation.server.ts";
import { ensureJob } from "#app/platform/jobs/jobs.server.ts";
import { createSweeper } from "#app/platform/jobs/sweep.server.ts";
import type { JobHandler } from "#app/platform/jobs/worker.server.ts";
import { createWorker } from "#app/platform/jobs/worker.server.ts";
import { createLog } from "#app/platform/http/log.server.ts";
import { createMetrics, type ObservedGauge } from "#app/platform/http/metrics.server.ts";
import { passwordMark } from "#app/platform/operator/operator-session.server.ts";
import { createPasswordCheck } from "#app/platform/operator/password-check.server.ts";
import { createUrlSecretUses } from "#app/platform/operator/url-secret-uses.server.ts";
import { createReadiness } from "#app/platform/http/readiness.server.ts";

// One that is due already is not put off by a restart.
const FIRST_BACKUP_AFTER_MS = 60 * 60_000;

/** What the features add to the platform, which knows none of them. */
export type Features = {
  background: (parts: JobParts, env: Env) => Background;
  hooks: readonly LifecycleHooks[];
  /** Tables of their own in the operator console. */
  opsTables: readonly OpsTable[];
  /** What the metrics say of them. */
  readings: readonly ObservedGauge<Observed>[];
  /** What goes on at each start. */
  resume: (db: Database, env: Env, now: number) => Promise<void>;
  /** Hands what they keep in memory to the routes, through contexts of their own. */
  provider: (clock: Clock) => (context: RouterContextProvider) => void;
};

type Background = {
  /** The kinds of jobs, by the name that their rows carry. */
  jobHandlers: Record<string, JobHandler>;
  /** Sees that the jobs go on, on a timer of its own: a stuck worker would run no job. */
  watchdog: Watchdog;
};

export type Watchdog = { start(): void; stop(): Promise<void> };

type JobParts = Pick<Platform, "db" | "sealer" | "clock" | "log" | "cloud" | "walTruncation">;

/**
 * Makes everything that the process holds, once, from the environment.
 *
 * @throws before anything listens when the database cannot be opened or a stored secret cannot be read.
 */
export async function createPlatform(
  env: Env,
  features: Features,
): Promise<Platform & { close(): Promise<void> }> {
  const clock = createClock();
  const log = createLog(env.LOG_LEVEL);
  const db = await openDatabase(env.DATABASE_URL, { now: clock.now() });
  const sealer = createSealer(env.ENCRYPTION_KEYS);
  await announceServerKeys(db, env.ENCRYPTION_KEYS);
  await checkSealedKeys(db, sealer);

  const metrics = createMetrics();
  const cloud = createCloud({ apiUrl: env.BLNK_API_URL, log, onCall: (call) => metrics.called(call) });
  const walTruncation = createWalTruncation(db, log);
  const backUp = createBackups({
    db,
    clock,
    log,
    databaseFile: databaseFile(env.DATABASE_URL),
    intervalMs: env.BACKUP_INTERVAL_HOURS * 60 * 60_000,
    kept: env.BACKUPS_KEPT,
    bucket: openBucket(env),
  });
  const { jobHandlers, watchdog } = features.background(
    { db, sealer, clock, log, cloud, walTruncation },
    env,
  );
  const worker = createWorker(
    { db, clock, log },
    {
      ...jobHandlers,
      back_up: backUp,
      sweep: createSweeper({ db, clock, cloud }),
    },
  );
  await db.write(async (tx) => {
    const now = clock.now();
    const job = { installed_app_id: null, generation: null };
    await ensureJob(tx, { ...job, kind: "sweep", due_at: now }, now);
    await ensureJob(tx, { ...job, kind: "back_up", due_at: now + FIRST_BACKUP_AFTER_MS }, now);
  });
  await features.resume(db, env, clock.now());
  const intervalMs = env.MONITOR_INTERVAL_SECONDS * 1000;
  if (env.METRICS_PORT !== undefined)
    metrics.observe({ db, clock, cloud, walTruncation, intervalMs }, features.readings, log);
  const passwordHash = env.OPERATOR_PASSWORD_HASH;
  return {
    startedAt: clock.now(),
    publicUrl: env.PUBLIC_URL,
    frameAncestors: env.FRAME_ANCESTORS,
    pinnedAppId: env.BLNK_APP_ID,
    sessionMinutes: env.PORTAL_SESSION_MINUTES,
    db,
    clock,
    log,
    sealer,
    cloud,
    worker,
    watchdog,
    intervalMs,
    metrics,
    walTruncation,
    hooks: features.hooks,
    webhookHosts: env.WEBHOOK_HOSTS,
    readiness: createReadiness(db, clock),
    urlSecretUses: createUrlSecretUses(env.URL_SECRETS, clock),
    operatorConsole: passwordHash
      ? { ...createPasswordCheck(passwordHash), mark: passwordMark(passwordHash) }
      : undefined,
    opsTables: features.opsTables,
    provideFeatures: features.provider(clock),
    examine: () =>
      examine(
        { origin: env.PUBLIC_URL, urlSecret: env.URL_SECRETS[0], secrets: env.URL_SECRETS },
        { db, env },
        { now: clock.now(), version },
      ),
    checkCallbackToken: createTokenCheck("callback", env.URL_SECRETS),
    checkLaunchToken: createTokenCheck("launch", env.URL_SECRETS),
    async close() {
      await worker.stop();
      walTruncation.stop();
      await cloud.close();
      await db.close();
    },
  };
}
