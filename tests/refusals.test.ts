import { RouterContextProvider } from "react-router";
import { describe, expect, test } from "vitest";

import { installContext, requestContext } from "#app/platform/http/request-context.server.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { handleError } from "#app/entry.server.tsx";
import { DomainError } from "#app/platform/errors.ts";
import { answerJson, refuseInWords } from "#app/platform/answers.server.ts";
import { StorageError } from "#db/storage-error.ts";

const DISK = new Error("disk full");
const IDS = { request_id: "request-1", installed_app_id: "instapp_1" };

function openRequest() {
  const logged: object[] = [];
  const context = new RouterContextProvider();
  const log = { error: (fields: object) => void logged.push(fields) };
  context.set(platformContext, { log } as never);
  context.set(requestContext, { id: "request-1", address: "203.0.113.1" });
  context.set(installContext, "instapp_1");
  return { context, logged };
}

const notStored = async () => {
  throw new StorageError("failed", "could not commit", { cause: DISK });
};

describe("what could not be stored", () => {
  test("is told in words to a page and to a caller, and logged with whose request it was", async () => {
    const { context, logged } = openRequest();
    await expect(refuseInWords(context, notStored)).rejects.toMatchObject({
      data: { code: "storage", message: "This could not be stored, and nothing was changed." },
      init: { status: 503 },
    });
    await expect(refuseInWords(context, notStored, "Look in Blnk.")).rejects.toMatchObject({
      data: { code: "storage", message: "Look in Blnk." },
    });
    const answer = await answerJson(context, notStored);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(logged).toEqual(
      Array.from({ length: 3 }, () => ({ event: "not_stored", ...IDS, code: "failed", err: DISK })),
    );
  });
});

test("an unexpected error is logged with whose request it was, where that is known", () => {
  const { context, logged } = openRequest();
  const bug = new Error("bug");
  const request = new Request("https://tidemark.example.com/portal/l_1");
  handleError(bug, { request, context });
  context.set(installContext, null);
  handleError(bug, { request, context });
  expect(logged).toEqual([
    { event: "unexpected_error", ...IDS, err: bug },
    { event: "unexpected_error", request_id: "request-1", installed_app_id: undefined, err: bug },
  ]);
});

test("a failure whose code is a word of every object is no expected one", async () => {
  const { context } = openRequest();
  for (const code of ["constructor", "toString", "__proto__"]) {
    const failure = new DomainError(code, "no");
    const fail = async () => {
      throw failure;
    };
    await expect(refuseInWords(context, fail)).rejects.toBe(failure);
    await expect(answerJson(context, fail)).rejects.toBe(failure);
  }
});
