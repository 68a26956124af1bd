import { expect, test } from "vitest";

import { createClock } from "#app/platform/clock.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A machine whose wall clock can be set while time passes. */
function machine() {
  const time = { passed: 0, wall: 1_000_000 };
  return {
    clock: createClock(
      () => time.wall,
      () => time.passed,
    ),
    pass: (milliseconds: number) => {
      time.passed += milliseconds;
      time.wall += milliseconds;
    },
    setWall: (milliseconds: number) => {
      time.wall += milliseconds;
    },
  };
}

test("the clock follows the wall clock", () => {
  const { clock, pass } = machine();
  expect(clock.now()).toBe(1_000_000);
  pass(250);
  expect(clock.now()).toBe(1_000_250);
});

test("the clock follows the wall clock forwards, as after a machine has slept", () => {
  const { clock, setWall } = machine();
  clock.now();
  setWall(DAY);
  expect(clock.now()).toBe(1_000_000 + DAY);
});

test("setting the wall clock back two hours does not lengthen what expires in fifteen minutes", () => {
  const { clock, pass, setWall } = machine();
  const expiry = clock.now() + HOUR / 4;
  setWall(-2 * HOUR);
  pass(HOUR / 4 + 1);
  expect(clock.now()).toBeGreaterThan(expiry);
});

test("a leap of 400 days that is set back does not lengthen what began meanwhile", () => {
  const { clock, pass, setWall } = machine();
  clock.now();
  setWall(400 * DAY);
  const expiry = clock.now() + HOUR / 4;
  setWall(-400 * DAY);
  pass(HOUR / 4 + 1);
  expect(clock.now()).toBeGreaterThan(expiry);
});

test("the clock never runs backwards", () => {
  const { clock, pass, setWall } = machine();
  let last = clock.now();
  for (const step of [5, -3 * HOUR, 2 * DAY, -1, -9 * DAY, 40, 10 * DAY]) {
    setWall(step);
    pass(1);
    expect(clock.now()).toBeGreaterThan(last);
    last = clock.now();
  }
});
