import { openDatabase } from "#db/database.server.ts";

import { afterProof, departure, inheritance, jobHandlers } from "./app.server.ts";
import { createCloud } from "./blnk/cloud.server.ts";
import { createClock } from "./clock.ts";
import type { Platform } from "./context.server.ts";
import type { Env } from "./env.server.ts";
import { checkSealedKeys } from "./installs/check-sealed-keys.server.ts";
import { createSealer } from "./installs/sealer.server.ts";
import { createTokenCheck } from "./installs/url-token.server.ts";
import { createWalTruncation } from "./installs/wal-truncation.server.ts";
import { enqueueJob } from "./jobs/jobs.server.ts";
import type { JobHandler } from "./jobs/worker.server.ts";
import { createWorker } from "./jobs/worker.server.ts";
import { createLog } from "./log.server.ts";
import { createHeartbeat } from "./monitors/heartbeat.server.ts";
import { resumeAllWatching } from "./monitors/take-over.server.ts";
import { createPostWebhook } from "./monitors/webhook/post-webhook.server.ts";
import { createSharedScans } from "./portal/overview/shared-scans.server.ts";
import { createReadiness } from "./readiness.server.ts";

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
  await checkSealedKeys(db, sealer);

  const cloud = createCloud({ apiUrl: env.BLNK_API_URL, log });
  const walTruncation = createWalTruncation(db, log);
  const intervalMs = env.MONITOR_INTERVAL_SECONDS * 1000;
  const webhookHosts = env.WEBHOOK_HOSTS;
  const handlers: Record<string, JobHandler> = jobHandlers({
    db,
    sealer,
    clock,
    log,
    cloud,
    walTruncation,
    inheritance,
    afterProof,
    intervalMs,
    webhookHosts,
    postWebhook: createPostWebhook(),
    heartbeat: createHeartbeat(env.HEARTBEAT_URL, log),
  });
  const worker = createWorker({ db, clock, log }, handlers);
  await db.write((tx) =>
    enqueueJob(
      tx,
      { kind: "sweep", installed_app_id: null, generation: null, due_at: clock.now() },
      clock.now(),
    ),
  );
  await resumeAllWatching(db, { now: clock.now(), intervalMs });
  return {
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
    scans: createSharedScans(clock),
    walTruncation,
    departure,
    webhookHosts,
    readiness: createReadiness(db, clock),
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
