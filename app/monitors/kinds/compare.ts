import type { Operator } from "../definition/monitor.ts";

export function satisfies(left: bigint, operator: Operator, right: bigint): boolean {
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "=":
      return left === right;
    case "!=":
      return left !== right;
  }
}

/** Minor units and how many of them make one major unit. */
export type Amount = { minor: bigint; precision: bigint };

/** Compares amounts of any precisions, exactly. */
export function amountSatisfies(left: Amount, operator: Operator, right: Amount): boolean {
  return satisfies(left.minor * right.precision, operator, right.minor * left.precision);
}

/** Exact: where the precisions differ, at one that holds both. */
export function addAmounts(left: Amount, right: Amount): Amount {
  if (left.precision === right.precision)
    return { minor: left.minor + right.minor, precision: left.precision };
  const precision = leastCommonMultiple(left.precision, right.precision);
  return {
    minor: left.minor * (precision / left.precision) + right.minor * (precision / right.precision),
    precision,
  };
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [divisor, rest] = [a, b];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return (a / divisor) * b;
}
