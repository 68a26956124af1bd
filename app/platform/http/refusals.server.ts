import { data, type MiddlewareFunction } from "react-router";

import { StorageError } from "#db/storage-error.ts";

import { DomainError, InvalidBody } from "#app/platform/errors.ts";

import type { Log } from "./log.server.ts";
import type { LogIds } from "./request-context.server.ts";

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
  ["too_many_requests", 429],
  ["storage", 503],
]);

export type JsonAnswer = { status: number; body: object; headers?: Record<string, string> | undefined };

/** `{"error":{"code","message","fields"}}`, the shape of every refusal by a JSON route. */
export function refusal(error: DomainError, headers = ANSWER_HEADERS.get(error.code)): JsonAnswer {
  const { code, message } = error;
  const fields = error instanceof InvalidBody ? error.fields : [];
  return { status: STATUS.get(code) ?? 500, body: { error: { code, message, fields } }, headers };
}

const ANSWER_HEADERS: ReadonlyMap<string, Record<string, string>> = new Map([
  ["storage", { "Retry-After": "5" }],
  // The rest of a body that is too large is not worth reading.
  ["body_too_large", { Connection: "close" }],
]);

/** The middleware of a route that is only read. */
export const requireRead = allowOnly("GET", "HEAD", "OPTIONS");

/** The middleware of a route that is only posted to: any other unsafe method would run its action too. */
export const requirePost = allowOnly("POST");

/** What a page's loader or action throws for an expected failure: a status and words, not an unexpected error. */
export function routeRefusal({ code, message }: DomainError) {
  return data({ code, message }, { status: STATUS.get(code) ?? 500 });
}

/** The answer to what failed on a JSON route; undefined when that was not to be expected. */
export function refusalOf(error: unknown, asker: Asker): JsonAnswer | undefined {
  const expected = expectedFailure(
    error,
    asker,
    "This could not be stored. Nothing was applied; send it again.",
  );
  return expected && refusal(expected);
}

/** Whose request it is, for the log. */
export type Asker = { log: Log; ids: LogIds };

/** What could not be stored is logged here, as it is nobody's doing. */
export function expectedFailure(
  error: unknown,
  { log, ids }: Asker,
  notStored: string,
): DomainError | undefined {
  if (error instanceof StorageError) {
    log.error({ event: "not_stored", ...ids, code: error.code, err: error.cause }, error.message);
    return new DomainError("storage", notStored);
  }
  return error instanceof DomainError && STATUS.has(error.code) ? error : undefined;
}

function allowOnly(...methods: string[]): MiddlewareFunction<Response> {
  const Allow = methods.join(", ");
  return async ({ request }, next) =>
    methods.includes(request.method)
      ? await next()
      : jsonResponse(
          refusal(new DomainError("method_not_allowed", `Only ${Allow} does anything here.`), { Allow }),
        );
}

export function jsonResponse({ status, body, headers }: JsonAnswer): Response {
  return Response.json(body, { status, ...(headers && { headers }) });
}
