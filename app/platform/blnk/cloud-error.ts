import { DomainError } from "#app/platform/errors.ts";
import type { Scope } from "#app/platform/permissions/scopes.ts";

export type CloudErrorCode =
  /** Cloud refused our key (its own 401; a Core `AUTH_*` is `unavailable`, for it says nothing of our key). */
  | "unauthorised"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "invalid"
  | "rate_limited"
  | "locked"
  /** No connection, a 5xx, an open breaker, or Cloud's own credential for Core refused. */
  | "unavailable"
  /** The time budget ran out. */
  | "timeout"
  /** An answer that cannot be read: not JSON, too large, too deep, a redirect, another shape. */
  | "malformed"
  /** The install was not granted `scope`; nothing was sent. */
  | "missing_scope"
  /** A job's key has not read data of this instance yet, so that it may be a stranger's; nothing was sent. */
  | "unproven"
  /** The server's clock is too wrong to compare anything with Cloud's times. */
  | "clock_skewed"
  /** The install was uninstalled, or its session ended, while the call was under way. */
  | "stopped"
  /** The request that asked has gone away. */
  | "cancelled";

export type CloudErrorDetails = {
  status?: number;
  /** Core's `error_detail.code`, where the answer had one. */
  coreCode?: string;
  /** What `Retry-After` asked for. */
  retryAfterMs?: number;
  scope?: Scope;
  /** The network's own word, such as ECONNREFUSED; see `wasNotSent`. */
  reason?: string;
};

const UNCLEAR: ReadonlySet<CloudErrorCode> = new Set([
  "unavailable",
  "timeout",
  "malformed",
  "stopped",
  "cancelled",
]);

/** The reasons of an `unavailable` that was never sent. Spelled out, since a bundler may rename the classes. */
export const BREAKER_OPEN = "BrokenCircuitError";
export const QUEUE_FULL = "QueueFull";
/** The reason of a `malformed` that may be read in smaller parts. */
export const TOO_LARGE = "TooLarge";

const MESSAGES: Record<CloudErrorCode, string> = {
  unauthorised: "Blnk Cloud does not accept this install's key",
  forbidden: "Blnk Cloud does not allow this install to do that",
  not_found: "Blnk Cloud has no such record",
  conflict: "Blnk says this conflicts with what is already there",
  invalid: "Blnk did not accept the request",
  rate_limited: "Blnk Cloud asks to slow down",
  locked: "Another change to the same balance is under way",
  unavailable: "Blnk Cloud cannot be reached right now",
  timeout: "Blnk Cloud did not answer in time",
  malformed: "Blnk Cloud gave an answer that cannot be read",
  missing_scope: "This install was not granted the permission that is needed",
  unproven: "Blnk Cloud has not confirmed this install's key yet",
  clock_skewed: "This server's clock is wrong",
  stopped: "This install is no longer active",
  cancelled: "The request was cancelled",
};

/**
 * Why a call to Blnk Cloud failed. Its message is fit for people and never holds a body, a header, a URL or a key;
 * branch on `code`, and on `coreCode` for Core's finer reasons.
 */
export class CloudError extends DomainError<CloudErrorCode> {
  readonly status: number | undefined;
  readonly coreCode: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly scope: Scope | undefined;
  readonly reason: string | undefined;
  /** Whether Blnk may have done what was asked: this attempt had no good answer, or one before it had none. */
  mayBeDone: boolean;

  constructor(code: CloudErrorCode, details: CloudErrorDetails = {}, message: string = MESSAGES[code]) {
    super(code, message);
    this.status = details.status;
    this.coreCode = details.coreCode;
    this.retryAfterMs = details.retryAfterMs;
    this.scope = details.scope;
    this.reason = details.reason;
    this.mayBeDone = UNCLEAR.has(code) && !wasNotSent(this);
  }
}

/** Nothing left this app: the breaker was open, too many calls wait already, or the key is not proven. */
export function wasNotSent({ code, reason }: Pick<CloudError, "code" | "reason">): boolean {
  return code === "unproven" || reason === BREAKER_OPEN || reason === QUEUE_FULL;
}

/** The error for an answer that is not a 2xx, judged by its status and Core's code alone, never by its text. */
export function errorOfResponse(
  status: number,
  coreCode: string | undefined,
  retryAfterMs: number | undefined,
): CloudError {
  return new CloudError(codeOfResponse(status, coreCode), {
    status,
    ...(coreCode !== undefined && { coreCode }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

const CODE_OF_STATUS: ReadonlyMap<number, CloudErrorCode> = new Map([
  [401, "unauthorised"],
  [403, "forbidden"],
  [404, "not_found"],
  [408, "unavailable"],
  [409, "conflict"],
  [423, "locked"],
  [425, "unavailable"],
  [429, "rate_limited"],
]);

function codeOfResponse(status: number, coreCode: string | undefined): CloudErrorCode {
  if (coreCode?.startsWith("AUTH_")) return "unavailable";
  if (status >= 500) return "unavailable";
  if (status < 400) return "malformed";
  return CODE_OF_STATUS.get(status) ?? "invalid";
}
