import { GENERAL_LEDGER } from "blnk-sandbox/ledger/ledger.ts";

import type { Instance } from "./dashboard.ts";
import type { World } from "./world.ts";

/** What the overview must say of an instance, reckoned from the sandbox's own rows: `NGN 1,234.56` for each currency. */
export function totalsByCurrency({ sandbox }: World, name: Instance): string[] {
  const { ledger } = sandbox.workspace.instances.find((instance) => instance.name === name)!;
  const totals = new Map<string, bigint>();
  for (const { ledger_id, currency, credit, debit } of ledger.balances.all()) {
    if (ledger_id !== GENERAL_LEDGER) totals.set(currency, (totals.get(currency) ?? 0n) + credit - debit);
  }
  return [...totals].map(([currency, minor]) => `${currency} ${inMajorUnits(minor)}`).sort();
}

/** All currencies of the sandbox's history have two decimals. */
function inMajorUnits(minor: bigint): string {
  const exact = `${minor / 100n}.${(minor % 100n).toString().padStart(2, "0")}`;
  return new Intl.NumberFormat("en", { minimumFractionDigits: 2 }).format(exact as Intl.StringNumericLiteral);
}
