import { isObject, plainText } from "../json.ts";
import { type Decimal, compare, parseDecimal, times } from "../ledger/decimal.ts";
import { type Micros, parseInstant } from "../ledger/instant.ts";
import type { MetaData } from "../ledger/rows.ts";
import { compareText } from "../ledger/table.ts";
import { type Condition, FilterError, type Operator } from "./condition.ts";
import type { Field, Fields, Fraction } from "./fields.ts";

type Predicate<R> = (row: R) => boolean;

/** Inclusive bounds in time, the last microsecond included. */
type Span = { from: Micros; to: Micros };

const EVER: Span = { from: -Infinity, to: Infinity };
const SECOND: Micros = 1_000_000;

/** Turns a condition into a test of rows. SQL's rule holds: a comparison with NULL is never true, `ne` included. */
export function predicateOf<R extends { meta_data?: MetaData | null }>(
  condition: Condition,
  fields: Fields<R>,
): Predicate<R> {
  const { field: name } = condition;
  if (name === "meta_data" || name.startsWith("meta_data.")) return metaPredicate(condition);
  const field = Object.hasOwn(fields, name) ? fields[name]! : undefined;
  if (field === undefined) throw new FilterError([{ Param: name, Message: `unknown field '${name}'` }]);
  return fieldPredicate(condition, field);
}

function fieldPredicate<R>(condition: Condition, field: Field<R>): Predicate<R> {
  const { operator } = condition;
  if (operator === "isnull") return (row) => field.read(row) === null;
  if (operator === "isnotnull") return (row) => field.read(row) !== null;
  switch (field.kind) {
    case "text": {
      const test = textTest(condition);
      return (row) => nonNull(field.read(row), test);
    }
    case "number": {
      const test = numberTest(condition);
      return (row) => test(field.read(row));
    }
    case "time": {
      const test = timeTest(condition);
      return (row) => nonNull(field.read(row), test);
    }
    case "either": {
      const wanted = new Set(condition.values);
      if (operator !== "eq" && operator !== "ne" && operator !== "in") throw unsupported(condition);
      const isWanted: Predicate<R> = (row) => field.read(row).some((id) => wanted.has(id));
      return operator === "ne" ? (row) => !isWanted(row) : isWanted;
    }
    default:
      return field satisfies never;
  }
}

function textTest(condition: Condition): (text: string) => boolean {
  const { operator, values } = condition;
  if (operator === "like" || operator === "ilike") {
    const pattern = likePattern(values[0]!, operator === "ilike");
    return (text) => pattern.test(text);
  }
  return orderTest(condition, values, compareText);
}

function numberTest(condition: Condition): (number: Fraction) => boolean {
  const values = condition.values.map((value) => parseDecimal(value) ?? refuse(condition, value));
  return orderTest(condition, values, ({ minor, per }: Fraction, value) =>
    compare({ digits: minor, scale: 0 }, times(value, per)),
  );
}

function timeTest(condition: Condition): (at: Micros) => boolean {
  const { operator, spelling } = condition;
  const spans = condition.values.map((value) => spanOf(value) ?? refuse(condition, value));
  if (spelling === "query" && operator === "eq") return (at) => at >= spans[0]!.from && at <= spans[0]!.to;
  return orderTest(condition, spans, (at: Micros, span) => at - span.from);
}

function orderTest<T, V>(
  condition: Condition,
  values: V[],
  order: (item: T, value: V) => number,
): (item: T) => boolean {
  const first = values[0]!;
  const second = values[1]!;
  switch (condition.operator) {
    case "eq":
      return (item) => order(item, first) === 0;
    case "ne":
      return (item) => order(item, first) !== 0;
    case "gt":
      return (item) => order(item, first) > 0;
    case "gte":
      return (item) => order(item, first) >= 0;
    case "lt":
      return (item) => order(item, first) < 0;
    case "lte":
      return (item) => order(item, first) <= 0;
    case "in":
      return (item) => values.some((value) => order(item, value) === 0);
    case "between":
      return (item) => order(item, first) >= 0 && order(item, second) <= 0;
    case "like":
    case "ilike":
    case "isnull":
    case "isnotnull":
    case "exists":
    case "notexists":
      throw unsupported(condition);
    default:
      return condition.operator satisfies never;
  }
}

/** The span of `created_at` that a condition leaves, so that it need not be tested row by row; undefined when it does not bound time. */
export function timeSpan(condition: Condition): Span | undefined {
  const [first, second] = condition.values.map(spanOf);
  if (condition.field !== "created_at" || first === undefined) return undefined;
  const bounds: Partial<Record<Operator, Span | undefined>> = {
    gte: { ...EVER, from: first.from },
    gt: { ...EVER, from: first.from + 1 },
    lte: { ...EVER, to: first.from },
    lt: { ...EVER, to: first.from - 1 },
    between: second && { from: first.from, to: second.from },
  };
  return bounds[condition.operator];
}

function spanOf(text: string): Span | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2})(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(
    text,
  );
  if (match === null) return undefined;
  const [, day, minute = "00:00", second = "00", fraction = "", zone = "Z"] = match;
  const from = parseInstant(`${day}T${minute}:${second}${fraction}${zone}`);
  if (from === undefined) return undefined;
  const seconds = match[2] === undefined ? 86_400 : match[3] === undefined ? 60 : 1;
  return { from, to: fraction === "" ? from + seconds * SECOND - 1 : from };
}

function metaPredicate<R extends { meta_data?: MetaData | null }>(condition: Condition): Predicate<R> {
  const path = condition.field.split(".").slice(1);
  const read = (row: R) =>
    path.reduce<unknown>(
      (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
      row.meta_data,
    );
  const { operator } = condition;
  const isThere: Predicate<R> = (row) => plainText(read(row)) !== null;
  if (operator === "exists" || operator === "isnotnull") return isThere;
  if (operator === "notexists" || operator === "isnull") return (row) => !isThere(row);
  const asText = textTest(condition);
  const numbers = condition.values.flatMap((value) => parseDecimal(value) ?? []);
  if (numbers.length < condition.values.length || operator === "like" || operator === "ilike") {
    return (row) => nonNull(plainText(read(row)), asText);
  }
  const asDecimal = orderTest<Decimal, Decimal>(condition, numbers, compare);
  return (row) =>
    nonNull(plainText(read(row)), (text) => {
      const number = parseDecimal(text);
      return number === undefined ? asText(text) : asDecimal(number);
    });
}

function nonNull<T>(value: T | null, test: (value: T) => boolean): boolean {
  return value !== null && test(value);
}

/** SQL's LIKE: `%` any text, `_` any character, a backslash makes the next one plain. */
function likePattern(pattern: string, ignoresCase: boolean): RegExp {
  const source = pattern.replaceAll(/\\?./gsu, (token) => {
    if (token === "%") return ".*";
    if (token === "_") return ".";
    return token.at(-1)!.replace(/[\\^$.*+?()[\]{}|/]/u, "\\$&");
  });
  return new RegExp(`^${source}$`, ignoresCase ? "isu" : "su");
}

function refuse(condition: Condition, value: string): never {
  throw new FilterError([{ Param: condition.field, Message: `'${value}' does not fit ${condition.field}` }]);
}

function unsupported({ field, operator }: Condition): FilterError {
  return new FilterError([{ Param: field, Message: `${operator} is not supported for ${field}` }]);
}
