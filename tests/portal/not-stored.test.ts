import { type DataStrategyResult, UNSAFE_ErrorResponseImpl as ErrorResponse } from "react-router";
import { expect, onTestFinished, test } from "vitest";

import { keepPageWhenNotStored, notStored } from "#app/platform/portal/shell/not-stored.ts";

type Results = Record<string, DataStrategyResult>;

/** Runs the client middleware over a request that is answered so. */
async function send(results: Results, method = "POST") {
  const told: string[] = [];
  const tell = (event: Event) => void told.push((event as CustomEvent<string>).detail);
  notStored.addEventListener("told", tell);
  onTestFinished(() => notStored.removeEventListener("told", tell));
  const request = new Request("https://tidemark.example.com/portal/l_1/precision", { method });
  const args = { request } as Parameters<typeof keepPageWhenNotStored>[0];
  return { answers: await keepPageWhenNotStored(args, async () => results), told };
}

const refusal = (code: string, status: number): DataStrategyResult => ({
  type: "error",
  result: new ErrorResponse(status, "", { code, message: "This could not be stored." }),
});

test("a form that could not be stored leaves its page as it is, and the page is told", async () => {
  const layout: DataStrategyResult = { type: "data", result: "frame" };
  const { answers, told } = await send({ layout, note: refusal("storage", 503) });
  expect(answers).toEqual({ layout, note: { type: "data", result: undefined } });
  expect(told).toEqual(["", "This could not be stored."]);
});

test("what is read again afterwards leaves the page told", async () => {
  const layout: DataStrategyResult = { type: "data", result: "frame" };
  expect((await send({ layout }, "GET")).told).toEqual([]);
});

test.each([
  ["a missing permission", { note: refusal("missing_scope", 403) }],
  ["an unexpected error", { note: { type: "error", result: new ErrorResponse(500, "", null) } }],
  ["a 503 without words", { note: { type: "error", result: new ErrorResponse(503, "", "down") } }],
  ["a broken connection", { note: { type: "error", result: new TypeError("Failed to fetch") } }],
] satisfies [string, Results][])("%s goes on to the ErrorBoundary", async (_, results) => {
  const { answers, told } = await send(results);
  expect(answers).toEqual(results);
  expect(told).toEqual([""]);
});
