import type { Collection } from "./collection.server.ts";
import { readId, readInteger, readList, readObject, readText, readTime } from "./read-fields.ts";
import { type Balance, readBalance } from "./records.ts";
import type { Call } from "./transport/call.server.ts";
import type { JsonObject, JsonValue } from "./transport/lossless-json.ts";
import { cloudPath } from "./transport/request.ts";

export type NewBalance = {
  ledger_id: string;
  currency: string;
  identity_id?: string;
  /** Only in `general_ledger_id`. */
  indicator?: string;
  meta_data?: JsonObject;
  /** Needs an identity. */
  track_fund_lineage?: boolean;
  allocation_strategy?: "FIFO" | "LIFO" | "PROPORTIONAL";
};

/** A balance from its applied transactions up to a moment, by their effective date; inflight amounts are not in it. */
export type BalanceAt = {
  balance_id: string;
  balance: bigint | undefined;
  credit_balance: bigint | undefined;
  debit_balance: bigint | undefined;
  currency: string | undefined;
  /** Whole seconds. */
  timestamp: number | undefined;
};

export type BalanceLineage = {
  balance_id: string;
  total_with_lineage: bigint | undefined;
  aggregate_balance_id: string | undefined;
  providers: {
    provider: string | undefined;
    amount: bigint | undefined;
    available: bigint | undefined;
    spent: bigint | undefined;
    shadow_balance_id: string | undefined;
  }[];
};

export function balances(call: Call, rows: Collection<"balances", Balance>) {
  return {
    ...rows,

    /** An unknown ledger or identity is `invalid`; an indicator that exists for the currency is `conflict`. */
    async create(balance: NewBalance): Promise<Balance> {
      return readBalance(
        await call({
          method: "POST",
          path: cloudPath`/proxy/balances`,
          body: balance,
          scope: "data:write",
          repeatable: false,
        }),
      );
    },

    /** An unknown balance or identity is `not_found`. */
    async setIdentity(balanceId: string, identityId: string): Promise<void> {
      await call({
        method: "PUT",
        path: cloudPath`/proxy/balances/${balanceId}/identity`,
        body: { identity_id: identityId },
        scope: "data:write",
        repeatable: false,
      });
    },

    /**
     * The balance at a moment (ms UTC). `fromSource` sums every transaction: slower, and right for statements, since
     * Core's snapshots miss what was backdated before the last of them.
     */
    async at(balanceId: string, time: number, { fromSource = true } = {}): Promise<BalanceAt> {
      return readBalanceAt(
        await call({
          method: "GET",
          path: cloudPath`/proxy/balances/${balanceId}/at`,
          query: [
            ["timestamp", new Date(time).toISOString()],
            ["from_source", String(fromSource)],
          ],
          scope: "data:read",
          repeatable: true,
        }),
      );
    },

    /** `invalid` for a balance that does not track its lineage. */
    async lineage(balanceId: string): Promise<BalanceLineage> {
      return readLineage(
        await call({
          method: "GET",
          path: cloudPath`/proxy/balances/${balanceId}/lineage`,
          scope: "data:read",
          repeatable: true,
        }),
      );
    },
  };
}

function readBalanceAt(value: JsonValue): BalanceAt {
  const body = readObject(value);
  const row = readObject(body["balance"]);
  return {
    balance_id: readId(row["balance_id"]),
    balance: readInteger(row["balance"]),
    credit_balance: readInteger(row["credit_balance"]),
    debit_balance: readInteger(row["debit_balance"]),
    currency: readText(row["currency"]),
    timestamp: readTime(body["timestamp"]),
  };
}

function readLineage(value: JsonValue): BalanceLineage {
  const body = readObject(value);
  return {
    balance_id: readId(body["balance_id"]),
    total_with_lineage: readInteger(body["total_with_lineage"]),
    aggregate_balance_id: readText(body["aggregate_balance_id"]),
    providers: readList(body["providers"]).map((item) => {
      const row = readObject(item);
      return {
        provider: readText(row["provider"]),
        amount: readInteger(row["amount"]),
        available: readInteger(row["available"]),
        spent: readInteger(row["spent"]),
        shadow_balance_id: readText(row["shadow_balance_id"]),
      };
    }),
  };
}
