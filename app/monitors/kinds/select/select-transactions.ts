import { isShadowRow } from "#app/platform/blnk/lineage.ts";
import type { Transaction } from "#app/platform/blnk/records.ts";

import type { Selection } from "../../definition/monitor.ts";
import type { FindEndpoint } from "../facts.ts";
import { hasMetadata, matchesEndpoint } from "./select-balances.ts";

const DAY_MS = 24 * 60 * 60_000;

export function selectsTransaction(
  select: Selection,
  row: Transaction,
  endpointBalances: FindEndpoint,
): boolean {
  return (
    (select.currency === undefined || select.currency === row.currency) &&
    (select.status === undefined || select.status === row.status) &&
    (select.is_refund === undefined || select.is_refund === isRefund(row)) &&
    (select.backdated_days === undefined || isBackdated(row, select.backdated_days)) &&
    contains(row.description, select.description_contains) &&
    contains(row.reference, select.reference_contains) &&
    isSide(row.source, select.source, endpointBalances) &&
    isSide(row.destination, select.destination, endpointBalances) &&
    hasMetadata(select, row.meta_data) &&
    (namesEnd(select, row) || !isShadowRow(row, endpointBalances)) &&
    (!selectsEnds(select) ||
      isEnd(select, row.source, endpointBalances) ||
      isEnd(select, row.destination, endpointBalances))
  );
}

/** Whether a selection of transactions names balances that they are to flow into or out of. */
export function selectsEnds({ balance_id, indicator, ledger_id, identity_id }: Selection): boolean {
  return (balance_id ?? indicator ?? ledger_id ?? identity_id) !== undefined;
}

/** Whether a row's source or destination is one of the balances that the selection names. */
export function isEnd(select: Selection, end: string | undefined, endpointBalances: FindEndpoint): boolean {
  if (end === undefined) return false;
  const known = needsEndpointBalancesOf(select) ? endpointBalances(end) : undefined;
  return matchesEndpoint(
    select,
    known ?? { balance_id: end, indicator: undefined, ledger_id: undefined, identity_id: undefined },
  );
}

/** Whether a balance was chosen by its id. */
function namesEnd({ balance_id, source, destination }: Selection, row: Transaction): boolean {
  return [balance_id, source, destination].some(
    (id) => id !== undefined && (id === row.source || id === row.destination),
  );
}

/** Whether the balances of a row have to be known to tell if it is selected. */
export function needsEndpointBalancesOf({ indicator, ledger_id, identity_id }: Selection): boolean {
  return (indicator ?? ledger_id ?? identity_id) !== undefined;
}

/** `source` and `destination` may name an indicator, which rows hold as the balance that it resolved to. */
export function needsSideBalances({ source, destination }: Selection): boolean {
  return [source, destination].some((side) => side?.startsWith("@"));
}

function isSide(
  end: string | undefined,
  wanted: string | undefined,
  endpointBalances: FindEndpoint,
): boolean {
  if (wanted === undefined || wanted === end) return true;
  return end !== undefined && wanted.startsWith("@") && endpointBalances(end)?.indicator === wanted;
}

/** Core makes a refund's reference from the id of what is refunded, and `_q` marks its outcome row. */
export function isRefund({ reference }: Pick<Transaction, "reference">): boolean {
  return reference !== undefined && /_refund(_q)?$/.test(reference);
}

function isBackdated({ created_at, effective_date }: Transaction, days: number): boolean {
  if (created_at === undefined || effective_date === undefined) return false;
  return created_at - effective_date >= days * DAY_MS;
}

function contains(text: string | undefined, part: string | undefined): boolean {
  return part === undefined || (text?.toLowerCase().includes(part.toLowerCase()) ?? false);
}
