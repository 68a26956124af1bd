import { CoreError } from "./core-error.ts";
import { type Ledger, findIndicator } from "./ledger.ts";
import { availableFunds } from "./postings.ts";
import type { Balance } from "./rows.ts";

type Role = "source" | "destination";

type Projected = { role: Role; before: Balance; after: Balance; isVirtual: boolean };

/** Copies of balances for a dry run to post on, and how Core describes what it did to them. */
export class Projection {
  readonly #ledger: Ledger;
  readonly #projected = new Map<string, Projected>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Both sides of a posting. An unknown `@x` is a balance at zero; throws for an unknown id. */
  sides(sent: { source: string; destination: string; currency: string }): {
    source: Balance;
    destination: Balance;
  } {
    return {
      source: this.#resolve(sent.source, sent.currency, "source"),
      destination: this.#resolve(sent.destination, sent.currency, "destination"),
    };
  }

  describe(): object[] {
    return [...this.#projected.values()].map(({ role, before, after, isVirtual }) => ({
      balance_id: before.balance_id,
      role,
      currency: before.currency,
      ...(isVirtual && { virtual: true }),
      ...amountsOf("current", before),
      ...amountsOf("resulting", after),
    }));
  }

  #resolve(identifier: string, currency: string, role: Role): Balance {
    const known = this.#projected.get(identifier);
    if (known !== undefined) return known.after;
    const isIndicator = identifier.startsWith("@");
    const found = isIndicator
      ? findIndicator(this.#ledger, identifier, currency)
      : this.#ledger.balances.get(identifier);
    if (found === undefined && !isIndicator) {
      throw new CoreError("TXN_NOT_FOUND", `Balance with ID '${identifier}' not found`);
    }
    const before = { ...(found ?? emptyBalance(identifier, currency)) };
    const projected = { role, before, after: { ...before }, isVirtual: found === undefined };
    this.#projected.set(identifier, projected);
    return projected.after;
  }
}

function emptyBalance(indicator: string, currency: string): Balance {
  return {
    balance_id: indicator,
    ledger_id: "",
    identity_id: "",
    currency,
    indicator,
    credit: 0n,
    debit: 0n,
    inflight_credit: 0n,
    inflight_debit: 0n,
    version: 0,
    created_at: 0,
    meta_data: null,
    track_fund_lineage: false,
    allocation_strategy: undefined,
  };
}

function amountsOf(prefix: string, balance: Balance): object {
  const amounts = {
    balance: balance.credit - balance.debit,
    available: availableFunds(balance),
    credit_balance: balance.credit,
    debit_balance: balance.debit,
    inflight_debit_balance: balance.inflight_debit,
    inflight_credit_balance: balance.inflight_credit,
  };
  return Object.fromEntries(
    Object.entries(amounts).map(([name, amount]) => [`${prefix}_${name}`, String(amount)]),
  );
}
