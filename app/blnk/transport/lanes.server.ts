import {
  bulkhead,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  isBrokenCircuitError,
  isBulkheadRejectedError,
} from "cockatiel";

import { BREAKER_OPEN, CloudError, QUEUE_FULL } from "../cloud-error.ts";

export type LaneLimits = {
  /** Requests under way at once, over all installs. */
  concurrency: number;
  /** Requests under way at once for one install: a slow one cannot take all of the above. */
  installConcurrency: number;
  /** Outages in a row after which an install's calls fail at once for a while. */
  breakAfter: number;
  /** The first such while; it doubles up to 30 s while the outage lasts. */
  breakMs: number;
};

/** One request, run within the limits of its install and of all; `signal` ends when the install is stopped. */
export type Lane = {
  readonly stopped: AbortSignal;
  run<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T>;
};

export type Lanes = {
  of(installedAppId: string): Lane;
  stop(installedAppId: string): void;
};

const QUEUE = 1_000;
const LONGEST_BREAK_MS = 30_000;
const IDLE_MS = 60_000;

type State = {
  lane: Lane;
  controller: AbortController;
  isIdle(): boolean;
  usedAt: number;
};

/** Keeps a bulkhead and a breaker per install for as long as they have something to remember. */
export function createLanes(limits: LaneLimits, warn: (fields: object, message: string) => void): Lanes {
  const everyone = bulkhead(limits.concurrency, QUEUE * 10);
  const states = new Map<string, State>();
  let sweptAt = performance.now();

  function sweep(now: number): void {
    if (now - sweptAt < IDLE_MS) return;
    sweptAt = now;
    for (const [id, state] of states) {
      if (now - state.usedAt >= IDLE_MS && state.isIdle()) states.delete(id);
    }
  }

  return {
    of(installedAppId) {
      const now = performance.now();
      sweep(now);
      let state = states.get(installedAppId);
      if (state === undefined) {
        state = createState(limits, everyone, () =>
          warn(
            { event: "cloud_break", installed_app_id: installedAppId },
            "Blnk Cloud is left alone for a while",
          ),
        );
        states.set(installedAppId, state);
      }
      state.usedAt = now;
      return state.lane;
    },
    stop(installedAppId) {
      states.get(installedAppId)?.controller.abort(new CloudError("stopped"));
      states.delete(installedAppId);
    },
  };
}

function createState(limits: LaneLimits, everyone: ReturnType<typeof bulkhead>, onBreak: () => void): State {
  const controller = new AbortController();
  const own = bulkhead(limits.installConcurrency, QUEUE);
  const breaker = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(limits.breakAfter),
    halfOpenAfter: new ExponentialBackoff({
      initialDelay: limits.breakMs,
      maxDelay: Math.max(LONGEST_BREAK_MS, limits.breakMs),
    }),
  });
  breaker.onBreak(onBreak);
  return {
    controller,
    usedAt: 0,
    isIdle: () => own.executionSlots === limits.installConcurrency && breaker.state !== CircuitState.HalfOpen,
    lane: {
      stopped: controller.signal,
      // The breaker is innermost: what waits in a queue has not failed.
      run: (attempt, signal) =>
        own
          .execute(() => everyone.execute(() => breaker.execute(attempt, signal), signal), signal)
          .catch((error: unknown) => {
            if (isBrokenCircuitError(error)) throw new CloudError("unavailable", { reason: BREAKER_OPEN });
            if (isBulkheadRejectedError(error)) throw new CloudError("unavailable", { reason: QUEUE_FULL });
            throw error;
          }),
    },
  };
}

/** Cloud or the way to it is down. A plain 500 is not: one odd record can cause it on every read. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof CloudError)) return false;
  if (error.code === "timeout") return true;
  return (
    error.code === "unavailable" &&
    error.coreCode === undefined &&
    (error.status === undefined || error.status > 500)
  );
}
