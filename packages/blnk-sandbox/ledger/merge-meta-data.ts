import { CoreError } from "./core-error.ts";
import type { Ledger } from "./ledger.ts";
import type { MetaData } from "./rows.ts";

type Described = { meta_data: MetaData | null };

/**
 * Merges at the top level, so that a nested object is replaced whole. Answers the merged map; for transactions, as
 * Core does, only what was sent. On transactions the direct children get it too.
 */
export function mergeMetaData(ledger: Ledger, id: string, sent: MetaData): MetaData {
  const prefix = id.slice(0, id.indexOf("_"));
  switch (prefix) {
    case "txn":
    case "bulk": {
      const named = ledger.transactions.get(id);
      const rows = [...(named ? [named] : []), ...ledger.transactions.find("parent_transaction", id)];
      if (rows.length === 0) throw notFound(id);
      for (const row of rows) merge(row, sent);
      ledger.transactions.touch();
      return sent;
    }
    case "ldg":
      return mergeOne(ledger.ledgers, id, sent);
    case "bln":
      return mergeOne(ledger.balances, id, sent);
    case "idt":
      return mergeOne(ledger.identities, id, sent);
    default:
      throw new CoreError("META_INVALID_ENTITY_ID", "invalid entity id");
  }
}

function mergeOne(
  table: { get(id: string): Described | undefined; touch(): void },
  id: string,
  sent: MetaData,
): MetaData {
  const row = table.get(id);
  if (row === undefined) throw notFound(id);
  table.touch();
  return merge(row, sent);
}

function merge(row: Described, sent: MetaData): MetaData {
  row.meta_data = { ...row.meta_data, ...sent };
  return row.meta_data;
}

function notFound(id: string): CoreError {
  return new CoreError("META_ENTITY_NOT_FOUND", `entity ${id} not found`);
}
