import { CloudError } from "./cloud-error.ts";
import { jsonDecimal } from "./transport/lossless-json.ts";

type FieldKind = "text" | "integer" | "decimal" | "time" | "metadata";

/**
 * What Cloud documents as filterable, and how each field's value is written. Core silently ignores a parameter that it
 * does not understand and answers with everything, so nothing outside this table is ever sent.
 * (`precise_amount`, `hash` and `scheduled_for` cannot be filtered. Balances compare minor units, `amount` major ones.)
 */
export const FILTER_FIELDS = {
  ledgers: { ledger_id: "text", name: "text", created_at: "time", meta_data: "metadata" },
  balances: {
    balance_id: "text",
    ledger_id: "text",
    identity_id: "text",
    indicator: "text",
    currency: "text",
    balance: "integer",
    credit_balance: "integer",
    debit_balance: "integer",
    inflight_balance: "integer",
    inflight_credit_balance: "integer",
    inflight_debit_balance: "integer",
    created_at: "time",
    meta_data: "metadata",
  },
  transactions: {
    transaction_id: "text",
    parent_transaction: "text",
    amount: "decimal",
    currency: "text",
    source: "text",
    destination: "text",
    /** Source or destination. */
    balance_id: "text",
    reference: "text",
    description: "text",
    status: "text",
    created_at: "time",
    effective_date: "time",
    precision: "integer",
    meta_data: "metadata",
  },
  identities: {
    identity_id: "text",
    identity_type: "text",
    organization_name: "text",
    category: "text",
    first_name: "text",
    last_name: "text",
    other_names: "text",
    gender: "text",
    email_address: "text",
    phone_number: "text",
    nationality: "text",
    street: "text",
    city: "text",
    state: "text",
    country: "text",
    post_code: "text",
    dob: "time",
    created_at: "time",
    meta_data: "metadata",
  },
} as const satisfies Record<string, Record<string, FieldKind>>;

export type Resource = keyof typeof FILTER_FIELDS;
/** `created_at` is a field of all. */
type FilterField<R extends Resource> =
  | (keyof (typeof FILTER_FIELDS)[R] & string)
  | "created_at"
  | `meta_data.${string}`;

/** Times are ms UTC, integers bigint, decimals their digits ("10.50"), metadata whatever was stored. */
type FilterValue = string | bigint | number | boolean;

const COMPARISONS = ["eq", "ne", "gt", "gte", "lt", "lte"] as const;
const PATTERNS = ["like", "ilike"] as const;
const NULL_TESTS = ["isnull", "isnotnull", "exists", "notexists"] as const;

/** One condition; those of a list must all hold. SQL's `ne` leaves out rows where the field is null. */
export type Filter<R extends Resource> = { field: FilterField<R> } & (
  | { operator: (typeof COMPARISONS)[number]; value: FilterValue }
  | { operator: (typeof PATTERNS)[number]; value: string }
  | { operator: "in"; values: readonly FilterValue[] }
  | { operator: "between"; values: readonly [FilterValue, FilterValue] }
  | { operator: (typeof NULL_TESTS)[number] }
);

/** Core's limits. */
export const MAX_IN_VALUES = 100;
const MAX_FILTERS = 20;
const MAX_VALUE_LENGTH = 1_000;

/** The pattern for `like` and `ilike` that finds `text` anywhere, its own wildcards taken literally. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}

/**
 * The filters as query parameters `field_operator=value`, or undefined when a query string cannot express them:
 * null tests, values with the list separators, long lists, and text that Core would take for a number, a date or a truth
 * value. Those go to the Filters API.
 *
 * @throws CloudError `invalid` for a field, operator or value outside the table
 */
export function filtersToQuery<R extends Resource>(
  resource: R,
  filters: readonly Filter<R>[],
): [name: string, value: string][] | undefined {
  const query: [string, string][] = [];
  for (const { field, operator, kind, values } of checkFilters(resource, filters)) {
    if (isOneOf(NULL_TESTS, operator)) return undefined;
    const texts = values.map((value) => valueToText(value, kind));
    if (kind === "text" || kind === "metadata") {
      if (!values.every((value, at) => typeof value !== "string" || isPlainText(texts[at]!, operator))) {
        return undefined;
      }
    }
    const value = texts.join(operator === "between" ? "|" : ",");
    if (value.length > MAX_VALUE_LENGTH) return undefined;
    query.push([`${field}_${operator}`, value]);
  }
  return query;
}

/**
 * The filters as the Filters API's body.
 *
 * @throws CloudError `invalid` for a field, operator or value outside the table
 */
