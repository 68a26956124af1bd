import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { Cloud } from "#app/platform/blnk/cloud.server.ts";
import type { Clock } from "#app/platform/clock.ts";
import { jobCredentials } from "#app/platform/installs/cloud-access.server.ts";
import { findInstall } from "#app/platform/installs/installs.server.ts";
import { reportRefusedKey } from "#app/platform/installs/report-refused-key.server.ts";
import type { Sealer } from "#app/platform/installs/sealer.server.ts";
import type { JobHandler } from "#app/platform/jobs/worker.server.ts";
import type { Database } from "#db/database.server.ts";

import type { Action } from "./action.ts";
import { findAction } from "./actions.server.ts";
import { confirmAction, noteReason } from "./confirm-action.server.ts";

const BUDGET_MS = 30_000;
const SOONEST_MS = 5_000;
const LATEST_MS = 10 * 60_000;
/** A reason that cannot be written for so long never will be: the row is gone, or its metadata is refused. */
const NOTED_WITHIN_MS = 24 * 60 * 60_000;

/** Goes on looking for what came of an action after its page was left, and writes its reason to the ledger. */
export function createActionConfirmation(
  platform: { db: Database; sealer: Sealer; clock: Clock; cloud: Cloud },
  { waitMs = 5_000 }: { waitMs?: number } = {},
): JobHandler {
  const { db, clock, cloud } = platform;
  return async (job, { signal, leaveSlot: onSlow }) => {
    const { action_id } = job.payload as { action_id: string };
    const install = await findInstall(db.read, job.installed_app_id!);
    if (install?.state !== "active" || install.generation !== job.generation) return undefined;
    const action = await findAction(db.read, install.installed_app_id, action_id);
    if (!action || !hasMoreToDo(action, clock.now())) return undefined;
    const client = cloud.client(jobCredentials(platform, install), {
      signal,
      onSlow,
      budgetMs: BUDGET_MS,
    });
    try {
      if (action.state === "under_way") await confirmAction(platform, client, action, { waitMs });
      else await noteReason(platform, client, { ...action, result_id: action.result_id! });
    } catch (error) {
      // Looked for again: how long Cloud cannot be read says nothing of the action.
      if (!(error instanceof CloudError)) throw error;
      if (error.code === "unauthorised") await reportRefusedKey(platform, install);
    }
    const after = await findAction(db.read, install.installed_app_id, action_id);
    const now = clock.now();
    if (!after || !hasMoreToDo(after, now)) return undefined;
    const age = now - (after.started_at ?? now);
    return {
      due_at: now + Math.min(Math.max(Math.round(age / 2), SOONEST_MS), LATEST_MS),
      payload: { action_id },
    };
  };
}

function hasMoreToDo({ state, noted, settled_at }: Action, now: number): boolean {
  if (state === "under_way") return true;
  return state === "applied" && !noted && now - (settled_at ?? 0) < NOTED_WITHIN_MS;
}
