import { exactTime } from "#app/ui/relative-time.tsx";

import type { TimeChart } from "./time-chart.ts";

/** Percent of the plot that a date takes on the narrowest panel. */
const DATE_WIDTH = 24;

/** The dates below a chart in the zone that was chosen, a day where it begins there; those that would overlap are left out. */
export function nameDates(
  { from, until, dates }: TimeChart,
  timeZone: string,
): { text: string; x: number }[] {
  const isDays = dates.of === "days";
  const format = new Intl.DateTimeFormat(isDays ? "en" : "en-GB", { ...(isDays ? DAY : HOUR), timeZone });
  const kept: { text: string; x: number }[] = [];
  for (const utc of dates.at) {
    const at = isDays ? utc - offsetOf(utc, timeZone) : utc;
    const x = Math.round(((at - from) / (until - from)) * 1000) / 10;
    const room = x - (kept.at(-1)?.x ?? -Infinity);
    if (x >= 0 && x <= 100 - DATE_WIDTH / 2 && room >= DATE_WIDTH) kept.push({ text: format.format(at), x });
  }
  return kept;
}

const DAY = { month: "short", day: "numeric" } as const;
const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

/** How far the zone's clocks are ahead of UTC. */
function offsetOf(at: number, timeZone: string): number {
  return Date.parse(`${exactTime(at, timeZone).slice(0, 19).replace(" ", "T")}Z`) - at;
}
