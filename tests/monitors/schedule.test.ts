import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { type Day, DAYS, type Monitor, type Schedule } from "#app/monitors/definition/monitor.ts";
import { readMonitor } from "#app/monitors/definition/read-monitors.ts";
import { isDue, isMuted, timeInside } from "#app/monitors/kinds/schedule/schedule.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function monitorWith(more: object): Monitor {
  const { monitor, problems } = readMonitor({
    name: "S",
    kind: "silence",
    select: {},
    condition: { minutes: 5 },
    ...more,
  });
  if (!monitor) throw new Error(JSON.stringify(problems));
  return monitor;
}
const scheduled = (schedule: object) => monitorWith({ schedule });
const at = (text: string) => Date.parse(text);
const isOpen = (monitor: Monitor, text: string) => isDue(monitor, { since: 0, now: at(text) });

describe("hours", () => {
  test("begin with their first minute and end before their last, in the zone", () => {
    const monitor = scheduled({ days: ["mon"], from: "09:00", to: "17:00", time_zone: "Africa/Lagos" });
    expect(isOpen(monitor, "2026-11-23T07:59:59.999Z")).toBe(false);
    expect(isOpen(monitor, "2026-11-23T08:00:00Z")).toBe(true);
    expect(isOpen(monitor, "2026-11-23T15:59:59.999Z")).toBe(true);
    expect(isOpen(monitor, "2026-11-23T16:00:00Z")).toBe(false);
    expect(isOpen(monitor, "2026-11-24T08:00:00Z")).toBe(false);
  });

  test("over midnight belong to the day they begin on", () => {
    const monitor = scheduled({ days: ["fri"], from: "22:00", to: "06:00" });
    expect(isOpen(monitor, "2026-11-27T21:59:00Z")).toBe(false);
    expect(isOpen(monitor, "2026-11-27T22:00:00Z")).toBe(true);
    expect(isOpen(monitor, "2026-11-28T05:59:00Z")).toBe(true);
    expect(isOpen(monitor, "2026-11-28T06:00:00Z")).toBe(false);
    expect(isOpen(monitor, "2026-11-28T23:00:00Z")).toBe(false);
  });

  test("left out mean whole days", () => {
    const monitor = scheduled({ days: ["sun"], time_zone: "America/New_York" });
    expect(isOpen(monitor, "2026-11-29T04:59:00Z")).toBe(false);
    expect(isOpen(monitor, "2026-11-29T05:00:00Z")).toBe(true);
    expect(isOpen(monitor, "2026-11-30T04:59:00Z")).toBe(true);
  });

  test("add up over days, and over a day of 23 or 25 hours", () => {
    const schedule = scheduled({ from: "00:00", to: "12:00", time_zone: "Europe/Berlin" }).schedule;
    const inside = (from: string, to: string) => timeInside(schedule, at(from), at(to)) / HOUR;
    expect(inside("2026-11-23T00:00+01:00", "2026-11-25T00:00+01:00")).toBe(24);
    expect(inside("2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00")).toBe(11);
    expect(inside("2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00")).toBe(13);
    expect(inside("2026-11-23T10:30+01:00", "2026-11-23T13:00+01:00")).toBe(1.5);
  });

  test("in UTC are what counting minute by minute gives", () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    fc.assert(
      fc.property(
        fc.subarray([...DAYS], { minLength: 1 }),
        minute,
        minute,
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 0, max: 3_000 }),
        (days, from, to, start, length) => {
          fc.pre(from !== to);
          const schedule: Schedule = { days, hours: { from, to }, at: undefined, time_zone: "UTC" };
          let expected = 0;
          for (let now = start; now < start + length; now += 1)
            if (insideByMinute(days, from, to, now)) expected += 1;
          expect(timeInside(schedule, start * MINUTE, (start + length) * MINUTE)).toBe(expected * MINUTE);
        },
      ),
      { seed: 6, numRuns: 200 },
    );
  });
});

/** 1970-01-01 was a Thursday. */
function insideByMinute(days: Day[], from: number, to: number, now: number): boolean {
  const dayOf = (minute: number) => DAYS[(Math.floor(minute / 1_440) + 3) % 7]!;
  const clock = now % 1_440;
  if (from < to) return clock >= from && clock < to && days.includes(dayOf(now));
  if (clock >= from) return days.includes(dayOf(now));
  return clock < to && days.includes(dayOf(now - 1_440 + 7 * 1_440));
}

/** The moments at which a monitor that is looked at each minute is evaluated. */
function checks(monitor: Monitor, from: string, days: number, stepMs = MINUTE): string[] {
  const found: string[] = [];
  let since = at(from);
  for (let now = since + stepMs; now < at(from) + days * DAY; now += stepMs) {
    if (!isDue(monitor, { since, now })) continue;
    found.push(new Date(now).toISOString());
    since = now;
  }
  return found;
}

describe("a daily check", () => {
  test("runs once a day, on its days", () => {
    const monitor = scheduled({ days: ["mon", "wed"], at: "17:00", time_zone: "Africa/Lagos" });
    expect(checks(monitor, "2026-11-23T00:00:00Z", 7)).toEqual([
      "2026-11-23T16:00:00.000Z",
      "2026-11-25T16:00:00.000Z",
    ]);
  });

  test("at a minute that the clock skips runs at the next one that there is", () => {
    const monitor = scheduled({ at: "02:30", time_zone: "Europe/Berlin" });
    expect(checks(monitor, "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
  });

  test("at a minute that the clock shows twice runs once", () => {
    const monitor = scheduled({ at: "02:30", time_zone: "Europe/Berlin" });
    expect(checks(monitor, "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });

  test("at midnight, skipped in Beirut, and across a half-hour change", () => {
    expect(checks(scheduled({ at: "00:00", time_zone: "Asia/Beirut" }), "2026-03-28T12:00:00Z", 1)).toEqual([
      "2026-03-28T22:00:00.000Z",
    ]);
    expect(
      checks(scheduled({ at: "02:15", time_zone: "Australia/Lord_Howe" }), "2026-10-03T00:00:00Z", 1),
    ).toEqual(["2026-10-03T15:30:00.000Z"]);
  });

  test("that was missed runs late, once", () => {
    const monitor = scheduled({ at: "09:00" });
    const missed = { since: at("2026-11-20T09:00:00Z"), now: at("2026-11-23T08:00:00Z") };
    expect(isDue(monitor, missed)).toBe(true);
    expect(isDue(monitor, { since: missed.now, now: missed.now + MINUTE })).toBe(false);
  });

  test("does not run for a time before the monitor was made", () => {
    expect(
      isDue(scheduled({ at: "09:00" }), {
        since: at("2026-11-23T10:00:00Z"),
        now: at("2026-11-23T10:01:00Z"),
      }),
    ).toBe(false);
  });
});

test("a mute ends at its time, and a window with its last minute", () => {
  const monitor = monitorWith({
    mute: [{ until: at("2026-11-23T10:00:00Z") }, { days: ["mon"], from: "12:00", to: "13:00" }],
  });
  const muted = (text: string) => isMuted(monitor, at(text));
  expect(
    ["09:59", "10:00", "11:59", "12:00", "12:59", "13:00"].map((time) => muted(`2026-11-23T${time}:00Z`)),
  ).toEqual([true, false, false, true, true, false]);
  expect(isMuted(monitorWith({}), 0)).toBe(false);
});
