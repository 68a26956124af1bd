import { createContext, use, useEffect, useState } from "react";

import { Tooltip } from "./tooltip.tsx";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, counted on from `loadedAt` (the server's clock, so that both renderings agree); exact on focus. */
export function RelativeTime({ at, loadedAt }: { at: number; loadedAt: number }) {
  const now = useClockFrom(loadedAt);
  const timeZone = use(TimeZone);
  return (
    <Tooltip side="end" text={exactTime(at, timeZone)}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the exact time must be there for the keyboard too */}
      <time dateTime={new Date(at).toISOString()} tabIndex={0} className="rounded-panel whitespace-nowrap">
        {relativeTime(at, now, timeZone)}
      </time>
    </Tooltip>
  );
}

export function relativeTime(at: number, now: number, timeZone = "UTC"): string {
  const distance = Math.abs(now - at);
  if (distance < MINUTE) return "just now";
  if (distance >= 30 * DAY) return exactTime(at, timeZone).slice(0, 10);
  const amount =
    distance < HOUR
      ? `${Math.floor(distance / MINUTE)} min`
      : distance < DAY
        ? `${Math.floor(distance / HOUR)} h`
        : `${Math.floor(distance / DAY)} d`;
  return at < now ? `${amount} ago` : `in ${amount}`;
}

/** The IANA zone that times are shown in. */
export const TimeZone = createContext("UTC");

export function ExactTime({ at }: { at: number }) {
  return <time dateTime={new Date(at).toISOString()}>{exactTime(at, use(TimeZone))}</time>;
}

/** Writes times in the zone that was chosen. */
export function useExactTime(): (at: number) => string {
  const timeZone = use(TimeZone);
  return (at) => exactTime(at, timeZone);
}

/** `2026-11-03 14:05:22 UTC`, or the same in another zone: `2026-11-03 15:05:22 GMT+1` */
export function exactTime(at: number, timeZone = "UTC"): string {
  if (timeZone === "UTC") return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  const parts = new Map(
    new Intl.DateTimeFormat("en-GB", { ...DIGITS, timeZone })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
  const date = `${part("year")}-${part("month")}-${part("day")}`;
  return `${date} ${part("hour")}:${part("minute")}:${part("second")} ${part("timeZoneName")}`;
}

const DIGITS = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "shortOffset",
} as const;

function useClockFrom(loadedAt: number): number {
  const [now, setNow] = useState(loadedAt);
  useEffect(() => {
    const began = performance.now();
    const timer = setInterval(() => setNow(loadedAt + performance.now() - began), MINUTE);
    return () => clearInterval(timer);
  }, [loadedAt]);
  return now;
}
