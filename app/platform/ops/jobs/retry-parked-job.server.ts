import type { Clock } from "#app/platform/clock.ts";
import { findInstall } from "#app/platform/installs/installs.server.ts";
import { retryJob } from "#app/platform/jobs/jobs.server.ts";
import type { Worker } from "#app/platform/jobs/worker.server.ts";
import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import { operate, type Operator } from "#app/platform/operator/operator-actions.server.ts";

/** Queues a parked job again, unless its install has changed so that its work no longer counts. */
export async function retryParkedJob(
  app: { db: Database; clock: Clock; worker: Pick<Worker, "wake"> },
  operator: Operator,
  id: number,
): Promise<void> {
  await operate(app, operator, { action: "retried job", target: String(id) }, async (tx, now) => {
    if (!(await stillCounts(tx, id))) return "not queued: its install has changed since";
    return (await retryJob(tx, id, now))
      ? "queued"
      : "not queued: it is no longer parked, or asked for again";
  });
  app.worker.wake();
}

async function stillCounts(tx: Tx, id: number): Promise<boolean> {
  const job = await tx
    .selectFrom("jobs")
    .select(["installed_app_id", "generation"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (!job || job.installed_app_id === null) return true;
  const install = await findInstall(tx, job.installed_app_id);
  return install?.state === "active" && install.generation === job.generation;
}
