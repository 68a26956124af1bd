import { CloudError } from "../cloud-error.ts";
import { isObject, parseJson } from "../json.ts";
import type { MetaData } from "../ledger/rows.ts";
import { FilterError, readBodyConditions } from "./condition.ts";
import {
  BALANCES,
  type Collection,
  IDENTITIES,
  LEDGERS,
  RECONCILIATIONS,
  TRANSACTIONS,
  readPaging,
} from "./data.ts";
import { spellNumbers } from "./records.ts";
import type { Answer, Call, Route } from "./router.ts";
import { selectPage } from "./select.ts";

type Row = { created_at: number; meta_data?: MetaData | null };

// `/ledger` and `/reconciliation` are singular, the others plural: so the reference has it.
export const FILTER_ROUTES: Route[] = [
  route("/ledger/filter", (call) => answerFilter(LEDGERS, call, () => ({}))),
  route("/balances/filter", (call) => answerFilter(BALANCES, call, statsOnly)),
  route("/transactions/filter", (call) => answerFilter(TRANSACTIONS, call, transactionTotals)),
  route("/identities/filter", (call) => answerFilter(IDENTITIES, call, statsOnly)),
  route("/reconciliation/filter", (call) => answerFilter(RECONCILIATIONS, call, statsOnly)),
];

function route(path: string, handle: Route["handle"]): Route {
  return { method: "POST", path, need: "data:read", handle };
}

function answerFilter<R extends Row>(
  list: Collection<R>,
  call: Call,
  extraOf: (call: Call, total: number) => Record<string, unknown>,
): Answer {
  const { instance, query, switches } = call;
  const filters = readFilters(call.body);
  const paging = readPaging(query, list.pageSize, switches);
  const table = list.table(instance.ledger);
  const conditions = readBodyConditions(filters);
  const { rows, total } = selectPage(table, list.fields, conditions, paging, switches.order);
  const data = rows.map((row) => spellNumbers(list.record(row, switches), switches.data_numbers));
  return { status: 200, body: { data, total, ...extraOf(call, total) } };
}

function readFilters(body: string): unknown[] {
  let parsed: unknown;
  try {
    parsed = parseJson(body);
  } catch {
    throw new CloudError(400, "invalid JSON body");
  }
  const filters = isObject(parsed) ? parsed.filters : undefined;
  if (!Array.isArray(filters)) throw new FilterError([{ Param: "filters", Message: "filters is required" }]);
  return filters;
}

function statsOnly(): Record<string, unknown> {
  return { stats: {} }; // its content is nowhere documented [A]
}

function transactionTotals({ query, switches }: Call, total: number): Record<string, unknown> {
  const isExact = switches.transaction_totals === "exact" || query.get("strict_total") === "true";
  // PostgreSQL's estimate is off by some per cent, to either side.
  return {
    ...(!isExact && { total: Math.ceil(total * 0.9) }),
    ...statsOnly(),
    total_is_estimate: !isExact,
    total_source: isExact ? "exact" : "estimate",
  };
}
