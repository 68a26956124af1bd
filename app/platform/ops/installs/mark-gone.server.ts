import type { Cloud } from "#app/platform/blnk/cloud.server.ts";
import type { Clock } from "#app/platform/clock.ts";
import { endInstall } from "#app/platform/installs/end-install.server.ts";
import { findInstall } from "#app/platform/installs/installs.server.ts";
import type { LifecycleHooks } from "#app/platform/installs/lifecycle-hooks.ts";
import type { WalTruncation } from "#app/platform/installs/wal-truncation.server.ts";
import type { Worker } from "#app/platform/jobs/worker.server.ts";
import type { Database } from "#db/database.server.ts";

import { operate, type Operator } from "#app/platform/operator/operator-actions.server.ts";

/** Does what the uninstall callback would have done, for an install whose callback never came. */
export async function markGone(
  app: {
    db: Database;
    clock: Clock;
    cloud: Pick<Cloud, "stop">;
    worker: Pick<Worker, "abort">;
    walTruncation: Pick<WalTruncation, "request">;
    hooks: readonly LifecycleHooks[];
  },
  operator: Operator,
  installedAppId: string,
): Promise<void> {
  await operate(app, operator, { action: "marked as gone", target: installedAppId }, async (tx, now) => {
    const install = await findInstall(tx, installedAppId);
    if (install?.state !== "active") return "was not active";
    await endInstall(tx, install, app.hooks, now);
    return "key destroyed";
  });
  app.cloud.stop(installedAppId);
  app.worker.abort(installedAppId);
  app.walTruncation.request();
}
