import { describe, expect, test } from "vitest";

import type { Monitor } from "#app/monitors/definition/monitor.ts";
import { advance, isTracked, type Step, type SubjectState } from "#app/monitors/incidents/advance.ts";
import type { Outcome } from "#app/monitors/kinds/facts.ts";

import { MINUTE, monitorOf, NOW } from "./monitor-facts.ts";

const CONDITION = { field: "balance", operator: "<", value: "5", precision: 100 };
const monitorWith = (more: object = {}, condition: object = {}) =>
  monitorOf("balance_threshold", {}, { ...CONDITION, ...condition }, more);

/** What happens to one subject, a minute between two evaluations; the first is the monitor's first unless told otherwise. */
function follow(monitor: Monitor, outcomes: Outcome[], { values = [] as string[], first = true } = {}) {
  let state: SubjectState | undefined;
  let incidents = 0;
  const steps: Step[] = [];
  outcomes.forEach((outcome, index) => {
    const value = outcome === "unknown" || outcome === "gone" ? undefined : (values[index] ?? "4.00");
    const result = {
      subject: "bln_a",
      outcome,
      entity: "bln_a",
      value,
      compared_to: undefined,
      reason: undefined,
    };
    const step = advance(monitor, state, result, {
      now: NOW + index * MINUTE,
      first: first && index === 0,
      newIncidentId: () => `inc_${(incidents += 1)}`,
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
  test("opens one incident, and another only after the condition was false", () => {
    const { story } = follow(monitorWith(), ["not_met", "met", "met", "met", "not_met", "not_met", "met"]);
    expect(story).toEqual([
      "",
      "opens inc_1 (alert)",
      "",
      "",
      "closes inc_1 (recovered)",
      "",
      "opens inc_2 (alert)",
    ]);
  });

  test("with rearm it is over only when the value is back there", () => {
    const { story } = follow(monitorWith(), [
      "between",
      "met",
      "between",
      "met",
      "between",
      "not_met",
      "between",
    ]);
    expect(story).toEqual(["", "opens inc_1 (alert)", "", "", "", "closes inc_1 (recovered)", ""]);
  });

  test("unknown neither opens nor closes, and keeps the last value", () => {
    const { story, steps } = follow(monitorWith(), [
      "not_met",
      "unknown",
      "met",
      "unknown",
      "met",
      "unknown",
      "not_met",
    ]);
    expect(story).toEqual(["", "", "opens inc_1 (alert)", "", "", "", "closes inc_1 (recovered)"]);
    expect(steps[3]?.next).toMatchObject({ state: "unknown", value: "4.00", incident: { id: "inc_1" } });
  });

  test("a subject that left the selection closes its incident, and nothing of it is kept", () => {
    const { story, state } = follow(monitorWith(), ["not_met", "met", "gone", "gone"]);
    expect(story).toEqual(["", "opens inc_1 (alert)", "closes inc_1 (gone)", ""]);
    expect(state).toBeUndefined();
  });

  test("what happened opens and closes at once, and leaves no state", () => {
    const monitor = monitorOf("new_balance", {}, {});
    const { story, state } = follow(monitor, ["happened"]);
    expect(story).toEqual(["opens inc_1 (alert), closes inc_1 (event)"]);
    expect(state).toBeUndefined();
  });
});

describe("the first evaluation", () => {
  test("opens what already holds with the alert that says so", () => {
    expect(follow(monitorWith(), ["met", "not_met", "met"]).story).toEqual([
      "opens inc_1 (already_true)",
      "closes inc_1 (recovered)",
      "opens inc_2 (alert)",
    ]);
    expect(follow(monitorWith(), ["met"], { first: false }).story).toEqual(["opens inc_1 (alert)"]);
  });

  test("asked to be quiet opens it silently, without waiting", () => {
    expect(
      follow(monitorWith({ start: "quiet" }, { for_minutes: 5 }), ["met", "met", "not_met"]).story,
    ).toEqual(["opens inc_1 (quiet)", "", "closes inc_1 (recovered)"]);
  });
});

describe("for_minutes", () => {
  const monitor = monitorWith({}, { for_minutes: 2 });

  test("opens once it has held for so long, and starts again when it was false", () => {
    expect(follow(monitor, ["met", "met", "met"]).story).toEqual(["", "", "opens inc_1 (alert)"]);
    expect(follow(monitor, ["met", "met", "not_met", "met", "met", "met"]).story).toEqual([
      "",
      "",
      "",
      "",
      "",
      "opens inc_1 (alert)",
    ]);
    expect(follow(monitor, ["met", "between", "met", "met"]).story).toEqual(["", "", "", ""]);
  });

  test("a read that failed does not start it again", () => {
    expect(follow(monitor, ["met", "unknown", "met"]).story).toEqual(["", "", "opens inc_1 (alert)"]);
  });

  test("a subject that waits is tracked, one that is well is not", () => {
    expect(isTracked(follow(monitor, ["met"]).state!)).toBe(true);
    expect(isTracked(follow(monitor, ["met", "not_met"]).state!)).toBe(false);
    expect(isTracked(follow(monitor, ["unknown"]).state!)).toBe(true);
  });
});

test("a ledger that does not add up opens after three reads of the same sum", () => {
  const monitor = monitorOf("ledger_imbalance", {}, {});
  const reads = (...values: string[]) =>
    follow(
      monitor,
      values.map((value) => (value === "0" ? "not_met" : "met")),
      { values },
    ).story.findIndex((words) => words.startsWith("opens"));
  expect(reads("1", "1", "1")).toBe(2);
  expect(reads("1", "2", "1", "1", "1")).toBe(4);
  expect(reads("1", "1", "0", "1", "1")).toBe(-1);
  expect(
    follow(monitor, ["met", "met", "met", "met", "not_met"], { values: ["1", "1", "1", "7", "0"] }).story,
  ).toEqual(["", "", "opens inc_1 (alert)", "", "closes inc_1 (recovered)"]);
});

describe("a mute", () => {
  const until = (minutes: number) => monitorWith({ mute: [{ until: NOW + minutes * MINUTE }] });

  test("tells at its end what still holds, once", () => {
    expect(follow(until(3), ["not_met", "met", "met", "met", "met"]).story).toEqual([
      "",
      "opens inc_1 (muted)",
      "",
      "tells inc_1",
      "",
    ]);
  });

  test("tells nothing of what was over before its end", () => {
    expect(follow(until(3), ["not_met", "met", "not_met", "not_met"]).story).toEqual([
      "",
      "opens inc_1 (muted)",
      "closes inc_1 (recovered)",
      "",
    ]);
  });

  test("tells what is between only when it holds again", () => {
    expect(follow(until(2), ["not_met", "met", "between", "unknown", "met"]).story).toEqual([
      "",
      "opens inc_1 (muted)",
      "",
      "",
      "tells inc_1",
    ]);
  });

  test("does not tell again what was told before it, nor what was to be quiet", () => {
    const later = monitorWith({ mute: [{ days: ["mon"], from: "12:02", to: "12:04" }] });
    expect(follow(later, ["not_met", "met", "met", "met", "met"]).story).toEqual([
      "",
      "opens inc_1 (alert)",
      "",
      "",
      "",
    ]);
    const quiet = monitorWith({ start: "quiet", mute: [{ until: NOW + MINUTE }] });
    expect(follow(quiet, ["met", "met", "met"]).story).toEqual(["opens inc_1 (quiet)", "", ""]);
  });
});
