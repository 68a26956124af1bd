import { isLineageBalance } from "#app/platform/blnk/lineage.ts";
import type { Balance } from "#app/platform/blnk/records.ts";
import type { JsonObject, JsonValue } from "#app/platform/blnk/transport/lossless-json.ts";

import type { Selection } from "../../definition/monitor.ts";
import type { EndpointBalance } from "../facts.ts";

export function selectsBalance(select: Selection, balance: Balance): boolean {
  return (
    matchesEndpoint(select, balance) &&
    (select.balance_id !== undefined || !isLineageBalance(balance)) &&
    (select.currency === undefined || select.currency === balance.currency) &&
    hasMetadata(select, balance.meta_data)
  );
}

/** Whether a balance is what the selection asks of one, currency and metadata aside. */
export function matchesEndpoint(select: Selection, endpointBalances: EndpointBalance): boolean {
  return (
    (select.balance_id === undefined || select.balance_id === endpointBalances.balance_id) &&
    (select.indicator === undefined || select.indicator === endpointBalances.indicator) &&
    (select.ledger_id === undefined || select.ledger_id === endpointBalances.ledger_id) &&
    (select.identity_id === undefined || select.identity_id === endpointBalances.identity_id)
  );
}

export function hasMetadata({ meta_data }: Selection, record: JsonObject): boolean {
  if (meta_data === undefined) return true;
  return Object.entries(meta_data).every(([path, expected]) => textAt(record, path) === String(expected));
}

/** Metadata as text, the way that Cloud's filters see it; undefined for nothing, a list or an object. */
function textAt(record: JsonObject, path: string): string | undefined {
  let value: JsonValue | undefined = record;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value === undefined || value === null || typeof value === "object" ? undefined : String(value);
}
