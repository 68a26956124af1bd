import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { shadowEnds } from "#app/platform/blnk/lineage.ts";
import type { Transaction } from "#app/platform/blnk/records.ts";

import type { ChainMonitor } from "../definition/monitor.ts";
import { findAppliedAfterRejected } from "../kinds/applied-after-rejected.ts";
import type { ChainFinding } from "../kinds/chain-finding.ts";
import { findDoubleRefund } from "../kinds/double-refund.ts";
import { needsEndpointBalances } from "../kinds/evaluate.ts";
import type { EndpointBalance } from "../kinds/facts.ts";
import { selectsTransaction } from "../kinds/select/select-transactions.ts";
import { readEndpointBalances } from "./backfill-windows.server.ts";
import { idsOfEnds } from "./ends.ts";
import { readSuspects } from "./read-suspects.server.ts";

const FINDERS: Record<ChainMonitor["kind"], (rows: readonly Transaction[]) => ChainFinding | undefined> = {
  double_refund: findDoubleRefund,
  applied_after_rejected: findAppliedAfterRejected,
};

/** What is wrong with the chains of these rows, each once, whether it was told of before or not. */
export async function judgeChains(
  client: CloudClient,
  monitor: ChainMonitor,
  rows: readonly Transaction[],
): Promise<(ChainFinding & { chain_id: string })[]> {
  const findings = new Map<string, ChainFinding & { chain_id: string }>();
  const endpointBalances = new Map<string, EndpointBalance>();
  for await (const chains of readSuspects(client, monitor.kind, rows)) {
    for (const { chain_id, rows: all } of chains) {
      const finding = FINDERS[monitor.kind](all);
      if (!finding) continue;
      await readEndpointBalances(
        client,
        needsEndpointBalances(monitor) ? idsOfEnds(all) : shadowEnds(all),
        endpointBalances,
      );
      if (all.some((row) => selectsTransaction(monitor.select, row, (id) => endpointBalances.get(id))))
        findings.set(chain_id, { ...finding, chain_id });
    }
  }
  return [...findings.values()];
}
