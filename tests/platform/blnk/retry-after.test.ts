import { readRetryAfter } from "#app/platform/blnk/transport/retry-after.ts";
import { expect, test } from "vitest";

const NOW = Date.UTC(2026, 10, 2, 12, 0, 0);

test.each([
  ["0", 0],
  ["2", 2_000],
  [" 120 ", 120_000],
  ["999999999", 86_400_000],
  ["Mon, 02 Nov 2026 12:00:05 GMT", 5_000],
  ["Mon, 02 Nov 2026 11:00:00 GMT", 0],
  ["Mon, 02 Nov 2099 11:00:00 GMT", 86_400_000],
])("%s asks for %i ms", (header, ms) => {
  expect(readRetryAfter(header, NOW)).toBe(ms);
});

test.each([
  undefined,
  "",
  "-1",
  "1.5",
  "soon",
  "1e9",
  "2026-11-02T12:00:05Z",
  "Xxx, 99 Zzz 2026 99:99:99 GMT",
])("%s asks for nothing", (header) => {
  expect(readRetryAfter(header, NOW)).toBeUndefined();
});

test("a repeated header asks for nothing", () => {
  expect(readRetryAfter(["1", "2"], NOW)).toBeUndefined();
});
