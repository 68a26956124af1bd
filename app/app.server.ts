import { moveActions, resumeConfirming } from "#app/actions/actions.server.ts";
import { createActionConfirmation } from "#app/actions/create-action-confirmation.server.ts";
import type { LifecycleHooks } from "#app/platform/installs/lifecycle-hooks.ts";
import { createKeyProof, type KeyProof } from "#app/platform/installs/prove-key.server.ts";
import type { JobHandler } from "#app/platform/jobs/worker.server.ts";
import {
  markPendingUnconfirmed,
  resumeInterruptedSends,
} from "#app/monitors/alerts/alert-deliveries.server.ts";
import type { MonitorPlatform } from "#app/monitors/monitor-platform.server.ts";
import { createAlertDelivery } from "#app/monitors/alerts/deliver-alerts.server.ts";
import { monitorHealth } from "#app/monitors/monitor-health.server.ts";
import { monitorGauges } from "#app/monitors/monitor-gauges.server.ts";
import { createHeartbeat } from "#app/monitors/heartbeat.server.ts";
import { moveMonitors, resumeAllWatching, resumeWatching } from "#app/monitors/lifecycle.server.ts";
import { createWatch } from "#app/monitors/watch/watch.server.ts";
import { createWatchdog } from "#app/monitors/watch/watchdog.server.ts";
import { createWebhookDelivery } from "#app/monitors/webhook/deliver-webhooks.server.ts";
import { createPostWebhook } from "#app/monitors/webhook/post-webhook.server.ts";
import { destroyWebhook } from "#app/monitors/webhook/webhooks.server.ts";
import { platformGauges } from "#app/platform/operator/gauges.server.ts";
import { moveCurrencyDecimals } from "#app/platform/portal/precision/currency-precisions.server.ts";
import type { Features } from "#app/platform/platform.server.ts";
import { createSharedScans, scansContext } from "#app/portal/overview/shared-scans.server.ts";
import type { Database } from "#db/database.server.ts";

import type { Env } from "#app/platform/http/env.server.ts";
import type { Log } from "#app/platform/http/log.server.ts";

/** What Tidemark does when an install changes. */
export const hooks: readonly LifecycleHooks[] = [
  { onReinstall: moveActions, onKeyVerified: resumeConfirming },
  { onReinstall: moveCurrencyDecimals },
  {
    onUninstall: destroyWebhook,
    onReinstall: moveMonitors,
    onKeyVerified: resumeWatching,
    onRestore: markPendingUnconfirmed,
  },
];

/** What the features need of the environment beside the platform's own. */
function featureSettings(env: Env, log: Log) {
  return {
    intervalMs: env.MONITOR_INTERVAL_SECONDS * 1000,
    webhookHosts: env.WEBHOOK_HOSTS,
    postWebhook: createPostWebhook(),
    heartbeat: createHeartbeat(env.HEARTBEAT_URL, log),
  };
}

/** What goes on at each start. */
async function resumeFeatures(db: Database, env: Env, now: number): Promise<void> {
  await db.write((tx) => resumeInterruptedSends(tx, now));
  await resumeAllWatching(db, { now, intervalMs: env.MONITOR_INTERVAL_SECONDS * 1000 });
}

/** The kinds of background work, by the name that their rows carry. */
export function jobHandlers(platform: KeyProof & MonitorPlatform): Record<string, JobHandler> {
  return {
    prove_key: createKeyProof(platform),
    confirm_action: createActionConfirmation(platform),
    watch: createWatch(platform),
    deliver_alerts: createAlertDelivery(platform),
    deliver_webhooks: createWebhookDelivery(platform),
  };
}

/** What Tidemark adds to the platform. */
export const features: Features = {
  background(parts, env) {
    const platform = { ...parts, hooks, ...featureSettings(env, parts.log) };
    return { jobHandlers: jobHandlers(platform), watchdog: createWatchdog(platform) };
  },
  hooks,
  opsTables: [monitorHealth],
  readings: [...platformGauges, ...monitorGauges],
  resume: resumeFeatures,
  provider(clock) {
    const scans = createSharedScans(clock);
    return (context) => context.set(scansContext, scans);
  },
};
