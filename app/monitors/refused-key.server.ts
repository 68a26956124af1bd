import type { Install } from "#app/installs/installs.server.ts";
import { enqueueJob } from "#app/jobs/jobs.server.ts";

import type { MonitorPlatform } from "./monitor-platform.server.ts";

/** A job met a refused key: the proof decides whether it is rejected, and proves it again on its own schedule. */
export async function reportRefusedKey(
  { db, clock }: Pick<MonitorPlatform, "db" | "clock">,
  install: Install,
): Promise<void> {
  if (install.key_state === "rejected") return;
  const { installed_app_id, generation } = install;
  await db.write((tx) =>
    enqueueJob(tx, { kind: "prove_key", installed_app_id, generation, due_at: clock.now() }, clock.now()),
  );
}
