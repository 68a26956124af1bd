import type { Filter } from "#app/platform/blnk/filters.ts";
import type { Balance } from "#app/platform/blnk/records.ts";

import type { BalanceField, Operator, Selection } from "../definition/monitor.ts";

export type BalanceFilters = readonly Filter<"balances">[];

const COMPARISON = { "<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "eq", "!=": "ne" } as const;

/** What a selection asks of balances, in Cloud's terms. */
export function selectionFilters({
  balance_id,
  indicator,
  ledger_id,
  identity_id,
  currency,
  meta_data = {},
}: Selection): BalanceFilters {
  const filters: Filter<"balances">[] = [];
  for (const [field, value] of Object.entries({ balance_id, indicator, ledger_id, identity_id, currency })) {
    if (value !== undefined) filters.push({ field: field as "currency", operator: "eq", value });
  }
  for (const [path, value] of Object.entries(meta_data))
    filters.push({ field: `meta_data.${path}`, operator: "eq", value: String(value) });
  return filters;
}

/**
 * Filters that together find every balance whose field compares so, and maybe more: `available` cannot be filtered, and
 * is at most the balance, less only where something is held.
 */
export function thresholdFilters(
  selected: BalanceFilters,
  field: BalanceField,
  operator: Operator,
  value: bigint,
): BalanceFilters[] | "all" {
  if (operator === "!=") return "all";
  if (field !== "available") return [[...selected, { field, operator: COMPARISON[operator], value }]];
  switch (operator) {
    case "<":
    case "<=":
      return [
        [...selected, { field: "balance", operator: COMPARISON[operator], value }],
        [...selected, { field: "inflight_debit_balance", operator: "gt", value: 0n }],
      ];
    case ">":
    case ">=":
      return [[...selected, { field: "balance", operator: COMPARISON[operator], value }]];
    case "=":
      return [[...selected, { field: "balance", operator: "gte", value }]];
  }
}

/**
 * Whether a balance may have come in answer to these filters. Core ignores a parameter that it does not understand and
 * answers with everything: then what came is not all of what was asked for either.
 */
export function answers(balance: Balance, filters: BalanceFilters): boolean {
  return filters.every((filter) => {
    if (!("value" in filter)) return true;
    const { field, operator, value } = filter;
    if (field.startsWith("meta_data."))
      return String(atPath(balance.meta_data, field.slice("meta_data.".length))) === String(value);
    const actual = (balance as unknown as Record<string, string | bigint | number | undefined>)[field];
    // What Cloud knows and does not show cannot be judged.
    if (actual === undefined) return field !== "indicator" && field !== "identity_id";
    return compares(actual, operator, value);
  });
}

function compares(actual: string | bigint | number, operator: string, value: unknown): boolean {
  const wanted = value as typeof actual;
  switch (operator) {
    case "lt":
      return actual < wanted;
    case "lte":
      return actual <= wanted;
    case "gt":
      return actual > wanted;
    case "gte":
      return actual >= wanted;
    case "ne":
      return actual !== wanted;
    default:
      return actual === wanted;
  }
}

function atPath(meta_data: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      meta_data,
    );
}
