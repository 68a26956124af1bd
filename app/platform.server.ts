import { databaseFile, openDatabase } from "#db/database.server.ts";

import { version } from "../package.json";
import {
  afterProof,
  departure,
  featureSettings,
  featureWatchdog,
  inheritance,
  jobHandlers,
  opsPanels,
  readings,
  resumeFeatures,
} from "./app.server.ts";
import { createBackups } from "./backups/back-up.server.ts";
import { openBucket } from "./backups/bucket.server.ts";
import { createCloud } from "./blnk/cloud.server.ts";
import { createClock } from "./clock.ts";
import type { Platform } from "./context.server.ts";
import { examine } from "./doctor/examine.server.ts";
import type { Env } from "./env.server.ts";
import { checkSealedKeys } from "./installs/sealed-boxes.server.ts";
import { createSealer } from "./installs/sealer.server.ts";
import { announceServerKeys } from "./installs/server-keys.server.ts";
import { createTokenCheck } from "./installs/url-token.server.ts";
import { createWalTruncation } from "./installs/wal-truncation.server.ts";
import { ensureJob } from "./jobs/jobs.server.ts";
import type { JobHandler } from "./jobs/worker.server.ts";
import { createWorker } from "./jobs/worker.server.ts";
import { createLog } from "./log.server.ts";
import { createMetrics } from "./metrics.server.ts";
import { passwordMark } from "./ops/operator-session.server.ts";
import { createPasswordCheck } from "./ops/password-check.server.ts";
import { createUrlSecretUses } from "./ops/url-secret-uses.server.ts";
import { createSharedScans } from "./portal/overview/shared-scans.server.ts";
import { createReadiness } from "./readiness.server.ts";

// One that is due already is not put off by a restart.
const FIRST_BACKUP_AFTER_MS = 60 * 60_000;

/**
 * Makes everything that the process holds, once, from the environment.
 *
 * @throws before anything listens when the database cannot be opened or a stored secret cannot be read.
 */
export async function createPlatform(env: Env): Promise<Platform & { close(): Promise<void> }> {
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
  const features = {
    db,
    sealer,
    clock,
    log,
    cloud,
    walTruncation,
    inheritance,
    afterProof,
    ...featureSettings(env, log),
  };
  const handlers: Record<string, JobHandler> = jobHandlers(features);
  const worker = createWorker({ db, clock, log }, { ...handlers, back_up: backUp });
  await db.write(async (tx) => {
    const now = clock.now();
    const job = { installed_app_id: null, generation: null };
    await ensureJob(tx, { ...job, kind: "sweep", due_at: now }, now);
    await ensureJob(tx, { ...job, kind: "back_up", due_at: now + FIRST_BACKUP_AFTER_MS }, now);
  });
  await resumeFeatures(db, env, clock.now());
  if (env.METRICS_PORT !== undefined) {
    const { intervalMs } = features;
    metrics.observe({ db, clock, cloud, walTruncation, intervalMs }, readings, log);
  }
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
    watchdog: featureWatchdog(features),
    intervalMs: features.intervalMs,
    scans: createSharedScans(clock),
    metrics,
    walTruncation,
    ending: { departure, inheritance, afterProof },
    webhookHosts: env.WEBHOOK_HOSTS,
    readiness: createReadiness(db, clock),
    urlSecretUses: createUrlSecretUses(env.URL_SECRETS, clock),
    operatorConsole: passwordHash
      ? { ...createPasswordCheck(passwordHash), mark: passwordMark(passwordHash) }
      : undefined,
    opsPanels,
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
