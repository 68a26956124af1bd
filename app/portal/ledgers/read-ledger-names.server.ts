import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";

export type LedgerName = { ledger_id: string; name: string | undefined };

const MOST = 100;

/** The ledgers by name, as far as one read goes: few instances have more than a handful. */
export async function readLedgerNames({ ledgers }: Pick<CloudClient, "ledgers">): Promise<LedgerName[]> {
  const { rows } = await ledgers.list({ pageSize: MOST });
  return rows
    .map(({ ledger_id, name }) => ({ ledger_id, name }))
    .sort((a, b) => ((a.name ?? a.ledger_id) < (b.name ?? b.ledger_id) ? -1 : 1));
}
