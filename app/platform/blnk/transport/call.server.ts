import { DelegateBackoff, handleWhen, retry } from "cockatiel";

import type { Scope } from "#app/platform/permissions/scopes.ts";

import { BREAKER_OPEN, CloudError, type CloudErrorCode } from "../cloud-error.ts";
import type { InstallCalls } from "./install-limiter.server.ts";
import type { JsonValue } from "./lossless-json.ts";
import type { CloudRequest } from "./request.ts";
import { abortError, type Send } from "./send.server.ts";
import type { KeptMetadata } from "./slim-json.ts";

/** Who a client acts for. The key is opened for each request and kept nowhere. */
export type CloudCredentials = {
  installedAppId: string;
  /** Limits and a breaker of its own, apart from those of the install's other calls. */
  calls?: string;
  instanceId: string;
  generation: number;
  grantedPermissions: readonly Scope[];
  /**
   * Called right before every request that is sent, a retry too. Checks that the install is still active at this
   * generation (and its session live) and throws otherwise; that error reaches the caller as it is.
   */
  openKey(): Promise<string>;
};

/** Sends a request for one install, within its scopes, limits and time, and returns what was answered. */
export type Call = (request: CloudRequest) => Promise<JsonValue>;

export type CallContext = {
  credentials: CloudCredentials;
  calls: () => InstallCalls;
  send: Send;
  metadata: KeptMetadata;
  /** The longest that one call may take, retries included. */
  callMs: number;
  /** Milliseconds left of the whole client's budget. */
  remainingMs: () => number;
  /** The first pause before a retry; it doubles, with full jitter. */
  retryMs: number;
  signal: AbortSignal | undefined;
  onSlow: (() => () => void) | undefined;
  warn: (fields: object, message: string) => void;
  onCall: ((call: EndedCall) => void) | undefined;
};

/** `error`: what `openKey` threw, or a mistake of ours. */
export type EndedCall = { scope: Scope; outcome: "ok" | CloudErrorCode | "error"; seconds: number };

const RETRIES = 3;

export function createCall(context: CallContext): Call {
  const { credentials, calls: currentLane, send, metadata, onSlow, onCall } = context;
  const call: Call = async (request) => {
    if (!credentials.grantedPermissions.includes(request.scope)) {
      throw new CloudError("missing_scope", { scope: request.scope });
    }
    const budget = Math.min(context.callMs, context.remainingMs());
    if (budget <= 0) throw new CloudError("timeout");
    const deadline = performance.now() + budget;
    const calls = currentLane();
    const { signal, release } = endOf(budget, calls.stopped, context.signal);
    const attempt = async (): Promise<JsonValue> => {
      const key = await credentials.openKey();
      if (signal.aborted) throw abortError(signal);
      return send(request, { instanceId: credentials.instanceId, key, metadata }, signal);
    };
    const once = () => calls.run(attempt, signal);
    const endSlow = onSlow && whenSlow(calls.slowAfterMs(), onSlow);
    try {
      return await untilAborted(
        request.repeatable ? withRetries(once, context, request, deadline) : once(),
        signal,
      );
    } finally {
      release();
      endSlow?.();
    }
  };
  return onCall ? observed(call, onCall) : call;
}

/** @returns to be called when the call has ended, slow or not */
function whenSlow(afterMs: number, onSlow: () => () => void): () => void {
  let end: (() => void) | undefined;
  const timer = setTimeout(() => (end = onSlow()), afterMs);
  return () => {
    clearTimeout(timer);
    end?.();
  };
}

function observed(call: Call, onCall: (ended: EndedCall) => void): Call {
  return async (request) => {
    const began = performance.now();
    const end = (outcome: EndedCall["outcome"]) =>
      onCall({ scope: request.scope, outcome, seconds: (performance.now() - began) / 1000 });
    try {
      const answer = await call(request);
      end("ok");
      return answer;
    } catch (error) {
      end(error instanceof CloudError ? error.code : "error");
      throw error;
    }
  };
}

/**
 * A signal for one call, which ends with its time or with either of the longer-lived signals. AbortSignal.any and
 * .timeout would do, but leave their ties to those signals, and a timer, behind after every call.
 */
function endOf(
  ms: number,
  ...signals: (AbortSignal | undefined)[]
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const released = new AbortController();
  const timer = setTimeout(() => controller.abort(new CloudError("timeout")), ms);
  for (const signal of signals) {
    const end = () => controller.abort(signal?.reason);
    if (signal?.aborted) end();
    signal?.addEventListener("abort", end, { signal: released.signal });
  }
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      released.abort();
    },
  };
}

function withRetries<T>(
  once: () => Promise<T>,
  { credentials, retryMs, warn }: CallContext,
  { method, path }: CloudRequest,
  deadline: number,
): Promise<T> {
  const policy = retry(
    handleWhen((error) => isTransient(error) && (error.retryAfterMs ?? 0) < deadline - performance.now()),
    {
      maxAttempts: RETRIES,
      backoff: new DelegateBackoff(
        ({ attempt, result }) => errorOf(result)?.retryAfterMs ?? Math.random() * retryMs * 2 ** attempt,
      ),
    },
  );
  let mayBeDone = false;
  policy.onRetry(({ attempt, delay, ...result }) => {
    const { code, status, reason } = errorOf(result) ?? {};
    mayBeDone ||= errorOf(result)?.mayBeDone ?? false;
    warn(
      {
        event: "cloud_retry",
        installed_app_id: credentials.installedAppId,
        method,
        route: path.route,
        attempt,
        delay_ms: Math.round(delay),
        code,
        status,
        reason,
      },
      "Blnk Cloud is asked again",
    );
  });
  return policy.execute(once).catch((error: unknown) => {
    // A refusal of a retry says nothing of the attempts before it.
    if (error instanceof CloudError) error.mayBeDone ||= mayBeDone;
    throw error;
  });
}

function errorOf(result: { error: unknown } | { value: unknown }): CloudError | undefined {
  return "error" in result && result.error instanceof CloudError ? result.error : undefined;
}

/** Worth asking again soon. An open breaker is not, nor Cloud's broken credential for Core. */
function isTransient(error: unknown): error is CloudError {
  if (!(error instanceof CloudError)) return false;
  if (error.code === "rate_limited" || error.code === "locked") return true;
  if (error.code !== "unavailable") return false;
  return error.reason !== BREAKER_OPEN && !error.coreCode?.startsWith("AUTH_");
}

/** Cockatiel's queues and pauses do not watch the signal: without this a cancelled call would sit them out. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject, resolve } = Promise.withResolvers<T>();
  const stop = () => reject(abortError(signal));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  return promise;
}
