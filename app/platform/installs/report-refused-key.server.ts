import type { Clock } from "#app/platform/clock.ts";
import { enqueueJob } from "#app/platform/jobs/jobs.server.ts";
import type { Database } from "#db/database.server.ts";

import type { Install } from "./installs.server.ts";

/** A call met a refused key: the proof decides whether it is rejected, and tries it again on its own schedule. */
export async function reportRefusedKey(
  { db, clock }: { db: Database; clock: Clock },
  install: Pick<Install, "installed_app_id" | "generation" | "key_state">,
): Promise<void> {
  if (install.key_state === "rejected") return;
  const { installed_app_id, generation } = install;
  await db.write((tx) =>
    enqueueJob(tx, { kind: "prove_key", installed_app_id, generation, due_at: clock.now() }, clock.now()),
  );
}
