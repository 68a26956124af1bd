import { CoreError } from "./core-error.ts";
import { type Ledger, type LineageMapping, isReferenceUsed, newId, resolveBalance } from "./ledger.ts";
import { mergeMetaData } from "./merge-meta-data.ts";
import { apply, hold, requireFunds } from "./postings.ts";
import type { Balance, Identity, MetaData, Transaction } from "./rows.ts";
import { hashTransaction } from "./transaction-request.ts";

type Allocation = { mapping: LineageMapping; amount: bigint };

type Shadow = {
  reference: string;
  description: string;
  source: Balance;
  destination: Balance;
  amount: bigint;
  meta_data: MetaData;
};

/**
 * Follows money by who provided it, where a balance tracks it: a little later Core writes shadow rows between
 * `@…_lineage` balances of the general ledger. What settles a hold is left out, and so, by the same rule, is every hold
 * that went through the queue.
 */
export function traceFunds(ledger: Ledger, row: Transaction): void {
  if (row.parent_transaction !== "" && row.meta_data.inflight === true) return;
  const source = ledger.balances.get(row.source)!;
  const destination = ledger.balances.get(row.destination)!;
  const provider = row.meta_data.BLNK_LINEAGE_PROVIDER;
  const isCredit = typeof provider === "string" && provider !== "" && destination.track_fund_lineage;
  if (!isCredit && !source.track_fund_lineage) return;
  ledger.queue.addTask(() => {
    const knows = mappingsOf(ledger, source).some((mapping) => mapping.provider === provider);
    if (isCredit && (!source.track_fund_lineage || knows)) traceCredit(ledger, row, destination, provider);
    if (source.track_fund_lineage) traceDebit(ledger, row, source, destination);
  });
}

/** What a balance holds by provider, as `GET /balances/:id/lineage` says. */
export function lineageOf(ledger: Ledger, balance: Balance) {
  const mappings = mappingsOf(ledger, balance);
  const providers = mappings.map(({ provider, shadow }) => ({
    provider,
    amount: shadow.debit,
    available: availableOf(shadow),
    spent: shadow.credit,
    shadow_balance_id: shadow.balance_id,
  }));
  return {
    balance_id: balance.balance_id,
    total_with_lineage: providers.reduce((sum, { available }) => sum + available, 0n),
    aggregate_balance_id: mappings[0]?.aggregate.balance_id ?? "",
    providers,
  };
}

function traceCredit(ledger: Ledger, row: Transaction, balance: Balance, provider: string): void {
  const mapping = mapProvider(ledger, balance, provider);
  insertShadow(ledger, row, {
    reference: `${row.reference}_shadow_${provider}`,
    description: `Shadow credit from ${provider}`,
    source: mapping.shadow,
    destination: mapping.aggregate,
    amount: row.precise_amount,
    meta_data: {
      _provider: provider,
      _identity_id: balance.identity_id,
      _lineage_type: "credit",
      _main_balance: balance.balance_id,
      allow_overdraft: true,
    },
  });
}

function traceDebit(ledger: Ledger, row: Transaction, source: Balance, destination: Balance): void {
  const allocations = allocate(mappingsOf(ledger, source), row.precise_amount, source.allocation_strategy);
  for (const [index, { mapping, amount }] of allocations.entries()) {
    const { provider } = mapping;
    const suffix = ledger.isSince("0.15.2") ? provider : `${provider}_${index}`;
    insertShadow(ledger, row, {
      reference: `${row.reference}_release_${suffix}`,
      description: `Release ${provider} funds`,
      source: mapping.aggregate,
      destination: mapping.shadow,
      amount,
      meta_data: {
        _provider: provider,
        _lineage_type: "release",
        _main_balance: source.balance_id,
        _allocation: source.allocation_strategy,
      },
    });
    if (destination.track_fund_lineage)
      traceReceipt(ledger, row, { source, destination, provider, suffix, amount });
  }
  if (allocations.length === 0) return;
  const shares = allocations.map(({ mapping, amount }) => ({ provider: mapping.provider, amount }));
  mergeMetaData(ledger, row.transaction_id, { BLNK_FUND_ALLOCATION: shares });
}

type Receipt = { source: Balance; destination: Balance; provider: string; suffix: string; amount: bigint };

