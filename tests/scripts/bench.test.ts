import { expect, test } from "vitest";

import { judge } from "#scripts/bench/figure.ts";
import { quantile } from "#scripts/bench/machine/statistics.ts";
import { longestRow, openMs } from "#scripts/bench/portal/call-intervals.ts";

const measured = { id: "P0", name: "a figure", unit: "×", detail: "" };

test.each([
  [3.5, { least: 3.5 }, true],
  [3.49, { least: 3.5 }, false],
  [1.2, { most: 1.2 }, true],
  [1.21, { most: 1.2 }, false],
  [Number.NaN, { most: 1.2 }, false],
  [Infinity, { least: 3.5 }, false],
])("a figure of %s with the goal %o: reached is %s", (figure, goal, ok) => {
  expect(judge({ ...measured, ...goal, figure }).ok).toBe(ok);
});

test("nothing measured has no quantile, and so reaches nothing", () => {
  expect(judge({ ...measured, most: 1, figure: quantile([], 0.5) }).ok).toBe(false);
});

test("calls at the same time are open once, and calls in a row are each a step", () => {
  const together = [
    { began: 0, ended: 50 },
    { began: 1, ended: 52 },
    { began: 2, ended: 49 },
  ];
  expect([openMs(together), longestRow(together)]).toEqual([52, 1]);
  const inARow = [
    { began: 100, ended: 150 },
    { began: 0, ended: 50 },
    { began: 51, ended: 99 },
  ];
  expect([openMs(inARow), longestRow(inARow)]).toEqual([148, 3]);
  expect([openMs([...together, ...inARow]), longestRow([...together, ...inARow])]).toEqual([149, 3]);
  expect([openMs([]), longestRow([])]).toEqual([0, 0]);
});
