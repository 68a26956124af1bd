import { type PointerEvent, use, useId, useState } from "react";

import { TimeZone, useExactTime } from "#app/ui/relative-time.tsx";

import { nameDates } from "./name-dates.ts";
import type { TimeChart } from "./time-chart.ts";

/**
 * A chart over time and what it says of one moment: the newest, or the one under the pointer or chosen with the arrow
 * keys. All its values are in a table behind a toggle.
 */
export function TimeChartFigure({
  chart,
  label,
  valueName,
}: {
  chart: TimeChart;
  label: string;
  /** Heads the table's column of values. */
  valueName: string;
}) {
  const [chosen, setChosen] = useState<number>();
  const exactTime = useExactTime();
  const newest = chart.points.length - 1;
  const index = Math.min(chosen ?? newest, newest);
  const point = chart.points[index];
  return (
    <figure aria-label={label}>
      <p className="flex min-h-6 flex-wrap justify-between gap-x-4 text-small">
        {point && (
          <>
            <span className="font-medium tabular-nums">{point.text}</span>
            <span className="text-quiet">{exactTime(point.at)}</span>
          </>
        )}
      </p>
      <div className="mt-1 grid h-48 grid-cols-[minmax(0,1fr)_auto] gap-x-2 pb-5 text-label text-quiet">
        <div className="relative rounded-panel has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-2 has-[:focus-visible]:outline-link">
          <Plot chart={chart} index={index} />
          <input
            type="range"
            min={0}
            max={newest}
            value={index}
            disabled={newest < 1}
            aria-label={`${label}: moment`}
            aria-valuetext={point && `${exactTime(point.at)}: ${point.text}`}
            onChange={(event) => setChosen(Number(event.target.value))}
            onPointerMove={(event) => setChosen(pointAt(chart, event))}
            onPointerLeave={() => setChosen(undefined)}
            className="absolute inset-0 m-0 size-full cursor-crosshair touch-pan-y opacity-0"
          />
        </div>
        <ValueAxis chart={chart} />
      </div>
      <details className="mt-2 text-small">
        <summary className="w-fit text-link">As a table</summary>
        <table className="mt-2 w-full">
          <thead className="text-quiet">
            <tr>
              <th scope="col" className="py-1 pe-4 text-start font-normal">
                Time
              </th>
              <th scope="col" className="py-1 text-end font-normal">
                {valueName}
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {chart.points.toReversed().map(({ at, text }, row) => (
              <tr key={row}>
                <td className="py-1 pe-4 text-quiet">{exactTime(at)}</td>
                <td className="py-1 text-end tabular-nums">{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

function Plot({ chart, index }: { chart: TimeChart; index: number }) {
  const fade = useId();
  const dates = nameDates(chart, use(TimeZone));
  const point = chart.points[index];
  return (
    <svg aria-hidden className="absolute inset-0 size-full overflow-visible">
      <defs>
        <linearGradient id={fade} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="var(--color-link)" stopOpacity="0.3" />
          <stop offset="1" stopColor="var(--color-link)" stopOpacity="0.08" />
        </linearGradient>
      </defs>
      {chart.lines.map(({ y, zero }) => (
        <line
          key={y}
          x1="0"
          x2="100%"
          y1={`${y}%`}
          y2={`${y}%`}
          className={zero ? "stroke-quiet" : "stroke-line"}
        />
      ))}
      <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" className="overflow-visible">
        <path d={chart.fill} fill={chart.line ? `url(#${fade})` : "var(--color-link)"} />
        <path
          d={chart.line}
          vectorEffect="non-scaling-stroke"
          strokeWidth="1.5"
          className="fill-none stroke-link"
        />
      </svg>
      {dates.map(({ x, text }) => (
        <text
          key={x}
          x={`${x}%`}
          y="100%"
          dy="1.6em"
          textAnchor={x < 10 ? "start" : "middle"}
          className="fill-quiet"
        >
          {text}
        </text>
      ))}
      {point && (
        <>
          <line
            x1={`${point.x}%`}
            x2={`${point.x}%`}
            y1="0"
            y2="100%"
            className="stroke-quiet"
            strokeDasharray="2 3"
          />
          <circle
            cx={`${point.x}%`}
            cy={`${point.y}%`}
            r="4"
            className="fill-link stroke-panel"
            strokeWidth="2"
          />
        </>
      )}
    </svg>
  );
}

/** As wide as its widest text; each stands at its line. */
function ValueAxis({ chart }: { chart: TimeChart }) {
  return (
    <div aria-hidden className="relative tabular-nums">
      {chart.lines.map(({ text, y }) => (
        <div key={y} className="h-0">
          <span className="invisible">{text}</span>
        </div>
      ))}
      <svg className="absolute inset-0 size-full overflow-visible">
        {chart.lines.map(({ text, y }) => (
          <text key={y} x="100%" y={`${y}%`} dy="0.35em" textAnchor="end" className="fill-quiet">
            {text}
          </text>
        ))}
      </svg>
    </div>
  );
}

/** The point that holds where the pointer is. */
function pointAt({ points }: TimeChart, { clientX, currentTarget }: PointerEvent<HTMLInputElement>): number {
  const { left, width } = currentTarget.getBoundingClientRect();
  const x = ((clientX - left) / width) * 100;
  return Math.max(
    0,
    points.findLastIndex(({ from }) => from <= x),
  );
}
