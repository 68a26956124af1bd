import { recordActivity } from "#app/activity/activity.server.ts";
import { cancelJobs } from "#app/jobs/jobs.server.ts";
import { endLaunches } from "#app/sessions/launches.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { destroyKeys } from "./install-keys.server.ts";
import { deactivateInstall, type Install } from "./installs.server.ts";

/** What else is destroyed with an install's key; one function for each room. */
export type Departure = ((tx: Tx, installedAppId: string, now: number) => Promise<void>)[];

/** Ends an active install for good: inactive, key destroyed, sessions ended, jobs cancelled. */
export async function endInstall(tx: Tx, install: Install, departure: Departure, now: number): Promise<void> {
  const { installed_app_id } = install;
  await voidGeneration(tx, installed_app_id, now);
  await deactivateInstall(tx, install, now);
  await destroyKeys(tx, installed_app_id);
  for (const destroy of departure) await destroy(tx, installed_app_id, now);
  await recordActivity(tx, { installed_app_id, action: "app.uninstalled", result: "key destroyed" }, now);
}

/** Whatever runs under the present generation ends: sessions at once, jobs before their next call. */
export async function voidGeneration(tx: Tx, installedAppId: string, now: number): Promise<void> {
  await endLaunches(tx, installedAppId, now);
  await cancelJobs(tx, installedAppId, now);
}
