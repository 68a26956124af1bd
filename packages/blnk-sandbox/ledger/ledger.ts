import { randomUUID } from "node:crypto";
import { CoreError } from "./core-error.ts";
import { type CoreVersion, isSince } from "./core-version.ts";
import { Clock } from "./instant.ts";
import type {
  AllocationStrategy,
  Balance,
  ExternalTransaction,
  Identity,
  LedgerRow,
  MatchingRule,
  MetaData,
  Reconciliation,
  Transaction,
} from "./rows.ts";
import { Table } from "./table.ts";
import { type QueueTiming, WorkQueue } from "./work-queue.ts";

export const GENERAL_LEDGER = "general_ledger_id";

type NewBalance = {
  ledger_id: string;
  currency: string;
  identity_id: string;
  indicator: string | undefined;
  meta_data: MetaData | null;
  track_fund_lineage: boolean;
  allocation_strategy: AllocationStrategy | undefined;
};

/** Where money that a provider brought to a balance is kept count of. */
export type LineageMapping = { provider: string; shadow: Balance; aggregate: Balance };

export type CoreSettings = { core_version: CoreVersion; queue: QueueTiming };

/** One Core with its database: tables, clock and worker. What happens to them is in the modules beside this one. */
export class Ledger {
  readonly clock = new Clock();
  readonly queue: WorkQueue;
  readonly random: () => number;
  readonly #settings: CoreSettings;
  readonly ledgers = new Table<LedgerRow>("ledger_id", (row) => row.ledger_id);
  readonly balances = new Table<Balance>("balance_id", (row) => row.balance_id, {
    ledger_id: (row) => [row.ledger_id],
    indicator: (row) => (row.indicator === undefined ? [] : [row.indicator]),
  });
  readonly transactions = new Table<Transaction>("transaction_id", (row) => row.transaction_id, {
    reference: (row) => [row.reference],
    parent_transaction: (row) => [row.parent_transaction],
    balance_id: (row) => [row.source, row.destination],
    shadow_for: ({ meta_data: { _shadow_for: id } }) => (typeof id === "string" ? [id] : []),
    queued_parent: ({ meta_data: { QUEUED_PARENT_TRANSACTION: id } }) => (typeof id === "string" ? [id] : []),
  });
  readonly identities = new Table<Identity>("identity_id", (row) => row.identity_id);
  readonly reconciliations = new Table<Reconciliation>("reconciliation_id", (row) => row.reconciliation_id);
  readonly matchingRules = new Table<MatchingRule>("rule_id", (row) => row.rule_id);
  readonly externalTransactions = new Table<ExternalTransaction>("id", (row) => row.id);
  /** Plain values behind tokens, by identity and column. */
  readonly tokenised = new Map<string, string>();
  /** By balance, in the order in which each provider first paid in. */
  readonly lineage = new Map<string, LineageMapping[]>();
  /** Holds and bulks whose commit or void waits in the queue. */
  readonly pendingInflight = new Set<string>();
  /** Rows that a request is settling or refunding. */
  readonly locked = new Set<string>();
  asyncBatches = 0;

  /** The settings may change while the ledger runs. */
  constructor(settings: CoreSettings, random: () => number = Math.random) {
    this.random = random;
    this.#settings = settings;
    this.queue = new WorkQueue(this.clock, () => settings.queue, random);
    this.ledgers.insert({
      ledger_id: GENERAL_LEDGER,
      name: "General Ledger",
      created_at: 1_708_676_327_000_000, // Core's first migration makes it
      meta_data: null,
    });
  }

  isSince(version: CoreVersion): boolean {
    return isSince(this.#settings.core_version, version);
  }
}

export function newId(prefix: string): string {
  return `${prefix}_${randomUUID()}`;
}

export function createLedger(ledger: Ledger, name: string, meta_data: MetaData | null): LedgerRow {
  return ledger.ledgers.insert({ ledger_id: newId("ldg"), name, created_at: ledger.clock.now(), meta_data });
}

export function createBalance(ledger: Ledger, input: NewBalance): Balance {
  const hasOwner = input.identity_id === "" || ledger.identities.get(input.identity_id) !== undefined;
  if (ledger.ledgers.get(input.ledger_id) === undefined || !hasOwner) {
    // Core reads every broken foreign key here as the ledger's.
    throw new CoreError("GEN_BAD_REQUEST", "Invalid ledger ID");
  }
  const { indicator, currency } = input;
  if (indicator !== undefined && findIndicator(ledger, indicator, currency) !== undefined) {
    throw new CoreError(
      "GEN_CONFLICT",
      `Balance already exists for indicator ${indicator} and currency ${currency}`,
    );
  }
  return ledger.balances.insert({
    balance_id: newId("bln"),
    credit: 0n,
    debit: 0n,
    inflight_credit: 0n,
    inflight_debit: 0n,
    version: 1,
    created_at: ledger.clock.now(),
    ...input,
  });
}

export function findIndicator(ledger: Ledger, indicator: string, currency: string): Balance | undefined {
  return ledger.balances.find("indicator", indicator).find((balance) => balance.currency === currency);
}

/** A balance by id, or by `@indicator` in a currency: an unknown indicator is created, an unknown id is not found. */
export function resolveBalance(ledger: Ledger, identifier: string, currency: string): Balance | undefined {
  if (!identifier.startsWith("@")) return ledger.balances.get(identifier);
  return (
    findIndicator(ledger, identifier, currency) ??
    createBalance(ledger, {
      ledger_id: GENERAL_LEDGER,
      currency,
      identity_id: "",
      indicator: identifier,
      meta_data: null,
      track_fund_lineage: false,
      allocation_strategy: undefined,
    })
  );
}

export function isReferenceUsed(ledger: Ledger, reference: string): boolean {
  return ledger.transactions.find("reference", reference).length > 0;
}

export function linkIdentity(ledger: Ledger, balanceId: string, identityId: string): void {
  const balance = ledger.balances.get(balanceId);
  if (balance === undefined || ledger.identities.get(identityId) === undefined) {
    throw new CoreError("BAL_NOT_FOUND", `Balance with ID '${balanceId}' not found`);
  }
  balance.identity_id = identityId;
  ledger.balances.touch();
}
