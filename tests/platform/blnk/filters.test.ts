import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import {
  containing,
  type Filter,
  FILTER_FIELDS,
  filtersToBody,
  filtersToQuery,
  type Resource,
} from "#app/platform/blnk/filters.ts";
import { stringifyJson } from "#app/platform/blnk/transport/lossless-json.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const SEED = 20261103;
const RESOURCES = ["ledgers", "balances", "transactions", "identities"] as const;
const COMPARISONS = ["eq", "ne", "gt", "gte", "lt", "lte", "in", "between", "like", "ilike"];
const OPERATORS = [...COMPARISONS, "isnull", "isnotnull", "exists", "notexists"];
const RESERVED = [
  "page",
  "pageSize",
  "per_page",
  "limit",
  "offset",
  "sort",
  "order",
  "instance_id",
  "org_id",
];

describe("filtersToQuery", () => {
  test("conditions become field_operator parameters", () => {
    expect(
      filtersToQuery("transactions", [
        { field: "status", operator: "eq", value: "APPLIED" },
        { field: "created_at", operator: "between", values: [0, 1_000] },
        { field: "amount", operator: "gte", value: "10.50" },
        { field: "reference", operator: "in", values: ["a", "b_q"] },
        { field: "meta_data.myApp.channel", operator: "eq", value: "web" },
      ]),
    ).toEqual([
      ["status_eq", "APPLIED"],
      ["created_at_between", "1970-01-01T00:00:00.000Z|1970-01-01T00:00:01.000Z"],
      ["amount_gte", "10.50"],
      ["reference_in", "a,b_q"],
      ["meta_data.myApp.channel_eq", "web"],
    ]);
  });

  test.each<[string, Filter<"balances">]>([
    ["a null test", { field: "identity_id", operator: "isnull" }],
    ["metadata existence", { field: "meta_data.risk", operator: "exists" }],
    ["a comma in a list", { field: "indicator", operator: "in", values: ["@a,b", "@c"] }],
    ["a bar in a range", { field: "indicator", operator: "between", values: ["@a|b", "@c"] }],
    [
      "a list longer than Core's values",
      { field: "balance_id", operator: "in", values: Array(50).fill(`bln_${"x".repeat(36)}`) },
    ],
    ["text that looks like a number", { field: "currency", operator: "eq", value: "123" }],
    ["text that looks like a truth value", { field: "currency", operator: "eq", value: "TRUE" }],
    ["empty text", { field: "identity_id", operator: "eq", value: "" }],
  ])("%s is left to the Filters API", (_name, filter) => {
    expect(filtersToQuery("balances", [filter])).toBeUndefined();
    expect(filtersToBody("balances", [filter])).toHaveProperty("filters.0.field", filter.field);
  });

  test.each<[string, Resource, object]>([
    ["an unknown field", "balances", { field: "precise_amount", operator: "eq", value: "1" }],
    ["a field of another resource", "ledgers", { field: "currency", operator: "eq", value: "USD" }],
    ["an inherited name", "balances", { field: "constructor", operator: "eq", value: "x" }],
    ["an unknown operator", "balances", { field: "currency", operator: "regex", value: "x" }],
    ["a reserved word", "balances", { field: "page", operator: "eq", value: "1" }],
    ["a metadata path with a hyphen", "balances", { field: "meta_data.a-b", operator: "eq", value: "x" }],
    ["an injected parameter", "balances", { field: "meta_data.a_eq=1&b", operator: "eq", value: "x" }],
    ["one value in a range", "balances", { field: "balance", operator: "between", values: [1n] }],
    [
      "101 values in a list",
      "balances",
      { field: "currency", operator: "in", values: Array(101).fill("USD") },
    ],
    ["no value in a list", "balances", { field: "currency", operator: "in", values: [] }],
    ["text for an integer", "balances", { field: "balance", operator: "gt", value: "1" }],
    ["a date for a time", "balances", { field: "created_at", operator: "gt", value: "2025-01-01" }],
    [
      "a comparison of the virtual balance",
      "transactions",
      { field: "balance_id", operator: "gt", value: "bln_1" },
    ],
    ["existence outside metadata", "balances", { field: "currency", operator: "exists" }],
    ["a lone surrogate", "balances", { field: "currency", operator: "eq", value: "\ud800" }],
  ])("%s is refused", (_name, resource, filter) => {
    const filters = untyped([filter]);
    expect(() => filtersToQuery(resource, filters)).toThrow(CloudError);
    expect(() => filtersToBody(resource, filters)).toThrow(CloudError);
  });

  test("more than 20 filters are refused", () => {
    const filters = Array.from(
      { length: 21 },
      () => ({ field: "currency", operator: "eq", value: "USD" }) as const,
    );
    expect(() => filtersToQuery("balances", filters)).toThrow("At most 20");
  });
});

