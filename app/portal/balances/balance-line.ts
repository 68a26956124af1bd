import type { Balance } from "#app/platform/blnk/records.ts";

import type { LedgerName } from "#app/portal/ledgers/read-ledger-names.server.ts";
import type { BalancePrecision } from "#app/platform/portal/precision/balance-precision.ts";

type BalanceAmounts = Pick<
  Balance,
  | "currency"
  | "balance"
  | "credit_balance"
  | "debit_balance"
  | "inflight_balance"
  | "inflight_credit_balance"
  | "inflight_debit_balance"
>;

/** What a list shows of a balance. */
export type BalanceLine = BalanceAmounts &
  Pick<Balance, "balance_id" | "indicator" | "ledger_id" | "identity_id" | "created_at"> & {
    name: string | undefined;
    ledger_name: string | undefined;
    precision: BalancePrecision;
  };

export function toBalanceLine(
  balance: Balance,
  precision: BalancePrecision,
  ledgers: readonly LedgerName[] = [],
): BalanceLine {
  const { version: _, track_fund_lineage: __, meta_data: ___, ...shown } = balance;
  const ledger = ledgers.find(({ ledger_id }) => ledger_id === balance.ledger_id);
  return { ...shown, name: balanceName(balance), ledger_name: ledger?.name, precision };
}

/** Its indicator, or the `name` that it was given in its metadata; Blnk has no names for balances. */
export function balanceName({
  indicator,
  meta_data,
}: Pick<Balance, "indicator" | "meta_data">): string | undefined {
  const { name } = meta_data;
  return indicator ?? (typeof name === "string" && name !== "" ? name : undefined);
}
