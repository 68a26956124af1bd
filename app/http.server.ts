import { data, type RouterContextProvider } from "react-router";

import { StorageError } from "#db/storage-error.ts";

import { logIds, platformContext } from "./context.server.ts";
import { DomainError, InvalidBody } from "./errors.ts";

/** The only place that knows which HTTP status an expected failure is. */
const STATUS: ReadonlyMap<string, number> = new Map([
  ["invalid_json", 400],
  ["invalid_body", 400],
  ["missing_scope", 403],
  ["inactive_install", 403],
  ["unknown_install", 404],
  ["method_not_allowed", 405],
  ["mismatch", 409],
  ["body_too_large", 413],
  ["unsupported_media_type", 415],
  ["storage", 503],
]);

/** `{"error":{"code","message","fields"}}`, the shape of every refusal by a JSON route. */
export function errorResponse(error: DomainError, headers?: HeadersInit): Response {
  const { code, message } = error;
  const fields = error instanceof InvalidBody ? error.fields : [];
  return Response.json(
    { error: { code, message, fields } },
    { status: STATUS.get(code) ?? 500, ...(headers && { headers }) },
  );
}

/** The action of a route that is only read. */
export function refuseWrite(): Response {
  const error = new DomainError("method_not_allowed", "There is nothing to change here.");
  return errorResponse(error, { Allow: "GET, HEAD, OPTIONS" });
}

/** What a page's loader or action throws for an expected failure: a status and words, not an unexpected error. */
export function routeRefusal({ code, message }: DomainError) {
  return data({ code, message }, { status: STATUS.get(code) ?? 500 });
}

/** Runs what a page's form asked for: what could not be stored, and expected failures, are thrown as refusals. */
export async function refuseInWords<T>(
  context: Context,
  run: () => Promise<T>,
  notStored = "This could not be stored, and nothing was changed.",
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const refusal = refusalOf(error, context, notStored);
    throw refusal ? routeRefusal(refusal) : error;
  }
}

/** Runs a JSON route: expected failures become their answers, anything else goes on to the one place that logs it. */
export async function answerJson(context: Context, run: () => Promise<Response>): Promise<Response> {
  try {
    return await run();
  } catch (error) {
    const refusal = refusalOf(
      error,
      context,
      "This could not be stored. Nothing was applied; send it again.",
    );
    if (!refusal) throw error;
    return errorResponse(refusal, ANSWER_HEADERS.get(refusal.code));
  }
}

type Context = Readonly<RouterContextProvider>;

const ANSWER_HEADERS: ReadonlyMap<string, HeadersInit> = new Map([
  ["storage", { "Retry-After": "5" }],
  // The rest of a body that is too large is not worth reading.
  ["body_too_large", { Connection: "close" }],
]);

/** The refusal that an expected failure is. What could not be stored is logged here, as it is nobody's doing. */
function refusalOf(error: unknown, context: Context, notStored: string): DomainError | undefined {
  if (error instanceof StorageError) {
    context
      .get(platformContext)
      .log.error(
        { event: "not_stored", ...logIds(context), code: error.code, err: error.cause },
        error.message,
      );
    return new DomainError("storage", notStored);
  }
  return error instanceof DomainError && STATUS.has(error.code) ? error : undefined;
}
