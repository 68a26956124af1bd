import { setTimeout as sleep } from "node:timers/promises";

import { type DataStrategyResult, UNSAFE_ErrorResponseImpl as ErrorResponse } from "react-router";
import { expect, onTestFinished, test } from "vitest";

import { holdPageAtSessionEnd, sessionEnd } from "#app/platform/portal/shell/session-end.ts";

type Results = Record<string, DataStrategyResult>;

/** Runs the client middleware over a navigation that is answered so. */
function navigate(results: Results) {
  let announced = 0;
  const count = () => void (announced += 1);
  sessionEnd.addEventListener("end", count);
  onTestFinished(() => sessionEnd.removeEventListener("end", count));
  const args = {} as Parameters<typeof holdPageAtSessionEnd>[0];
  const settled = Promise.resolve(holdPageAtSessionEnd(args, async () => results));
  return { settled, announced: () => announced };
}

const failed = (status: number): DataStrategyResult => ({
  type: "error",
  result: new ErrorResponse(status, "", "a page"),
});
const loaded: DataStrategyResult = { type: "data", result: { status: 401 } };

test("a data request that is answered 401 ends the session and never settles its navigation", async () => {
  const { settled, announced } = navigate({ layout: failed(401), overview: loaded });
  await expect.poll(announced).toBe(1);
  // A promise that never settles can only be outwaited; what would settle it has all run by now.
  expect(await Promise.race([settled, sleep(50, "still open")])).toBe("still open");
});

test.each([
  ["data that only looks like a 401", { overview: loaded }],
  ["a 404", { overview: failed(404) }],
  ["a 500", { layout: failed(500) }],
  ["a broken connection", { overview: { type: "error", result: new TypeError("Failed to fetch") } }],
] satisfies [string, Results][])("%s goes on to the page", async (_, results) => {
  const { settled, announced } = navigate(results);
  expect(await settled).toBe(results);
  expect(announced()).toBe(0);
});
