import { moveActions, resumeConfirming, sweepActions } from "#app/actions/actions.server.ts";
import { createActionConfirmation } from "#app/actions/create-action-confirmation.server.ts";
import { moveActivity, sweepActivity } from "#app/activity/activity.server.ts";
import type { AfterProof, Inheritance } from "#app/installs/key-outcomes.server.ts";
import { createKeyProof, type KeyProof } from "#app/installs/prove-key.server.ts";
import type { Departure } from "#app/installs/receive-callback.server.ts";
import { sweepFinishedJobs } from "#app/jobs/jobs.server.ts";
import { createSweeper } from "#app/jobs/sweep.server.ts";
import type { JobHandler } from "#app/jobs/worker.server.ts";
import { createAlertDelivery } from "#app/monitors/alerts/deliver-alerts.server.ts";
import type { MonitorPlatform } from "#app/monitors/monitor-platform.server.ts";
import { monitorSweeps } from "#app/monitors/sweeps.server.ts";
import { moveMonitors, resumeWatching } from "#app/monitors/take-over.server.ts";
import { createWatch } from "#app/monitors/watch/watch.server.ts";
import { createWebhookDelivery } from "#app/monitors/webhook/deliver-webhooks.server.ts";
import { destroyWebhook } from "#app/monitors/webhook/webhooks.server.ts";
import {
  moveCurrencyDecimals,
  sweepCurrencyDecimals,
} from "#app/portal/precision/currency-precisions.server.ts";
import { sweepExpiredLaunches } from "#app/sessions/launches.server.ts";

/** What a re-install takes over from the last install of its instance. */
export const inheritance: Inheritance = [moveActivity, moveActions, moveCurrencyDecimals, moveMonitors];

/** What goes on as soon as a key works. */
export const afterProof: AfterProof = [resumeWatching, resumeConfirming];

/** What an uninstall destroys beside the key. */
export const departure: Departure = [destroyWebhook];

/** The kinds of background work, by the name that their rows carry. */
export function jobHandlers(platform: KeyProof & MonitorPlatform): Record<string, JobHandler> {
  return {
    prove_key: createKeyProof(platform),
    confirm_action: createActionConfirmation(platform),
    watch: createWatch(platform),
    deliver_alerts: createAlertDelivery(platform),
    deliver_webhooks: createWebhookDelivery(platform),
    sweep: createSweeper(platform, [
      sweepFinishedJobs,
      sweepExpiredLaunches,
      sweepActivity,
      sweepActions,
      sweepCurrencyDecimals,
      ...monitorSweeps,
    ]),
  };
}
