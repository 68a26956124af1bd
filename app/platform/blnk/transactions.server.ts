import {
  checkAgainstBalances,
  checkNewTransaction,
  type TransactionProblem,
  type TransactionSide,
} from "./checks.ts";
import { CloudError } from "./cloud-error.ts";
import type { Collection } from "./collection.server.ts";
import {
  type ConfirmOptions,
  confirmReference,
  type ExpectedTransaction,
  type Outcome,
} from "./confirm.server.ts";
import { type NewTransaction, newTransactionToBody } from "./new-transaction.ts";
import { isObject, readId, readList, readObject, readText } from "./read-fields.ts";
import { type Balance, readTransaction, type Transaction } from "./records.ts";
import type { Call } from "./transport/call.server.ts";
import type { JsonObject, JsonValue } from "./transport/lossless-json.ts";
import { cloudPath } from "./transport/request.ts";

/** That Core took the request, which says nothing of the outcome: `confirm` does. */
export type Submitted = {
  /** Never stored when the reference was used before. */
  transaction_id: string | undefined;
};

export type NewBulk = {
  transactions: readonly NewTransaction[];
  /** Of the whole batch; the items' own are ignored by Core. */
  inflight?: boolean;
  skip_queue?: boolean;
  /** Earlier items are refunded or voided when a later one fails. */
  atomic?: boolean;
};

/** The reference to confirm a refund by, and what its row must say. */
export type SubmittedRefund = { reference: string; expected: ExpectedTransaction };

export type TransactionLineage = {
  transaction_id: string;
  fund_allocation: JsonValue;
  shadow_transactions: Transaction[];
};

const MAX_BULK = 10_000;
const RECENT_ROWS = 20;

