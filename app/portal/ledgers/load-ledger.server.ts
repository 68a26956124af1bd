import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";

import { readFirstBalances } from "#app/portal/balances/read-first-balances.server.ts";
import { metadataText } from "#app/platform/portal/metadata-text.server.ts";
import type { AssumePrecision } from "#app/platform/portal/precision/currency-precisions.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";

export function loadLedger(
  readCloud: ReadCloud,
  assume: AssumePrecision,
  { ledgerId, now }: { ledgerId: string; now: number },
) {
  return {
    loadedAt: now,
    ledgerId,
    ledger: readCloud("data:read", (client) => readLedger(client, ledgerId)),
    balances: readCloud("data:read", (client) =>
      readFirstBalances(client, [{ field: "ledger_id", operator: "eq", value: ledgerId }], assume),
    ),
  };
}

async function readLedger({ ledgers }: CloudClient, ledgerId: string) {
  const { meta_data, ...ledger } = await ledgers.get(ledgerId);
  return { ...ledger, metadata: metadataText(meta_data) };
}
