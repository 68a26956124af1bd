import { CloudError } from "../cloud-error.ts";
import type { Table } from "../ledger/table.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { MetaData } from "../ledger/rows.ts";
import type { Switches } from "../switches.ts";
import { readQueryConditions } from "./condition.ts";
import {
  BALANCE_FIELDS,
  type Fields,
  IDENTITY_FIELDS,
  LEDGER_FIELDS,
  RECONCILIATION_FIELDS,
  TRANSACTION_FIELDS,
} from "./fields.ts";
import {
  type Json,
  balanceRecord,
  externalTransactionRecord,
  identityRecord,
  ledgerRecord,
  matchingRuleRecord,
  reconciliationRecord,
  spellNumbers,
  transactionColumns,
} from "./records.ts";
import type { Answer, Call, Route } from "./router.ts";
import { type Paging, selectPage } from "./select.ts";

type Row = { created_at: number; meta_data?: MetaData | null };

/** One list of the Data API: where its rows are, what may be filtered, and how a row is shown. */
export type Collection<R extends Row> = {
  path: string;
  pageSize: number;
  table: (ledger: Ledger) => Table<R>;
  fields: Fields<R>;
  record: (row: R, switches: Switches) => Json;
  /** Names a record in a 404; undefined where no detail route is documented. */
  noun: string | undefined;
};

const collection = <R extends Row>(value: Collection<R>): Collection<R> => value;

export const LEDGERS = collection({
  path: "/data/ledgers",
  pageSize: 30,
  table: (ledger) => ledger.ledgers,
  fields: LEDGER_FIELDS,
  record: ledgerRecord,
  noun: "ledger",
});
export const BALANCES = collection({
  path: "/data/balances",
  pageSize: 20,
  table: (ledger) => ledger.balances,
  fields: BALANCE_FIELDS,
  record: (row, { data_no_identity }) => ({
    ...balanceRecord(row),
    identity_id: row.identity_id === "" && data_no_identity === "null" ? null : row.identity_id,
  }),
  noun: "balance",
});
export const TRANSACTIONS = collection({
  path: "/data/transactions",
  pageSize: 20,
  table: (ledger) => ledger.transactions,
  fields: TRANSACTION_FIELDS,
  record: transactionColumns,
  noun: "transaction",
});
export const IDENTITIES = collection({
  path: "/data/identities",
  pageSize: 20,
  table: (ledger) => ledger.identities,
  fields: IDENTITY_FIELDS,
  record: identityRecord,
  noun: "identity",
});
export const RECONCILIATIONS = collection({
  path: "/data/reconciliations",
  pageSize: 20,
  table: (ledger) => ledger.reconciliations,
  fields: RECONCILIATION_FIELDS,
  record: reconciliationRecord,
  noun: undefined,
});
const MATCHING_RULES = collection({
  path: "/data/matching-rules",
  pageSize: 20,
  table: (ledger) => ledger.matchingRules,
  fields: {},
  record: matchingRuleRecord,
  noun: undefined,
});
const EXTERNAL_TRANSACTIONS = collection({
  path: "/data/external-transactions",
  pageSize: 20,
  table: (ledger) => ledger.externalTransactions,
  fields: {},
  record: externalTransactionRecord,
  noun: undefined,
});

export const DATA_ROUTES: Route[] = [
  ...routesOf(LEDGERS),
  ...routesOf(BALANCES),
  ...routesOf(TRANSACTIONS),
  ...routesOf(IDENTITIES),
  ...routesOf(RECONCILIATIONS),
  ...routesOf(MATCHING_RULES),
  ...routesOf(EXTERNAL_TRANSACTIONS),
];

/** Page and size as asked for, within the switches: the largest size, and bad values, are not documented [A]. */
export function readPaging(query: URLSearchParams, defaultSize: number, switches: Switches): Paging {
  const page = Number(query.get("page") ?? 1);
  const size = Number(query.get("pageSize") ?? defaultSize);
  const isAsked = switches.page_size === "honoured" && Number.isSafeInteger(size) && size > 0;
  return {
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    pageSize: Math.min(isAsked ? size : defaultSize, switches.max_page_size),
  };
}

function routesOf<R extends Row>(list: Collection<R>): Route[] {
  const routes: Route[] = [
    { method: "GET", path: list.path, need: "data:read", handle: (call) => answerList(list, call) },
  ];
  if (list.noun !== undefined) {
    routes.push({
      method: "GET",
      path: `${list.path}/:id`,
      need: "data:read",
      handle: (call) => answerDetail(list, call),
    });
  }
  return routes;
}

function answerList<R extends Row>(list: Collection<R>, { instance, query, switches }: Call): Answer {
  const paging = readPaging(query, list.pageSize, switches);
  const table = list.table(instance.ledger);
  const { rows, total } = selectPage(table, list.fields, readQueryConditions(query), paging, switches.order);
  const data = rows.map((row) => spellNumbers(list.record(row, switches), switches.data_numbers));
  return { status: 200, body: { data, total } };
}

function answerDetail<R extends Row>(list: Collection<R>, { instance, params, switches }: Call): Answer {
  const row = list.table(instance.ledger).get(params.id!);
  if (row === undefined) {
    if (switches.unknown_record === "200_null") return { status: 200, body: null };
    throw new CloudError(404, `${list.noun} not found`);
  }
  const record = spellNumbers(list.record(row, switches), switches.data_numbers);
  return { status: 200, body: switches.detail_envelope === "data" ? { data: record } : record };
}
