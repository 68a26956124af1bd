import { isObject, plainText } from "../json.ts";

const OPERATORS = [
  "eq",
  "ne",
  "gt",
  "gte",
  "lt",
  "lte",
  "in",
  "between",
  "like",
  "ilike",
  "isnull",
  "isnotnull",
  "exists",
  "notexists",
] as const;

export type Operator = (typeof OPERATORS)[number];

/** `spelling: "query"`: equality with a date means its whole day, with a minute the whole minute. */
export type Condition = { field: string; operator: Operator; values: string[]; spelling: "query" | "body" };

type FilterProblem = { Param: string; Message: string };

/** A filter that Core's engine refuses. */
export class FilterError extends Error {
  readonly problems: FilterProblem[];

  constructor(problems: FilterProblem[]) {
    super(problems.map(({ Message }) => Message).join("; "));
    this.problems = problems;
  }
}

const RESERVED = new Set(
  "page pageSize per_page limit offset sort order order_by order_dir instance_id org_id".split(" "),
);
const ALIASES: Record<string, string> = { neq: "ne", gteq: "gte", lteq: "lte" };
const MOST_CONDITIONS = 20;
const MOST_VALUES = 100;
const LONGEST_VALUE = 1000;
const META_PATH = /^meta_data(\.[a-zA-Z][a-zA-Z0-9_]*)+$/;

/** `field_op=value` pairs. As in Core a name that ends in no known operator filters nothing, silently. */
export function readQueryConditions(query: URLSearchParams): Condition[] {
  const conditions: Condition[] = [];
  for (const [name, value] of query) {
    if (RESERVED.has(name)) continue;
    const cut = name.lastIndexOf("_");
    const operator = findOperator(name.slice(cut + 1));
    if (cut < 1 || operator === undefined || operator === "exists" || operator === "notexists") continue;
    conditions.push({
      field: name.slice(0, cut),
      operator,
      values: splitValue(operator, value),
      spelling: "query",
    });
  }
  return checked(conditions);
}

/** The `filters` of a Filters API body. */
export function readBodyConditions(filters: unknown[]): Condition[] {
  return checked(
    filters.map((filter) => {
      const { field, operator, value, values } = isObject(filter) ? filter : {};
      const known = typeof operator === "string" ? findOperator(operator) : undefined;
      if (typeof field !== "string" || known === undefined) {
        throw new FilterError([{ Param: String(field), Message: `unknown operator '${String(operator)}'` }]);
      }
      const given = Array.isArray(values) ? values : value === undefined || value === null ? [] : [value];
      return {
        field,
        operator: known,
        values: given.map((item) => plainText(item) ?? ""),
        spelling: "body" as const,
      };
    }),
  );
}

function findOperator(name: string): Operator | undefined {
  const known = ALIASES[name] ?? name;
  return OPERATORS.find((operator) => operator === known);
}

function splitValue(operator: Operator, value: string): string[] {
  if (operator === "in") return value.split(",").map((item) => item.trim());
  return operator === "between" ? value.split("|") : [value];
}

function checked(conditions: Condition[]): Condition[] {
  const problems = conditions.flatMap(({ field, operator, values }) => {
    const message = findProblem(field, operator, values);
    return message === undefined ? [] : [{ Param: field, Message: message }];
  });
  if (conditions.length > MOST_CONDITIONS) {
    problems.push({ Param: "filters", Message: `at most ${MOST_CONDITIONS} filters are allowed` });
  }
  if (problems.length > 0) throw new FilterError(problems);
  return conditions;
}

function findProblem(field: string, operator: Operator, values: string[]): string | undefined {
  if (values.some((value) => value.length > LONGEST_VALUE)) return "value is too long";
  switch (operator) {
    case "between":
      return values.length === 2 ? undefined : "between needs exactly two values";
    case "in":
      return values.length >= 1 && values.length <= MOST_VALUES ? undefined : "in needs 1 to 100 values";
    case "isnull":
    case "isnotnull":
      return undefined;
    case "exists":
    case "notexists":
      return META_PATH.test(field) ? undefined : `${operator} is for meta_data paths only`;
    case "eq":
    case "ne":
    case "gt":
    case "gte":
    case "lt":
    case "lte":
    case "like":
    case "ilike":
      return values.length === 1 ? undefined : `${operator} needs one value`;
    default:
      return operator satisfies never;
  }
}