test("the Filters API gets numbers as bare literals and times as RFC 3339", () => {
  const body = filtersToBody("transactions", [
    { field: "amount", operator: "between", values: ["1.10", "90071992547409.93"] },
    { field: "precision", operator: "eq", value: 1_000_000_000_000_000_000n },
    { field: "created_at", operator: "lte", value: 0 },
    { field: "meta_data.risk", operator: "notexists" },
  ]);
  expect(stringifyJson(body)).toBe(
    '{"filters":[{"field":"amount","operator":"between","values":[1.10,90071992547409.93]},' +
      '{"field":"precision","operator":"eq","value":1000000000000000000},' +
      '{"field":"created_at","operator":"lte","value":"1970-01-01T00:00:00.000Z"},' +
      '{"field":"meta_data.risk","operator":"notexists"}]}',
  );
});

test("a search for text takes its wildcards literally", () => {
  expect(containing("50%_a\\b")).toBe("%50\\%\\_a\\\\b%");
});

describe("whatever is asked for", () => {
  const values = fc.oneof(
    fc.string(),
    fc.bigInt(),
    fc.boolean(),
    fc.integer(),
    fc.constantFrom("USD", "bln_1", "10.50", "a,b"),
  );
  const fields = fc.oneof(
    fc.string(),
    fc.constantFrom(...RESERVED, "meta_data", "meta_data.a.b_c", "precise_amount", "__proto__"),
    fc.constantFrom(...RESOURCES.flatMap((resource) => Object.keys(FILTER_FIELDS[resource]))),
  );
  const operators = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...OPERATORS) }, fc.string());
  const filter = fc.oneof(
    fc.record({ field: fields, operator: operators, value: values }),
    fc.record({ field: fields, operator: operators, values: fc.array(values, { maxLength: 4 }) }),
  );

  test("only known fields and operators are ever sent, and they parse back to what was asked", () => {
    let sent = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...RESOURCES),
        fc.array(filter, { minLength: 1, maxLength: 2 }),
        (resource, filters) => {
          const query = attempt(() => filtersToQuery(resource, untyped(filters)));
          const body = attempt(() => filtersToBody(resource, untyped(filters)));
          if (query !== undefined) {
            sent += 1;
            expect(parseQuery(resource, new URLSearchParams(query).toString())).toEqual(filters.map(asked));
          }
          if (body !== undefined) {
            const written: { filters: { field: string; operator: string }[] } = JSON.parse(
              stringifyJson(body),
            );
            expect(written.filters.every(({ field, operator }) => isKnown(resource, field, operator))).toBe(
              true,
            );
          }
        },
      ),
      { seed: SEED, numRuns: 20_000 },
    );
    expect(sent).toBeGreaterThan(100);
  });
});

/** Past the type checker, which refuses all of this already. */
function untyped(filters: unknown): never {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return filters as never;
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    expect(error).toBeInstanceOf(CloudError);
    return undefined;
  }
}

type Generated = { field: string; operator: string; value?: unknown; values?: unknown[] };

function asked({ field, operator, value, values }: Generated) {
  const isTime = field.endsWith("_at") || field.endsWith("_date") || field === "dob";
  const text = (item: unknown) => (isTime ? new Date(Number(item)).toISOString() : String(item));
  return { field, operator, values: (values ?? [value]).map(text) };
}

/** Core's own reading: the operator is what follows the last underscore; lists split at commas, ranges at the bar. */
function parseQuery(resource: Resource, query: string) {
  return [...new URLSearchParams(query)].map(([name, value]) => {
    const at = name.lastIndexOf("_");
    const [field, operator] = [name.slice(0, at), name.slice(at + 1)];
    expect(isKnown(resource, field, operator)).toBe(true);
    const separator = { in: ",", between: "|" }[operator];
    return { field, operator, values: separator ? value.split(separator) : [value] };
  });
}

function isKnown(resource: Resource, field: string, operator: string): boolean {
  const known =
    Object.keys(FILTER_FIELDS[resource]).includes(field) || /^meta_data(\.[A-Za-z]\w*)+$/.test(field);
  return known && OPERATORS.includes(operator);
}
