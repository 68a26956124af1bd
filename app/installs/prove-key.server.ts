import type { Cloud } from "#app/blnk/cloud.server.ts";
import { CloudError } from "#app/blnk/cloud-error.ts";
import type { Clock } from "#app/clock.ts";
import type { Job } from "#app/jobs/jobs.server.ts";
import type { JobContext, JobHandler, NextRun } from "#app/jobs/worker.server.ts";
import type { Database } from "#db/database.server.ts";

import { keyCredentials } from "./cloud-access.server.ts";
import type { AfterProof, Inheritance } from "./inherit.server.ts";
import { type HeldKey, listHeldKeys } from "./install-keys.server.ts";
import { findInstall, type Install } from "./installs.server.ts";
import { keepProvenKey, rejectKey, restoreKey } from "./key-outcomes.server.ts";
import type { Sealer } from "./sealer.server.ts";
import type { WalTruncation } from "./wal-truncation.server.ts";

const CALL_BUDGET_MS = 30_000;
// Two refusals count as one unless they are so far apart; a launch may ask sooner.
const REFUSALS_APART_MS = 2000;
const SECOND_LOOK_MS = 2500;
const UNVERIFIED_WINDOW_MS = 10 * 60_000;
const HOUR_MS = 60 * 60_000;
const REJECTED_DELAYS_MS = [60_000, 5 * 60_000, 15 * 60_000, HOUR_MS];

/**
 * `refused_at`: when Cloud first refused the key, or null. `tries`: of a rejected key how often it was refused, of any
 * other how often Cloud could not say.
 */
type Progress = { refused_at: number | null; tries: number };

type Answer = "works" | "refused" | "inconclusive" | "unprovable";

export type KeyProof = {
  db: Database;
  sealer: Sealer;
  clock: Clock;
  cloud: Cloud;
  walTruncation: WalTruncation;
  inheritance: Inheritance;
  afterProof: AfterProof;
};

/**
 * The job that finds out whether an install's key works: one permitted read, after the callback's answer and never a
 * gate. Two refusals reject the key, unless an older one still works: then a late or forged delivery has replaced it,
 * and it is restored.
 */
export function createKeyProof(app: KeyProof): JobHandler {
  return async (job, context) => {
    const install = await findInstall(app.db.read, job.installed_app_id ?? "");
    if (install?.state !== "active" || install.generation !== job.generation) return undefined;
    const [current, ...older] = await listHeldKeys(app.db.read, install.installed_app_id);
    if (current?.generation !== install.generation) return undefined;

    const progress = readProgress(job);
    const answer = await tryKey(app, install, current, context);
    if (answer === "works") return await keepProvenKey(app, install);
    // No granted scope permits a read, so nothing will tell: Cloud's newest word stands. It may be a forged one, so that
    // the older keys are held until a proof settles it, or the uninstall.
    if (answer === "unprovable") return undefined;
    if (answer === "inconclusive") return afterInconclusive(app.clock, install, current, progress);

    const now = app.clock.now();
    const refused_at = progress.refused_at ?? now;
    if (now - refused_at < REFUSALS_APART_MS)
      return { due_at: refused_at + SECOND_LOOK_MS, payload: { refused_at, tries: 0 } };
    for (const key of older) {
      if ((await tryKey(app, install, key, context)) === "works") return await restoreKey(app, install, key);
    }
    await rejectKey(app, install);
    const tries = install.key_state === "rejected" ? progress.tries + 1 : 1;
    return { due_at: app.clock.now() + delayAfterRefusals(tries), payload: { refused_at, tries } };
  };
}

async function tryKey(
  app: KeyProof,
  install: Install,
  key: HeldKey,
  { signal, leaveSlot: onSlow }: JobContext,
): Promise<Answer> {
  try {
    const client = app.cloud.client(keyCredentials(app, install, key), {
      signal,
      onSlow,
      budgetMs: CALL_BUDGET_MS,
    });
    return (await client.proveKey()) ? "works" : "unprovable";
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    if (error.code === "stopped" || error.code === "cancelled") throw error;
    return error.code === "unauthorised" ? "refused" : "inconclusive";
  }
}

/**
 * Cloud could not say. A rejected key is tried again after the same time as before; a fresh one often for ten minutes,
 * since it may only work once Cloud has our answer.
 */
function afterInconclusive(
  clock: Clock,
  install: Install,
  key: HeldKey,
  { refused_at, tries }: Progress,
): NextRun {
  const now = clock.now();
  if (install.key_state === "rejected")
    return { due_at: now + delayAfterRefusals(tries), payload: { refused_at, tries } };
  const fresh = install.key_state === "unverified" && now - key.applied_at < UNVERIFIED_WINDOW_MS;
  const delay = fresh ? Math.min(1000 * 2 ** tries, 60_000) : HOUR_MS;
  return { due_at: now + delay, payload: { refused_at, tries: tries + 1 } };
}

function delayAfterRefusals(refusals: number): number {
  return REJECTED_DELAYS_MS[Math.min(Math.max(refusals, 1), REJECTED_DELAYS_MS.length) - 1]!;
}

function readProgress(job: Job): Progress {
  const { refused_at = null, tries = 0 } = job.payload as Partial<Progress>;
  return { refused_at, tries };
}
