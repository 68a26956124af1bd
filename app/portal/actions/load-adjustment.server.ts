import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { mintSecret } from "#app/platform/sessions/secrets.server.ts";
import type { Database } from "#db/database.server.ts";

import { type BalanceLine, toBalanceLine } from "#app/portal/balances/balance-line.ts";
import { balanceFilters } from "#app/portal/balances/balance-query.server.ts";
import { PAGE_SIZE } from "#app/platform/portal/lists/list-state.ts";
import { readBalancePrecisions } from "#app/platform/portal/precision/balance-precision.server.ts";
import type { AssumePrecision } from "#app/platform/portal/precision/currency-precisions.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";
import { type ShownPlan, showPlan } from "./show-plan.server.ts";

export type SideName = "from" | "to";

export type AdjustmentPageData = {
  formKey: string;
  loadedAt: number;
  chosen: Record<SideName, Promise<CloudResult<BalanceLine>> | undefined>;
  ids: Record<SideName, string | undefined>;
  /** The side that is searched for, when one is. */
  picking: SideName | undefined;
  search: string;
  /** What was found, at most a page. */
  found: Promise<CloudResult<BalanceLine[]>> | undefined;
  /** Once both sides are chosen. */
  plan: Promise<CloudResult<ShownPlan>> | undefined;
};

/** Both sides are chosen from what a search finds: an id that is typed may be a balance that does not exist yet. */
export function loadAdjustment(
  readCloud: ReadCloud,
  assume: AssumePrecision,
  db: { read: Database["read"] },
  { instanceId, params, now }: { instanceId: string; params: URLSearchParams; now: number },
): AdjustmentPageData {
  const ids = { from: params.get("from") || undefined, to: params.get("to") || undefined };
  const asked = params.get("pick");
  const missing = ids.from === undefined ? "from" : ids.to === undefined ? "to" : undefined;
  const picking = asked === "from" || asked === "to" ? asked : missing;
  const search = (params.get("q") ?? "").trim().slice(0, 200);
  const read = (id: string | undefined) =>
    id === undefined ? undefined : readCloud("data:read", (client) => readLine(client, id, assume));
  const { from, to } = ids;
  return {
    formKey: mintSecret(16),
    loadedAt: now,
    ids,
    chosen: { from: read(from), to: read(to) },
    picking,
    search,
    found:
      picking && search ? readCloud("data:read", (client) => findLines(client, search, assume)) : undefined,
    plan:
      from !== undefined && to !== undefined && picking === undefined
        ? readCloud("data:read", (client) =>
            showPlan(client, db, instanceId, { kind: "adjustment", source: from, destination: to }, assume),
          )
        : undefined,
  };
}

async function readLine(client: CloudClient, id: string, assume: AssumePrecision): Promise<BalanceLine> {
  const balance = await client.balances.get(id);
  const precisions = await readBalancePrecisions(client, [balance], assume);
  return toBalanceLine(balance, precisions.get(id)!);
}

async function findLines(
  client: CloudClient,
  search: string,
  assume: AssumePrecision,
): Promise<BalanceLine[]> {
  const filters = await balanceFilters(client, { q: search });
  if (filters === undefined) return [];
  const { rows } = await client.balances.list({ filters, pageSize: PAGE_SIZE });
  const precisions = await readBalancePrecisions(client, rows, assume);
  return rows.map((row) => toBalanceLine(row, precisions.get(row.balance_id)!));
}
