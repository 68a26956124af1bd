import { type Dispatcher, errors, request as undiciRequest } from "undici";

import { yieldToEventLoop } from "#app/platform/yield-to-event-loop.ts";

import { CloudError, errorOfResponse, TOO_LARGE } from "../cloud-error.ts";
import { isObject } from "../read-fields.ts";
import type { createCloudClock } from "./cloud-clock.ts";
import { type JsonValue, parseJson, stringifyJson } from "./lossless-json.ts";
import { JsonSlimmer, type KeptMetadata } from "./slim-json.ts";
import type { CloudRequest } from "./request.ts";
import { readRetryAfter } from "./retry-after.ts";

export type Send = (
  request: CloudRequest,
  client: { instanceId: string; key: string; metadata: KeptMetadata },
  signal: AbortSignal,
) => Promise<JsonValue>;

/**
 * Sends one request, once, and reads its answer; everything that can go wrong becomes a CloudError.
 * The dispatcher brings the connect time-out and the cap on an answer's size, and follows no redirect.
 */
export function createSend(
  apiUrl: string,
  dispatcher: Dispatcher,
  { clock, observe }: ReturnType<typeof createCloudClock>,
): Send {
  const base = apiUrl.replace(/\/+$/, "");
  return async (request, { instanceId, key, metadata }, signal) => {
    const query = new URLSearchParams(request.query?.map(([name, value]) => [name, value]));
    query.set("instance_id", instanceId);
    const sentAt = performance.now();
    try {
      const response = await undiciRequest(`${base}${request.path.path}?${query}`, {
        dispatcher,
        method: request.method,
        headers: {
          authorization: `Bearer ${key}`,
          accept: "application/json",
          // Nothing is ever unpacked: a small answer could unpack to any size.
          "accept-encoding": "identity",
          ...(request.body && { "content-type": "application/json" }),
        },
        body: request.body ? stringifyJson(request.body) : null,
        signal,
      });
      observe(response.headers, sentAt);
      return await readResponse(response, { metadata, now: () => clock.now(), signal });
    } catch (error) {
      throw toCloudError(error, signal);
    }
  };
}

async function readResponse(
  response: Dispatcher.ResponseData,
  { metadata, now, signal }: { metadata: KeptMetadata; now: () => number; signal: AbortSignal },
): Promise<JsonValue> {
  const { statusCode: status, headers } = response;
  if (status < 200 || status > 299) {
    // The status alone tells enough, so an error whose body cannot be read is still that error.
    const body = await readBody(response, []).catch(() => null);
    signal.throwIfAborted();
    throw errorOfResponse(status, coreCodeOf(body), readRetryAfter(headers["retry-after"], now()));
  }
  return readBody(response, metadata);
}

/** The body as JSON, with what is kept of its metadata; null when there is none. */
async function readBody({ body }: Dispatcher.ResponseData, metadata: KeptMetadata): Promise<JsonValue> {
  const slimmer = new JsonSlimmer(metadata);
  try {
    for await (const chunk of body) slimmer.push(chunk as Buffer);
    const bytes = slimmer.finish();
    if (bytes.length === 0) return null;
    // Many answers may have arrived at once, and reading a page takes a few milliseconds.
    await yieldToEventLoop();
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof RangeError) throw new CloudError("malformed", { reason: TOO_LARGE });
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw new CloudError("malformed", { reason: "json" });
    throw error;
  }
}

const CORE_CODE = /^[A-Z][A-Z0-9_]{2,63}$/;

function coreCodeOf(body: JsonValue): string | undefined {
  const detail = isObject(body) ? body["error_detail"] : undefined;
  const code = isObject(detail) ? detail["code"] : undefined;
  return typeof code === "string" && CORE_CODE.test(code) ? code : undefined;
}

/** The original is dropped: it may name the URL or quote what was sent. Its code is enough to tell what happened. */
function toCloudError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return abortError(signal);
  if (error instanceof CloudError) return error;
  const reason = codeOf(error);
  if (error instanceof errors.ResponseExceededMaxSizeError)
    return new CloudError("malformed", { reason: TOO_LARGE });
  if (error instanceof errors.InvalidArgumentError || error instanceof TypeError) {
    return new CloudError("invalid", { reason });
  }
  return new CloudError("unavailable", { reason });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** What ended the call: the reason that `stop` gave, our own time-out, or else whoever asked went away. */
export function abortError(signal: AbortSignal): unknown {
  const reason: unknown = signal.reason;
  if (reason instanceof CloudError) return reason;
  const timedOut = reason instanceof DOMException && reason.name === "TimeoutError";
  return new CloudError(timedOut ? "timeout" : "cancelled");
}
