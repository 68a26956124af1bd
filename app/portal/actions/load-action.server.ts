import { type Action, mayStart } from "#app/actions/action.ts";
import { findAction } from "#app/actions/actions.server.ts";
import { requestOf } from "#app/actions/start-action.server.ts";
import type { PortalSession } from "#app/platform/sessions/portal-session.server.ts";
import type { Database } from "#db/database.server.ts";

import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { type ShownPlan, showPlan } from "./show-plan.server.ts";

export type ShownAction = Omit<
  Action,
  "id" | "installed_app_id" | "launch_id" | "lock_id" | "children_before" | "sent_at"
> & {
  /** Asked for in this launch, which alone may confirm it. */
  isOwn: boolean;
};

export type ActionPageData = {
  action: ShownAction;
  /** While there is something to confirm: as the ledger is now. */
  plan: Promise<CloudResult<ShownPlan>> | undefined;
  loadedAt: number;
};

/** Undefined for an action that this install does not have. */
export async function loadAction(
  readCloud: ReadCloud,
  db: Database,
  session: PortalSession,
  actionId: string,
  now: number,
): Promise<ActionPageData | undefined> {
  const { installed_app_id, instance_id } = session.install;
  const action = await findAction(db.read, installed_app_id, actionId);
  if (!action) return undefined;
  return {
    loadedAt: now,
    action: shownAction(action, session.launchId),
    plan: mayStart(action)
      ? readCloud("data:read", (client) =>
          showPlan(client, db, instance_id, requestOf(action), () => action.precision),
        )
      : undefined,
  };
}

function shownAction(action: Action, launchId: string): ShownAction {
  const {
    id: _,
    installed_app_id: __,
    lock_id: ___,
    children_before: ____,
    sent_at: _____,
    ...shown
  } = action;
  const { launch_id, ...rest } = shown;
  return { ...rest, isOwn: launch_id === launchId };
}
