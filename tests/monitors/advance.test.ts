import { describe, expect, test } from "vitest";

import type { Monitor } from "#app/monitors/definition/monitor.ts";
import { advance, isTracked, type Step, type SubjectState } from "#app/monitors/episodes/advance.ts";
import type { Outcome } from "#app/monitors/kinds/facts.ts";

import { MINUTE, monitorOf, NOW } from "./monitor-facts.ts";

const CONDITION = { field: "balance", operator: "<", value: "5", precision: 100 };
const monitorWith = (more: object = {}, condition: object = {}) =>
  monitorOf("balance_threshold", {}, { ...CONDITION, ...condition }, more);

/** What happens to one subject, a minute between two evaluations; the first is the monitor's first unless told otherwise. */
function follow(monitor: Monitor, outcomes: Outcome[], { values = [] as string[], first = true } = {}) {
  let state: SubjectState | undefined;
  let episodes = 0;
  const steps: Step[] = [];
  outcomes.forEach((outcome, index) => {
    const value = outcome === "unknown" || outcome === "gone" ? undefined : (values[index] ?? "4.00");
    const result = {
      subject: "bln_a",
      outcome,
      entity: "bln_a",
      value,
      against: undefined,
      reason: undefined,
    };
    const step = advance(monitor, state, result, {
      now: NOW + index * MINUTE,
      first: first && index === 0,
      newEpisodeId: () => `ep_${(episodes += 1)}`,
    });
    state = step.next;
    steps.push(step);
  });
  return { steps, state, story: steps.map(wordsOf) };
}

function wordsOf({ opened, unmuted, closed }: Step): string {
  return [
    opened && `opens ${opened.id} (${opened.announcement})`,
    unmuted && `tells ${unmuted}`,
    closed && `closes ${closed.id} (${closed.reason})`,
  ]
    .filter((part) => part !== undefined)
    .join(", ");
}

describe("an edge", () => {
  test("opens one episode, and another only after the condition was false", () => {
    const { story } = follow(monitorWith(), ["clear", "holds", "holds", "holds", "clear", "clear", "holds"]);
    expect(story).toEqual([
      "",
      "opens ep_1 (alert)",
      "",
      "",
      "closes ep_1 (recovered)",
      "",
      "opens ep_2 (alert)",
    ]);
  });

  test("with rearm it is over only when the value is back there", () => {
    const { story } = follow(monitorWith(), [
      "between",
      "holds",
      "between",
      "holds",
      "between",
      "clear",
      "between",
    ]);
    expect(story).toEqual(["", "opens ep_1 (alert)", "", "", "", "closes ep_1 (recovered)", ""]);
  });

  test("unknown neither opens nor closes, and keeps the last value", () => {
    const { story, steps } = follow(monitorWith(), [
      "clear",
      "unknown",
      "holds",
      "unknown",
      "holds",
      "unknown",
      "clear",
    ]);
    expect(story).toEqual(["", "", "opens ep_1 (alert)", "", "", "", "closes ep_1 (recovered)"]);
    expect(steps[3]?.next).toMatchObject({ state: "unknown", value: "4.00", episode: { id: "ep_1" } });
  });

  test("a subject that left the selection closes its episode, and nothing of it is kept", () => {
    const { story, state } = follow(monitorWith(), ["clear", "holds", "gone", "gone"]);
    expect(story).toEqual(["", "opens ep_1 (alert)", "closes ep_1 (gone)", ""]);
    expect(state).toBeUndefined();
  });

  test("what happened opens and closes at once, and leaves no state", () => {
    const monitor = monitorOf("new_balance", {}, {});
    const { story, state } = follow(monitor, ["happened"]);
    expect(story).toEqual(["opens ep_1 (alert), closes ep_1 (event)"]);
    expect(state).toBeUndefined();
  });
});

