import { recordActivity } from "#app/platform/activity/activity.server.ts";
import type { Clock } from "#app/platform/clock.ts";
import { DomainError } from "#app/platform/errors.ts";
import { enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import type { Worker } from "#app/platform/jobs/worker.server.ts";
import { createLaunch } from "#app/platform/sessions/launches.server.ts";
import type { Database } from "#db/database.server.ts";

import { type LaunchDelivery, waitLeft } from "./read-delivery.server.ts";
import { findInstall } from "./installs.server.ts";

/**
 * Checks the install and answers a fresh URL that opens sessions until the launch expires.
 *
 * @throws DomainError `mismatch`, `unknown_install` or `inactive_install`; StorageError when nothing was stored.
 */
export async function launchPortal(
  app: {
    db: Database;
    clock: Clock;
    worker: Worker;
    publicUrl: string;
    sessionMinutes: number;
    pinnedAppId: string | undefined;
  },
  { launch, source_address, secret_index, arrivedAt, signal }: LaunchDelivery,
): Promise<{ portalUrl: string; launchId: string }> {
  const { installed_app_id, app_id, instance_id } = launch;
  const user_id = launch.user_id ?? null;

  const { launchId, token, unproven } = await app.db.write(
    async (tx) => {
      const now = app.clock.now();
      const install = await findInstall(tx, installed_app_id);
      if (app.pinnedAppId !== undefined && app_id !== app.pinnedAppId)
        throw new DomainError("mismatch", "app_id is not this app's.");
      if (!install) throw new DomainError("unknown_install", "This install is not known here.");
      if (install.app_id !== app_id)
        throw new DomainError("mismatch", "app_id differs from the stored install.");
      if (install.instance_id !== instance_id)
        throw new DomainError("mismatch", "instance_id differs from the stored install.");
      if (install.state !== "active")
        throw new DomainError("inactive_install", "This install has been uninstalled.");

      const { generation } = install;
      const launched = await createLaunch(
        tx,
        { installed_app_id, generation },
        { user_id, source_address, secret_index },
        { now, lifetime: app.sessionMinutes * 60_000 },
      );
      await recordActivity(
        tx,
        {
          installed_app_id,
          launch_id: launched.launchId,
          user_id,
          action: "portal.launched",
          result: "opened",
        },
        now,
      );
      const unproven = install.key_state !== "working";
      if (unproven)
        await enqueueJob(tx, { kind: "prove_key", installed_app_id, generation, due_at: now }, now);
      return { ...launched, unproven };
    },
    { signal, maxWait: waitLeft(arrivedAt) },
  );

  if (unproven) app.worker.wake();
  return { portalUrl: `${app.publicUrl}/portal/enter?token=${token}`, launchId };
}
