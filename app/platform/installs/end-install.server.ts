import { recordActivity } from "#app/platform/activity/activity.server.ts";
import { cancelJobs } from "#app/platform/jobs/jobs.server.ts";
import { endLaunches } from "#app/platform/sessions/launches.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { destroyKeys } from "./install-keys.server.ts";
import { deactivateInstall, type Install } from "./installs.server.ts";
import type { LifecycleHooks } from "./lifecycle-hooks.ts";
import { moveToNextInstall } from "./reinstall.server.ts";

/**
 * Ends an active install for good: inactive, key destroyed, sessions ended, jobs cancelled, and what the team made moved to
 * the install that works in its place, if there is one.
 */
export async function endInstall(
  tx: Tx,
  install: Install,
  hooks: readonly LifecycleHooks[],
  now: number,
): Promise<void> {
  const { installed_app_id } = install;
  await voidGeneration(tx, installed_app_id, now);
  await deactivateInstall(tx, install, now);
  await destroyKeys(tx, installed_app_id);
  for (const { onUninstall } of hooks) await onUninstall?.(tx, installed_app_id, now);
  await recordActivity(tx, { installed_app_id, action: "app.uninstalled", result: "key destroyed" }, now);
  await moveToNextInstall(tx, install, hooks, now);
}

/** Whatever runs under the present generation ends: sessions at once, jobs before their next call. */
export async function voidGeneration(tx: Tx, installedAppId: string, now: number): Promise<void> {
  await endLaunches(tx, installedAppId, now);
  await cancelJobs(tx, installedAppId, now);
}
