import { whyLate } from "#app/monitors/watch/late-check-words.ts";
import { listLateChecks } from "#app/monitors/watch/late-checks.server.ts";
import type { Database } from "#db/database.server.ts";

export type LateCheckShown = { since: number; why: string };

/** Since when this install's monitors are not checked, and why; undefined while they are. */
export async function findLateCheck(
  db: Pick<Database, "read">,
  installedAppId: string,
  { now, intervalMs }: { now: number; intervalMs: number },
): Promise<LateCheckShown | undefined> {
  const [late] = await listLateChecks(db, { now, intervalMs, installedAppId });
  return late && { since: late.since, why: whyLate(late) };
}
