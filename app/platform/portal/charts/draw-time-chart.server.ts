import { scaleLinear, scaleUtc } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";

import type { TimeChart } from "./time-chart.ts";

type TimePoint = {
  /** ms UTC. */
  at: number;
  /** Where the point is drawn. People read `text`, so an amount may lose digits here and nowhere else. */
  value: number;
  text: string;
};

export type TimeChartInput = {
  /** In order of time. */
  points: readonly TimePoint[];
  from: number;
  until: number;
  /** `step` for a state that lasts until the next point, `bars` for what happened in the time that begins at a point. */
  shape: "step" | "bars";
  /** Values are counts: no line stands between two of them. */
  whole?: boolean;
};

/** The plot's own units, stretched over whatever room there is. */
const SIZE = 1000;
const LINES = 4;
const DAY_MS = 24 * 60 * 60_000;
const DATES = 3;

/** Reckons all that a chart shows, so that the browser gets shapes and words and no chart library. */
export function drawTimeChart({ points, from, until, shape, whole = false }: TimeChartInput): TimeChart {
  const x = scaleUtc().domain([from, until]).range([0, SIZE]);
  const y = scaleLinear().domain(extent(points, shape)).nice(LINES).range([SIZE, 0]);
  return {
    ...(shape === "step" ? stepShapes(points, until, x, y) : barShapes(points, until, x, y)),
    points: points.map(({ at, value, text }, index) => {
      const end = shape === "bars" ? (points[index + 1]?.at ?? until) : at;
      return { at, text, from: percent(x(at)), x: percent((x(at) + x(end)) / 2), y: percent(y(value)) };
    }),
    lines: y
      .ticks(LINES)
      .filter((value) => !whole || Number.isInteger(value))
      .map((value) => ({ text: short.format(value), y: percent(y(value)), zero: value === 0 })),
    from,
    until,
    dates: {
      of: until - from > 2 * DAY_MS ? "days" : "hours",
      at: x.ticks(DATES).map((date) => date.getTime()),
    },
  };
}

/** Always with zero, so that a height means what it seems to. */
function extent(points: readonly TimePoint[], shape: TimeChartInput["shape"]): [number, number] {
  const values = points.map(({ value }) => value);
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  if (low < high) return [low, high];
  return shape === "bars" ? [0, 1] : [-1, 1];
}

type Scale = (value: number) => number;

function stepShapes(points: readonly TimePoint[], until: number, x: Scale, y: Scale) {
  const last = points.at(-1);
  const corners = points.map(({ at, value }): [number, number] => [x(at), y(value)]);
  if (last) corners.push([x(until), y(last.value)]);
  return {
    line: line().curve(curveStepAfter).digits(1)(corners) ?? "",
    fill: area().curve(curveStepAfter).digits(1).y0(y(0))(corners) ?? "",
  };
}

function barShapes(points: readonly TimePoint[], until: number, x: Scale, y: Scale) {
  const bars = points.map(({ at, value }, index) => {
    const left = x(at);
    const right = x(points[index + 1]?.at ?? until);
    const gap = (right - left) * 0.15;
    return `M${round(left + gap)},${round(y(0))}V${round(y(value))}H${round(right - gap)}V${round(y(0))}Z`;
  });
  return { line: "", fill: bars.join("") };
}

const percent = (position: number) => round(position / (SIZE / 100));
const round = (value: number) => Math.round(value * 10) / 10;

/** As in `1.2M`. */
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });
