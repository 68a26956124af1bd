import { explainMonitor } from "#app/monitors/definition/explain-monitor.ts";
import { findMonitor } from "#app/monitors/monitors.server.ts";
import type { Database } from "#db/database.server.ts";

import { readLedgerNames } from "#app/portal/ledgers/read-ledger-names.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import { formKindOf, PER_BALANCE, readFormKind } from "./form-kind.ts";
import { monitorFormValues, newMonitorValues } from "./monitor-form-values.server.ts";

export type NewMonitorPageData = ReturnType<typeof loadNewMonitor>;

/** The choice of a kind, and once it is made its form: of one balance, or of each of a ledger. */
export function loadNewMonitor(readCloud: ReadCloud, params: URLSearchParams) {
  const kind = readFormKind(params.get("kind"));
  const takesBalance = kind !== undefined && PER_BALANCE.includes(kind);
  const ledgerId = (takesBalance && params.get("ledger")) || undefined;
  const balanceId = (takesBalance && params.get("balance_id")) || undefined;
  return {
    chosen: kind && { kind, ledgerId, values: newMonitorValues(kind, balanceId) },
    ledgers: readCloud("data:read", readLedgerNames),
  };
}

export type EditMonitorPageData = NonNullable<Awaited<ReturnType<typeof loadMonitorForm>>>;

/** Undefined when there is no such monitor. */
export async function loadMonitorForm(
  readCloud: ReadCloud,
  db: Pick<Database, "read">,
  { installedAppId, id }: { installedAppId: string; id: string },
) {
  const stored = await findMonitor(db.read, installedAppId, id);
  if (!stored) return undefined;
  return {
    id,
    name: stored.name,
    revision: stored.revision,
    explanation: explainMonitor(stored.monitor),
    kind: formKindOf(stored.monitor),
    values: monitorFormValues(stored.monitor),
    ledgers: readCloud("data:read", readLedgerNames),
  };
}
