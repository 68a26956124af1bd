import { DAYS, type Monitor, type Window } from "../../definition/monitor.ts";
import { type CalendarDay, dayAt, instantOf, weekdayOf } from "./wall-clock.ts";

/**
 * Whether a monitor is to be evaluated now. With an `at` it is once a day: when that minute has come since the last
 * evaluation, late if nothing ran at the time, and never twice for several days missed.
 *
 * `since`: the last evaluation, or else when watching began
 */
export function isDue({ schedule }: Monitor, { since, now }: { since: number; now: number }): boolean {
  if (schedule === undefined) return true;
  const { at, time_zone } = schedule;
  if (at === undefined) return isInside(schedule, now);
  const today = dayAt(time_zone, now);
  for (let day = today; day > today - DAYS_IN_WEEK - 1; day -= 1) {
    if (!isOn(schedule, day)) continue;
    const instant = instantOf(time_zone, day, at);
    if (instant <= now) return instant > since;
  }
  return false;
}

export function isMuted({ mute }: Monitor, now: number): boolean {
  return mute.some((each) => (each.type === "until" ? now < each.until : isInside(each, now)));
}

/** How much of [from, to) lies inside the hours, in ms; all of it without a schedule. */
export function timeInside(schedule: Window | undefined, from: number, to: number): number {
  if (schedule === undefined) return Math.max(to - from, 0);
  const { time_zone } = schedule;
  let inside = 0;
  // Hours over midnight reach into the next day.
  for (let day = dayAt(time_zone, from) - 1; day <= dayAt(time_zone, to); day += 1) {
    if (!isOn(schedule, day)) continue;
    const [begin, end] = spanOf(schedule, day);
    inside += Math.max(Math.min(end, to) - Math.max(begin, from), 0);
  }
  return inside;
}

const DAYS_IN_WEEK = 7;

function isInside(window: Window, instant: number): boolean {
  return timeInside(window, instant, instant + 1) > 0;
}

function isOn({ days }: Window, day: CalendarDay): boolean {
  const name = DAYS[weekdayOf(day)];
  return name !== undefined && days.includes(name);
}

function spanOf({ hours, time_zone }: Window, day: CalendarDay): [begin: number, end: number] {
  const { from, to } = hours ?? { from: 0, to: 0 };
  return [instantOf(time_zone, day, from), instantOf(time_zone, from < to ? day : day + 1, to)];
}
