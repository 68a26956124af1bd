import fc from "fast-check";
import { expect, test } from "vitest";

import { exactTime, RelativeTime, relativeTime } from "#app/ui/relative-time.tsx";

import { render, textOf } from "./render.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [0, "just now"],
  [59 * SECOND, "just now"],
  [-59 * SECOND, "just now"],
  [MINUTE, "1 min ago"],
  [HOUR - 1, "59 min ago"],
  [HOUR, "1 h ago"],
  [DAY, "1 d ago"],
  [30 * DAY - 1, "29 d ago"],
  [30 * DAY, "2026-10-25"],
  [-3 * HOUR, "in 3 h"],
])("%d ms before now is %j", (before, text) => {
  expect(relativeTime(NOW - before, NOW)).toBe(text);
});

test("the exact time is there in the markup, in UTC", () => {
  const markup = render(RelativeTime, { at: NOW - 5 * MINUTE, loadedAt: NOW });
  expect(textOf(markup)).toBe("5 min ago2026-11-24 11:55:00 UTC");
  expect(markup).toContain('dateTime="2026-11-24T11:55:00.000Z"');
});

test("the exact time in a chosen zone names its distance from UTC, in summer too", () => {
  expect(exactTime(Date.UTC(2026, 6, 1, 22, 30), "Europe/Berlin")).toBe("2026-07-02 00:30:00 GMT+2");
  expect(exactTime(NOW, "Europe/Berlin")).toBe("2026-11-24 13:00:00 GMT+1");
});

test("any time can be told from any other", () => {
  const time = fc.integer({ min: 0, max: Date.UTC(2200, 0) });
  fc.assert(
    fc.property(time, time, (at, now) => {
      expect(relativeTime(at, now)).toMatch(
        /^(just now|\d+ (min|h|d) ago|in \d+ (min|h|d)|\d{4}-\d\d-\d\d)$/,
      );
    }),
    { seed: 41 },
  );
});