describe("the first evaluation", () => {
  test("opens what already holds with the alert that says so", () => {
    expect(follow(monitorWith(), ["holds", "clear", "holds"]).story).toEqual([
      "opens ep_1 (already_true)",
      "closes ep_1 (recovered)",
      "opens ep_2 (alert)",
    ]);
    expect(follow(monitorWith(), ["holds"], { first: false }).story).toEqual(["opens ep_1 (alert)"]);
  });

  test("asked to be quiet opens it silently, without waiting", () => {
    expect(
      follow(monitorWith({ start: "quiet" }, { for_minutes: 5 }), ["holds", "holds", "clear"]).story,
    ).toEqual(["opens ep_1 (quiet)", "", "closes ep_1 (recovered)"]);
  });
});

describe("for_minutes", () => {
  const monitor = monitorWith({}, { for_minutes: 2 });

  test("opens once it has held for so long, and starts again when it was false", () => {
    expect(follow(monitor, ["holds", "holds", "holds"]).story).toEqual(["", "", "opens ep_1 (alert)"]);
    expect(follow(monitor, ["holds", "holds", "clear", "holds", "holds", "holds"]).story).toEqual([
      "",
      "",
      "",
      "",
      "",
      "opens ep_1 (alert)",
    ]);
    expect(follow(monitor, ["holds", "between", "holds", "holds"]).story).toEqual(["", "", "", ""]);
  });

  test("a read that failed does not start it again", () => {
    expect(follow(monitor, ["holds", "unknown", "holds"]).story).toEqual(["", "", "opens ep_1 (alert)"]);
  });

  test("a subject that waits is tracked, one that is well is not", () => {
    expect(isTracked(follow(monitor, ["holds"]).state!)).toBe(true);
    expect(isTracked(follow(monitor, ["holds", "clear"]).state!)).toBe(false);
    expect(isTracked(follow(monitor, ["unknown"]).state!)).toBe(true);
  });
});

test("a ledger that does not add up opens after three reads of the same sum", () => {
  const monitor = monitorOf("ledger_imbalance", {}, {});
  const reads = (...values: string[]) =>
    follow(
      monitor,
      values.map((value) => (value === "0" ? "clear" : "holds")),
      { values },
    ).story.findIndex((words) => words.startsWith("opens"));
  expect(reads("1", "1", "1")).toBe(2);
  expect(reads("1", "2", "1", "1", "1")).toBe(4);
  expect(reads("1", "1", "0", "1", "1")).toBe(-1);
  expect(
    follow(monitor, ["holds", "holds", "holds", "holds", "clear"], { values: ["1", "1", "1", "7", "0"] })
      .story,
  ).toEqual(["", "", "opens ep_1 (alert)", "", "closes ep_1 (recovered)"]);
});

describe("a mute", () => {
  const until = (minutes: number) => monitorWith({ mute: [{ until: NOW + minutes * MINUTE }] });

  test("tells at its end what still holds, once", () => {
    expect(follow(until(3), ["clear", "holds", "holds", "holds", "holds"]).story).toEqual([
      "",
      "opens ep_1 (muted)",
      "",
      "tells ep_1",
      "",
    ]);
  });

  test("tells nothing of what was over before its end", () => {
    expect(follow(until(3), ["clear", "holds", "clear", "clear"]).story).toEqual([
      "",
      "opens ep_1 (muted)",
      "closes ep_1 (recovered)",
      "",
    ]);
  });

  test("tells what is between only when it holds again", () => {
    expect(follow(until(2), ["clear", "holds", "between", "unknown", "holds"]).story).toEqual([
      "",
      "opens ep_1 (muted)",
      "",
      "",
      "tells ep_1",
    ]);
  });

  test("does not tell again what was told before it, nor what was to be quiet", () => {
    const later = monitorWith({ mute: [{ days: ["mon"], from: "12:02", to: "12:04" }] });
    expect(follow(later, ["clear", "holds", "holds", "holds", "holds"]).story).toEqual([
      "",
      "opens ep_1 (alert)",
      "",
      "",
      "",
    ]);
    const quiet = monitorWith({ start: "quiet", mute: [{ until: NOW + MINUTE }] });
    expect(follow(quiet, ["holds", "holds", "holds"]).story).toEqual(["opens ep_1 (quiet)", "", ""]);
  });
});
