import { describe, expect, test } from "vitest";

import { drawTimeChart } from "#app/platform/portal/charts/draw-time-chart.server.ts";
import { nameDates } from "#app/platform/portal/charts/name-dates.ts";

const DAY = 24 * 60 * 60_000;
const FROM = Date.UTC(2026, 0, 1);
const range = { from: FROM, until: FROM + 10 * DAY };
const point = (day: number, value: number) => ({ at: FROM + day * DAY, value, text: `USD ${value}` });

describe("a step chart", () => {
  test("holds each value until the next point and the last until the end", () => {
    const { line, points } = drawTimeChart({ ...range, shape: "step", points: [point(0, 0), point(5, 100)] });
    expect(line).toBe("M0,1000L500,1000L500,0L1000,0L1000,0");
    expect(points.map(({ from, x, y }) => [from, x, y])).toEqual([
      [0, 0, 100],
      [50, 50, 0],
    ]);
  });

  test("always shows zero, above what is negative and below what is positive", () => {
    const negative = drawTimeChart({ ...range, shape: "step", points: [point(0, -400)] });
    expect(negative.lines.find(({ zero }) => zero)).toMatchObject({ y: 0, text: "0" });
    const positive = drawTimeChart({ ...range, shape: "step", points: [point(0, 400)] });
    expect(positive.lines.find(({ zero }) => zero)).toMatchObject({ y: 100 });
  });

  test("keeps every point's own words, whatever a number cannot hold", () => {
    const text = "USD 90,071,992,547,409,930.01";
    const { points } = drawTimeChart({
      ...range,
      shape: "step",
      points: [{ at: FROM, value: 9.007e16, text }],
    });
    expect(points[0]!.text).toBe(text);
  });

  test("leaves out dates that would stand on one another", () => {
    for (const days of [1, 7, 9, 30, 31, 45, 90, 365]) {
      const chart = drawTimeChart({
        from: FROM,
        until: FROM + days * DAY,
        shape: "step",
        points: [point(0, 1)],
      });
      const dates = nameDates(chart, "UTC");
      const gaps = dates.slice(1).map(({ x }, index) => x - dates[index]!.x);
      expect(dates.length, `${days} days`).toBeGreaterThan(0);
      expect(Math.min(Infinity, ...gaps), `${days} days`).toBeGreaterThanOrEqual(24);
    }
  });

  test("names its days where they begin in the zone that was chosen, and its hours by that zone's clock", () => {
    const days = drawTimeChart({ ...range, shape: "step", points: [point(0, 1)] });
    expect(nameDates(days, "UTC").slice(0, 2)).toEqual([
      { text: "Jan 1", x: 0 },
      { text: "Jan 5", x: 40 },
    ]);
    expect(nameDates(days, "America/New_York")[0]).toEqual({ text: "Jan 1", x: 2.1 });
    expect(nameDates(days, "Asia/Tokyo")[0]).toEqual({ text: "Jan 3", x: 16.3 });
    const hours = drawTimeChart({ from: FROM, until: FROM + DAY, shape: "step", points: [point(0, 1)] });
    expect(nameDates(hours, "Asia/Kolkata").slice(0, 1)).toEqual([{ text: "05:30", x: 0 }]);
  });

  test("without points or with nothing but zero is drawn all the same", () => {
    expect(drawTimeChart({ ...range, shape: "step", points: [] })).toMatchObject({ line: "", points: [] });
    const flat = drawTimeChart({ ...range, shape: "step", points: [point(0, 0)] });
    expect(flat.points[0]!.y).toBe(50);
  });
});

test("bars stand on zero, each with the middle of its time as its place", () => {
  const chart = drawTimeChart({ ...range, shape: "bars", points: [point(0, 0), point(5, 10)] });
  expect(chart.line).toBe("");
  expect(chart.fill).toBe("M75,1000V1000H425V1000ZM575,1000V0H925V1000Z");
  expect(chart.points.map(({ x }) => x)).toEqual([25, 75]);
});

test("counts have no line between two of them, however few there are", () => {
  const linesOf = (count: number, whole: boolean) =>
    drawTimeChart({ ...range, shape: "bars", whole, points: [point(0, count)] }).lines.map(
      ({ text }) => text,
    );
  expect(linesOf(0, true)).toEqual(["0", "1"]);
  expect(linesOf(2, true)).toEqual(["0", "1", "2"]);
  expect(linesOf(2, false)).toContain("0.5");
});
