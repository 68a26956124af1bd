import { expect, test } from "vitest";

import { createCloudClock, describeSkew } from "#app/platform/blnk/transport/cloud-clock.ts";

import { answerJson, cloudFor } from "#tests/support/cloud-server.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOON = Date.UTC(2026, 10, 24, 12);

/** A machine whose wall clock is off by `off`, and a Cloud that keeps the right time but for `wrong`. */
function openMachine({ off = 0 } = {}) {
  let passed = 0;
  let ahead = off;
  let slept = 0;
  const { clock, observe } = createCloudClock(
    () => NOON + passed + slept + ahead,
    () => 5_000 + passed,
  );
  return {
    clock,
    truth: () => NOON + passed + slept,
    set: (milliseconds: number) => (ahead = milliseconds),
    pass: (milliseconds: number) => (passed += milliseconds),
    sleep: (milliseconds: number) => (slept += milliseconds),
    answer({
      wrong = 0,
      took = 100,
      ...headers
    }: { wrong?: number; took?: number; date?: unknown; age?: unknown } = {}) {
      const sentAt = 5_000 + passed;
      passed += took;
      const date = new Date(NOON + passed - took / 2 + slept + wrong).toUTCString();
      observe({ date, ...headers }, sentAt);
    },
  };
}

/** The header has whole seconds. */
const near = (milliseconds: number) => ({
  asymmetricMatch: (other: number) => Math.abs(other - milliseconds) <= 1100,
});

test("until Cloud has answered the server's clock counts", () => {
  const machine = openMachine({ off: 14 * MINUTE });
  expect(machine.clock.skewMs()).toBeUndefined();
  expect(machine.clock.now()).toBe(machine.truth() + 14 * MINUTE);
});

test.each([0, 1.9 * MINUTE, -1.9 * MINUTE])("a skew of %i ms leaves the server's clock as it is", (off) => {
  const machine = openMachine({ off });
  machine.answer();
  expect(machine.clock.skewMs()).toEqual(near(off));
  expect(machine.clock.now()).toBe(machine.truth() + off);
});

test.each([2.1 * MINUTE, -2.1 * MINUTE, 15 * MINUTE, -15 * MINUTE, 400 * DAY, -400 * DAY])(
  "beyond two minutes, at %i ms, Cloud's time counts",
  (off) => {
    const machine = openMachine({ off });
    machine.answer();
    expect(machine.clock.skewMs()).toEqual(near(off));
    machine.pass(7 * MINUTE);
    expect(machine.clock.now()).toEqual(near(machine.truth()));
  },
);

test.each([15 * MINUTE, -15 * MINUTE, 400 * DAY, -400 * DAY])(
  "a clock that leaps by %i ms between two answers does not move Cloud's time, and is right again once corrected",
  (leap) => {
    const machine = openMachine();
    for (let call = 0; call < 5; call += 1) machine.answer();
    machine.set(leap);
    expect(machine.clock.now()).toEqual(near(machine.truth()));
    expect(machine.clock.skewMs()).toEqual(near(leap));
    machine.answer();
    expect(machine.clock.skewMs()).toEqual(near(leap));
    machine.set(0);
    expect(machine.clock.skewMs()).toEqual(near(0));
    expect(machine.clock.now()).toBe(machine.truth());
    machine.answer();
    expect(machine.clock.skewMs()).toEqual(near(0));
  },
);

test("after the machine slept the next answer puts Cloud's time right", () => {
  const machine = openMachine();
  for (let call = 0; call < 5; call += 1) machine.answer();
  machine.sleep(8 * 60 * MINUTE);
  machine.answer();
  expect(machine.clock.skewMs()).toEqual(near(0));
  expect(machine.clock.now()).toBe(machine.truth());
});

test("one odd answer is outvoted, a third of the same in a row is not", () => {
  const machine = openMachine();
  for (let call = 0; call < 5; call += 1) machine.answer();
  machine.answer({ wrong: 400 * DAY });
  expect(machine.clock.skewMs()).toEqual(near(0));
  machine.answer({ wrong: 30 * MINUTE });
  expect(machine.clock.skewMs()).toEqual(near(0));
  machine.answer({ wrong: 30 * MINUTE });
  expect(machine.clock.skewMs()).toEqual(near(-30 * MINUTE));
});

test("a slow answer is dated by the middle of its call", () => {
  const machine = openMachine();
  machine.answer({ took: 4 * MINUTE });
  expect(machine.clock.skewMs()).toEqual(near(0));
});

test("the age of an answer from a cache is added", () => {
  const machine = openMachine();
  machine.answer({ wrong: -10 * MINUTE, age: "600" });
  expect(machine.clock.skewMs()).toEqual(near(0));
});

test.each([undefined, "", "now", "2026-11-24T12:00:00Z", "Xxx, 99 Zzz 2026 99:99:99 GMT", ["a", "b"], 12])(
  "a date of %j tells nothing",
  (date) => {
    const machine = openMachine({ off: 14 * MINUTE });
    machine.answer({ date });
    expect(machine.clock.skewMs()).toBeUndefined();
    machine.answer();
    machine.answer({ date });
    expect(machine.clock.skewMs()).toEqual(near(14 * MINUTE));
  },
);

test("every answer of Cloud is read for its date, a refusal too", async () => {
  const date = new Date(Date.now() - 14 * MINUTE).toUTCString();
  const { cloud, client } = await cloudFor((_request, response) => {
    response.setHeader("date", date);
    answerJson(response, { error: "no" }, 403);
  });
  expect(cloud.clock.skewMs()).toBeUndefined();
  await client.ledgers.list().catch(() => undefined);
  expect(Math.abs(cloud.clock.skewMs()! - 14 * MINUTE)).toBeLessThan(10_000);
  expect(Math.abs(cloud.clock.now() - (Date.now() - 14 * MINUTE))).toBeLessThan(10_000);
});

test.each([
  [undefined, undefined],
  [0, undefined],
  [2 * MINUTE, undefined],
  [-14 * MINUTE, "This server's clock is 14 minutes behind Blnk Cloud's"],
  [14 * MINUTE, "This server's clock is 14 minutes ahead of Blnk Cloud's"],
  [5 * 60 * MINUTE, "This server's clock is 5 hours ahead of Blnk Cloud's"],
  [-400 * DAY, "This server's clock is 400 days behind Blnk Cloud's"],
])("a skew of %s ms is told as %j", (skew, words) => {
  expect(describeSkew(skew)).toBe(words);
});