function traceReceipt(ledger: Ledger, row: Transaction, receipt: Receipt): void {
  const { source, destination, provider, suffix, amount } = receipt;
  const mapping = mapProvider(ledger, destination, provider);
  insertShadow(ledger, row, {
    reference: `${row.reference}_receive_${suffix}`,
    description: `Receive ${provider} funds`,
    source: mapping.shadow,
    destination: mapping.aggregate,
    amount,
    meta_data: {
      _provider: provider,
      _lineage_type: "receive",
      _main_balance: destination.balance_id,
      _from_balance: source.balance_id,
      allow_overdraft: true,
    },
  });
}

function insertShadow(ledger: Ledger, row: Transaction, shadow: Shadow): void {
  const { reference, source, destination, amount } = shadow;
  if (isReferenceUsed(ledger, reference)) return;
  const isHold = row.status === "INFLIGHT";
  if (shadow.meta_data.allow_overdraft !== true) {
    requireFunds(source, amount, { allow_overdraft: false, overdraft_limit: 0, precision: row.precision });
  }
  if (isHold) hold({ source, destination, amount });
  else apply({ source, destination, amount });
  ledger.balances.touch();
  const pair = { source: source.balance_id, destination: destination.balance_id, currency: source.currency };
  const created_at = ledger.clock.now();
  ledger.transactions.insert({
    ...pair,
    transaction_id: newId("txn"),
    parent_transaction: "",
    reference,
    precise_amount: amount,
    precision: row.precision,
    description: shadow.description,
    status: isHold ? "INFLIGHT" : "APPLIED",
    created_at,
    effective_date: created_at,
    scheduled_for: undefined,
    hash: hashTransaction({ ...pair, reference, amount: undefined }),
    meta_data: { _shadow_for: row.transaction_id, ...shadow.meta_data, ...(isHold && { inflight: true }) },
  });
}

function mappingsOf(ledger: Ledger, balance: Balance): LineageMapping[] {
  return ledger.lineage.get(balance.balance_id) ?? [];
}

function mapProvider(ledger: Ledger, balance: Balance, provider: string): LineageMapping {
  const known = mappingsOf(ledger, balance).find((mapping) => mapping.provider === provider);
  if (known !== undefined) return known;
  const identity = ledger.identities.get(balance.identity_id);
  if (identity === undefined)
    throw new CoreError("IDT_NOT_FOUND", `Identity '${balance.identity_id}' not found`);
  const name = nameOf(identity);
  const resolve = (indicator: string) => resolveBalance(ledger, indicator, balance.currency)!;
  const mapping = {
    provider,
    shadow: resolve(`@${provider}_${name}_lineage`),
    aggregate: resolve(`@${name}_lineage`),
  };
  ledger.lineage.set(balance.balance_id, [...mappingsOf(ledger, balance), mapping]);
  return mapping;
}

function nameOf({ first_name, last_name, organization_name, identity_id }: Identity): string {
  const isPerson = first_name !== "" && last_name !== "";
  const name = isPerson ? `${first_name}_${last_name}` : organization_name.replaceAll(" ", "_");
  return name === "" ? identity_id : `${name.toLowerCase()}_${identity_id.slice(0, 8)}`;
}

function availableOf({ debit, credit }: Balance): bigint {
  return debit - credit;
}

function allocate(
  mappings: LineageMapping[],
  amount: bigint,
  strategy: Balance["allocation_strategy"],
): Allocation[] {
  const open = mappings.filter(({ shadow }) => availableOf(shadow) > 0n);
  const total = open.reduce((sum, { shadow }) => sum + availableOf(shadow), 0n);
  const spent = amount < total ? amount : total;
  const ordered = strategy === "LIFO" ? open.toReversed() : open;
  let rest = spent;
  const allocations = ordered.map((mapping, index) => {
    const available = availableOf(mapping.shadow);
    const isLast = index === ordered.length - 1;
    const share = strategy === "PROPORTIONAL" && !isLast ? (spent * available) / total : rest;
    const taken = share < available ? share : available;
    rest -= taken;
    return { mapping, amount: taken };
  });
  return allocations.filter((allocation) => allocation.amount > 0n);
}
