import { data } from "react-router";

import { StorageError } from "#db/storage-error.ts";

import { DomainError, InvalidBody } from "./errors.ts";
import type { Log } from "./log.server.ts";

/** The only place that knows which HTTP status an expected failure is. */
const STATUS: Record<string, number> = {
  invalid_json: 400,
  invalid_body: 400,
  missing_scope: 403,
  inactive_install: 403,
  unknown_install: 404,
  method_not_allowed: 405,
  mismatch: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  storage: 503,
};

/** `{"error":{"code","message","fields"}}`, the shape of every refusal by a JSON route. */
export function errorResponse(error: DomainError, headers?: HeadersInit): Response {
  const { code, message } = error;
  const fields = error instanceof InvalidBody ? error.fields : [];
  return Response.json(
    { error: { code, message, fields } },
    { status: STATUS[code] ?? 500, ...(headers && { headers }) },
  );
}

/** What a page's loader or action throws for an expected failure: a status and words, not an unexpected error. */
export function routeRefusal({ code, message }: DomainError) {
  return data({ code, message }, { status: STATUS[code] ?? 500 });
}

/** Runs what a page's form asked for: what could not be stored, and expected failures, are thrown as refusals. */
export async function refuseInWords<T>(log: Pick<Log, "error">, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof StorageError) {
      log.error({ event: "not_stored", code: error.code, err: error.cause }, error.message);
      throw routeRefusal(new DomainError("storage", "This could not be stored, and nothing was changed."));
    }
    if (error instanceof DomainError && error.code in STATUS) throw routeRefusal(error);
    throw error;
  }
}

/** Runs a JSON route: expected failures become their answers, anything else goes on to the one place that logs it. */
export async function answerJson(log: Pick<Log, "error">, run: () => Promise<Response>): Promise<Response> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof StorageError) {
      log.error({ event: "not_stored", code: error.code, err: error.cause }, error.message);
      return errorResponse(
        new DomainError("storage", "This could not be stored. Nothing was applied; send it again."),
        { "Retry-After": "5" },
      );
    }
    // The rest of a body that is too large is not worth reading.
    if (error instanceof DomainError && error.code === "body_too_large")
      return errorResponse(error, { Connection: "close" });
    if (error instanceof DomainError && error.code in STATUS) return errorResponse(error);
    throw error;
  }
}
