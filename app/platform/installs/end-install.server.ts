import { recordActivity } from "#app/platform/activity/activity.server.ts";
import { cancelJobs } from "#app/platform/jobs/jobs.server.ts";
import { endLaunches } from "#app/platform/sessions/launches.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { type AfterProof, type Inheritance, passOn } from "./inherit.server.ts";
import { destroyKeys } from "./install-keys.server.ts";
import { deactivateInstall, type Install } from "./installs.server.ts";

/** What else is destroyed with an install's key; one function for each room. */
export type Departure = ((tx: Tx, installedAppId: string, now: number) => Promise<void>)[];

/** What the end of an install means beyond the platform's own rows. */
export type Ending = { departure: Departure; inheritance: Inheritance; afterProof: AfterProof };

/**
 * Ends an active install for good: inactive, key destroyed, sessions ended, jobs cancelled, and what the team made left to
 * the install that works in its place, if there is one.
 */
export async function endInstall(tx: Tx, install: Install, ending: Ending, now: number): Promise<void> {
  const { installed_app_id } = install;
  await voidGeneration(tx, installed_app_id, now);
  await deactivateInstall(tx, install, now);
  await destroyKeys(tx, installed_app_id);
  for (const destroy of ending.departure) await destroy(tx, installed_app_id, now);
  await recordActivity(tx, { installed_app_id, action: "app.uninstalled", result: "key destroyed" }, now);
  await passOn(tx, install, ending, now);
}

/** Whatever runs under the present generation ends: sessions at once, jobs before their next call. */
export async function voidGeneration(tx: Tx, installedAppId: string, now: number): Promise<void> {
  await endLaunches(tx, installedAppId, now);
  await cancelJobs(tx, installedAppId, now);
}
