import { expect, test } from "vitest";

import { ErrorNote, MissingPermissionNote } from "#app/ui/notes.tsx";

import { render, textOf } from "./render.ts";

const WORDS = { failed: "Ledgers could not be read.", happened: "Nothing was changed.", todo: "Try again" };

test("an error says what failed, whether anything happened, what to do, and its request id", () => {
  const markup = render(ErrorNote, { ...WORDS, requestId: "5f2c" });
  expect(textOf(markup)).toBe("Ledgers could not be read.Nothing was changed.Try againRequest 5f2c");
  expect(markup).toContain('role="alert"');
});

test.each([undefined, ""])("an error whose request is not known (%j) names none", (requestId) => {
  expect(textOf(render(ErrorNote, { ...WORDS, requestId }))).not.toContain("Request");
});

test("a missing permission is named", () => {
  expect(textOf(render(MissingPermissionNote, { scope: "data:read" }))).toBe("needs data:read");
});
