const DAY_MS = 24 * 60 * 60_000;
const MINUTE_MS = 60_000;

/** A calendar day of a zone, as days since 1970-01-01. */
export type CalendarDay = number;

export function dayAt(timeZone: string, instant: number): CalendarDay {
  return Math.floor((instant + offsetAt(timeZone, instant)) / DAY_MS);
}

/** Monday is 0. */
export function weekdayOf(day: CalendarDay): number {
  return (((day + 3) % 7) + 7) % 7;
}

/**
 * When a zone's clock shows a minute of a day: the first time where it shows it twice, the next minute that exists where
 * the clock skips it.
 */
export function instantOf(timeZone: string, day: CalendarDay, minute: number): number {
  const wall = day * DAY_MS + minute * MINUTE_MS;
  const [before, after] = [offsetAt(timeZone, wall - DAY_MS), offsetAt(timeZone, wall + DAY_MS)];
  if (before === after) return wall - before;
  const shown = [wall - before, wall - after].filter(
    (instant) => instant + offsetAt(timeZone, instant) === wall,
  );
  return shown.length > 0 ? Math.min(...shown) : changeBetween(timeZone, wall - after, wall - before);
}

/** The first minute of the new offset, somewhere in (from, to]. */
function changeBetween(timeZone: string, from: number, to: number): number {
  const before = offsetAt(timeZone, from);
  let [same, changed] = [from, to];
  while (changed - same > MINUTE_MS) {
    const middle = same + Math.floor((changed - same) / MINUTE_MS / 2) * MINUTE_MS;
    if (offsetAt(timeZone, middle) === before) same = middle;
    else changed = middle;
  }
  return changed;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** How far the zone's clock is ahead of UTC, in ms. */
function offsetAt(timeZone: string, instant: number): number {
  if (timeZone === "UTC") return 0;
  let format = FORMATS.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en", {
      timeZone,
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    FORMATS.set(timeZone, format);
  }
  const shown = Object.fromEntries(
    format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1_000) * 1_000;
}