export function transactions(
  call: Call,
  rows: Collection<"transactions", Transaction>,
  balances: Collection<"balances", Balance>,
  signal: AbortSignal | undefined,
) {
  async function findByReference(references: readonly string[]): Promise<Transaction[]> {
    const filters = [{ field: "reference", operator: "in", values: references }] as const;
    const { rows: found } = await rows.list({ filters });
    // A filter that Cloud does not know is ignored without a word: what comes back is looked at again.
    return found.filter(({ reference }) => reference !== undefined && references.includes(reference));
  }

  async function findBalance(side: string, currency: string): Promise<Balance | undefined> {
    if (!side.startsWith("@")) return balances.get(side);
    const { rows: found } = await balances.list({
      filters: [
        { field: "indicator", operator: "eq", value: side },
        { field: "currency", operator: "eq", value: currency },
      ],
    });
    return found.find((balance) => balance.indicator === side && balance.currency === currency);
  }

  async function resolveSide(side: string, currency: string): Promise<string | undefined> {
    return (await findBalance(side, currency))?.balance_id;
  }

  async function findSide(side: string, currency: string): Promise<TransactionSide> {
    const balance = await findBalance(side, currency);
    if (balance === undefined) return { balance, recent: [] };
    const { rows: recent } = await rows.list({
      filters: [
        { field: "balance_id", operator: "eq", value: balance.balance_id },
        { field: "status", operator: "eq", value: "APPLIED" },
      ],
      pageSize: RECENT_ROWS,
    });
    const touches = ({ source, destination }: Transaction) =>
      source === balance.balance_id || destination === balance.balance_id;
    return { balance, recent: recent.filter((row) => row.status === "APPLIED" && touches(row)) };
  }

  return {
    ...rows,

    /** A side as it stands, with its newest applied rows. An unknown balance id is `not_found`. */
    findSide,

    /**
     * Problems that Core would not see, from both balances and their newest applied rows. An unknown balance id is
     * `not_found`.
     */
    async check(transaction: NewTransaction): Promise<TransactionProblem[]> {
      const problems = checkNewTransaction(transaction);
      if (problems.length > 0) return problems;
      const [source, destination] = await Promise.all([
        findSide(transaction.source, transaction.currency),
        findSide(transaction.destination, transaction.currency),
      ]);
      return checkAgainstBalances(transaction, { source, destination });
    },

    /**
     * Sends a transaction, again after an outage since its reference is fixed. Whatever this returns or throws, a
     * `conflict` of a used reference too, only `confirm` tells what happened.
     */
    async create(transaction: NewTransaction): Promise<Submitted> {
      refuseProblems(transaction);
      const body = await call({
        method: "POST",
        path: cloudPath`/proxy/transactions`,
        body: newTransactionToBody(transaction),
        scope: "data:write",
        repeatable: true,
      });
      return { transaction_id: isObject(body) ? readText(body["transaction_id"]) : undefined };
    },

    /**
     * Sends up to 10,000 transactions, in order; it stops at the first that fails, and earlier ones stay unless
     * `atomic`. Confirm each reference.
     */
    async createBulk({ transactions: items, ...batch }: NewBulk): Promise<{ batch_id: string | undefined }> {
      if (items.length < 1 || items.length > MAX_BULK) {
        throw new CloudError("invalid", {}, `A batch has 1 to ${MAX_BULK} transactions`);
      }
      items.forEach(refuseProblems);
      const { inflight, skip_queue, atomic } = batch;
      const body = await call({
        method: "POST",
        path: cloudPath`/proxy/transactions/bulk`,
        body: { transactions: items.map(newTransactionToBody), inflight, skip_queue, atomic },
        scope: "data:write",
        repeatable: false,
      });
      return { batch_id: isObject(body) ? readText(body["batch_id"]) : undefined };
    },

    /** What became of a reference; see `confirmReference`. */
    confirm(reference: string, options: ConfirmOptions): Promise<Outcome> {
      return confirmReference({ findByReference, resolveSide, signal }, reference, options);
    },

    /**
     * Refunds an applied transaction in full. It is looked up first and sent once: a second refund of the same
     * transaction can move the money forward again before Core refuses it. Older Cores ignore what is put beside it.
     *
     * @throws CloudError `conflict` when a refund is already there, `invalid` when the row is not an applied one
     */
    async refund(
      id: string,
      beside: { description?: string; meta_data?: JsonObject } = {},
    ): Promise<SubmittedRefund> {
      const original = await rows.get(id);
      const expected = swapSides(original);
      const reference = `${original.transaction_id}_refund`;
      const refunds = await findByReference([reference, `${reference}_q`]);
      if (refunds.length > 0) throw new CloudError("conflict", {}, "This transaction has a refund already");
      const { description, meta_data } = beside;
      const reply = await call({
        method: "POST",
        path: cloudPath`/proxy/refund-transaction/${original.transaction_id}`,
        body: { description, meta_data },
        scope: "data:write",
        repeatable: false,
      });
      // Before 0.15 Core gives a refund a reference of its own.
      const own = isObject(reply) ? reply["reference"] : undefined;
      return { reference: typeof own === "string" ? own : reference, expected };
    },

    /** Which funds a transaction moved, for balances that track it. */
    async lineage(id: string): Promise<TransactionLineage> {
      const body = readObject(
        await call({
          method: "GET",
          path: cloudPath`/proxy/transactions/${id}/lineage`,
          scope: "data:read",
          repeatable: true,
        }),
      );
      return {
        transaction_id: readId(body["transaction_id"]),
        fund_allocation: body["fund_allocation"] ?? null,
        shadow_transactions: readList(body["shadow_transactions"]).map(readTransaction),
      };
    },
  };
}

function refuseProblems(transaction: NewTransaction): void {
  const problem = checkNewTransaction(transaction)[0];
  if (problem !== undefined) throw new CloudError("invalid", {}, problem.message);
}

function swapSides(original: Transaction): ExpectedTransaction {
  const { status, precise_amount, precision, currency, source, destination } = original;
  if (status !== "APPLIED")
    throw new CloudError("invalid", {}, "Only an applied transaction can be refunded");
  if (
    precise_amount === undefined ||
    precision === undefined ||
    currency === undefined ||
    source === undefined ||
    destination === undefined
  ) {
    throw new CloudError("malformed", { reason: "incomplete transaction" });
  }
  return { precise_amount, precision, currency, source: destination, destination: source };
}
