import type { Database } from "#db/database.server.ts";

import { INTEGRITY_KINDS, type MonitorKind } from "./definition/monitor.ts";
import { readMonitor } from "./definition/read-monitors.ts";
import { type Author, createMonitors } from "./monitors.server.ts";

type IntegrityKind = (typeof INTEGRITY_KINDS)[number];

const NAMES: Record<IntegrityKind, string> = {
  double_refund: "Double refunds",
  applied_after_rejected: "Applied after rejection",
  overheld: "Overheld balances",
  negative_balance: "Negative balances",
};

/** The kinds of the pack that an install has no monitor of, paused ones included. */
export async function missingIntegrityKinds(
  read: Pick<Database["read"], "selectFrom">,
  installedAppId: string,
): Promise<IntegrityKind[]> {
  const rows = await read
    .selectFrom("monitors")
    .select("kind")
    .distinct()
    .where("installed_app_id", "=", installedAppId)
    .where("deleted_at", "is", null)
    .where("kind", "in", INTEGRITY_KINDS)
    .execute();
  const present = new Set(rows.map(({ kind }) => kind as MonitorKind));
  return INTEGRITY_KINDS.filter((kind) => !present.has(kind));
}

/**
 * Creates a monitor of each kind that is missing, all or none, over the whole ledger; wake the worker afterwards.
 *
 * @throws InvalidBody when the install would have more monitors than it may
 */
export async function addIntegrityPack(
  { write }: Pick<Database, "write">,
  author: Author,
  now: number,
): Promise<void> {
  await write(async (tx) => {
    const monitors = (await missingIntegrityKinds(tx, author.installed_app_id)).map((kind) => {
      const json = { name: NAMES[kind], kind, severity: "critical", select: {}, condition: {} };
      const { monitor, problems } = readMonitor(json);
      if (!monitor) throw new Error(problems.map(({ path, message }) => `${path} ${message}`).join(", "));
      return monitor;
    });
    if (monitors.length > 0) await createMonitors(tx, author, monitors, now);
  });
}