export function filtersToBody<R extends Resource>(resource: R, filters: readonly Filter<R>[]): object {
  return {
    filters: checkFilters(resource, filters).map(({ field, operator, kind, values }) => {
      if (isOneOf(NULL_TESTS, operator)) return { field, operator };
      const written = values.map((value) => valueToJson(value, kind));
      return operator === "in" || operator === "between"
        ? { field, operator, values: written }
        : { field, operator, value: written[0] };
    }),
  };
}

type CheckedFilter = { field: string; operator: string; kind: FieldKind; values: readonly FilterValue[] };

function checkFilters<R extends Resource>(resource: R, filters: readonly Filter<R>[]): CheckedFilter[] {
  if (filters.length > MAX_FILTERS) throw invalid(`At most ${MAX_FILTERS} filters can be combined`);
  return filters.map((filter) => {
    const { field, operator } = filter;
    const kind = kindOf(resource, field);
    if (kind === undefined) throw invalid("That field cannot be filtered");
    const values = "values" in filter ? filter.values : "value" in filter ? [filter.value] : [];
    if (!allows(resource, field, kind, operator)) throw invalid("That field does not have this operator");
    if (!hasRightCount(operator, values.length)) throw invalid("That filter has the wrong number of values");
    if (!values.every((value) => isValueOf(value, kind))) {
      throw invalid("That field does not have such values");
    }
    return { field, operator, kind, values };
  });
}

const METADATA_PATH = /^meta_data(\.[A-Za-z][A-Za-z0-9_]*)+$/;
const MAX_PATH_LENGTH = 140;

function kindOf(resource: Resource, field: string): FieldKind | undefined {
  if (METADATA_PATH.test(field) && field.length <= MAX_PATH_LENGTH) return "metadata";
  const fields: Record<string, FieldKind> = FILTER_FIELDS[resource];
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}

function allows(resource: Resource, field: string, kind: FieldKind, operator: string): boolean {
  if (operator === "exists" || operator === "notexists") return field.startsWith("meta_data.");
  if (operator === "isnull" || operator === "isnotnull") return true;
  if (field === "meta_data") return false;
  if (resource === "transactions" && field === "balance_id") return isOneOf(["eq", "ne", "in"], operator);
  if (isOneOf(PATTERNS, operator)) return kind === "text" || kind === "metadata";
  return isOneOf([...COMPARISONS, "in", "between"], operator);
}

function hasRightCount(operator: string, count: number): boolean {
  if (isOneOf(NULL_TESTS, operator)) return count === 0;
  if (operator === "between") return count === 2;
  if (operator === "in") return count >= 1 && count <= MAX_IN_VALUES;
  return count === 1;
}

const DECIMAL = /^-?\d{1,60}(\.\d{1,60})?$/;
const LAST_TIME = Date.UTC(9999, 11, 31);

function isValueOf(value: FilterValue, kind: FieldKind): boolean {
  if (typeof value === "bigint") return kind === "integer" || kind === "decimal" || kind === "metadata";
  if (typeof value === "boolean") return kind === "metadata";
  if (typeof value === "number") {
    return kind === "time" && Number.isInteger(value) && Math.abs(value) <= LAST_TIME;
  }
  if (kind === "decimal") return DECIMAL.test(value);
  if (kind !== "text" && kind !== "metadata") return false;
  return value.length <= MAX_VALUE_LENGTH && value.isWellFormed() && !value.includes("\0");
}

function valueToText(value: FilterValue, kind: FieldKind): string {
  return kind === "time" ? new Date(Number(value)).toISOString() : String(value);
}

function valueToJson(value: FilterValue, kind: FieldKind): unknown {
  if (kind === "time") return new Date(Number(value)).toISOString();
  return kind === "decimal" ? jsonDecimal(String(value)) : value;
}

/** Core guesses a query value's type: number, then truth value, then date, then text. */
const TAKEN_FOR_ANOTHER_TYPE = /^[+-]?(\d|\.|inf|nan)|^(true|false|t|f)$/i;

function isPlainText(text: string, operator: string): boolean {
  if (text.trim() !== text || text === "" || TAKEN_FOR_ANOTHER_TYPE.test(text)) return false;
  return operator === "in" ? !text.includes(",") : operator !== "between" || !text.includes("|");
}

function isOneOf(operators: readonly string[], operator: string): boolean {
  return operators.includes(operator);
}

function invalid(message: string): CloudError {
  return new CloudError("invalid", {}, message);
}
