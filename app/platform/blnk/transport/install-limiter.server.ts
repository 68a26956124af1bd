import {
  type CircuitBreakerPolicy,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  isBrokenCircuitError,
} from "cockatiel";

import { BREAKER_OPEN, CloudError, QUEUE_FULL } from "../cloud-error.ts";
import { createPlaces, type Line, type PlaceLimits, type Places } from "./places.ts";

export type InstallLimits = PlaceLimits & {
  /** Outages in a row after which an install's calls fail at once for a while. */
  breakAfter: number;
  /** The first such while; it doubles up to 30 s while the outage lasts. */
  breakMs: number;
};

/** One request, run within the limits of its install and of all; `signal` ends when the install is stopped. */
export type InstallCalls = {
  readonly stopped: AbortSignal;
  /** After how long a call of this install is slow: at once while it hangs. */
  slowAfterMs(): number;
  run<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T>;
};

export type InstallLimiter = {
  of(installedAppId: string): InstallCalls;
  stop(installedAppId: string): void;
};

const LONGEST_QUEUE = 1_000;
const LONGEST_BREAK_MS = 30_000;
const IDLE_MS = 60_000;

type State = {
  calls: InstallCalls;
  controller: AbortController;
  isIdle(): boolean;
  usedAt: number;
};

/** Keeps a queue and a breaker per install for as long as they have something to remember. */
export function createInstallLimiter(
  limits: InstallLimits,
  warn: (fields: object, message: string) => void,
): InstallLimiter {
  const places = createPlaces(limits);
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
        state = createState(limits, places, () =>
          warn(
            { event: "cloud_break", installed_app_id: installedAppId },
            "Blnk Cloud is left alone for a while",
          ),
        );
        states.set(installedAppId, state);
      }
      state.usedAt = now;
      return state.calls;
    },
    stop(installedAppId) {
      states.get(installedAppId)?.controller.abort(new CloudError("stopped"));
      states.delete(installedAppId);
    },
  };
}

function createState(limits: InstallLimits, places: Places, onBreak: () => void): State {
  const controller = new AbortController();
  const line: Line = { underWay: 0, slow: 0, waiting: new Set(), isHanging: false };
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
    isIdle: () => line.underWay === 0 && breaker.state !== CircuitState.HalfOpen,
    calls: {
      stopped: controller.signal,
      slowAfterMs: () => (line.isHanging ? 0 : limits.slowMs),
      run: (attempt, signal) => runInLine({ line, places, breaker }, attempt, signal),
    },
  };
}

async function runInLine<T>(
  { line, places, breaker }: { line: Line; places: Places; breaker: CircuitBreakerPolicy },
  attempt: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  if (line.waiting.size >= LONGEST_QUEUE) throw new CloudError("unavailable", { reason: QUEUE_FULL });
  const giveBack = await places.take(line, signal);
  // Noted at once: whoever asked goes on before the request has ended.
  const noteTimeout = () => (line.isHanging ||= isTimeout(signal.reason));
  signal.addEventListener("abort", noteTimeout);
  const noted = async () => {
    try {
      return await attempt();
    } finally {
      if (!signal.aborted) line.isHanging = false;
    }
  };
  try {
    // The breaker is inside: what waits for a place has not failed.
    return await breaker.execute(noted, signal);
  } catch (error) {
    if (isBrokenCircuitError(error)) throw new CloudError("unavailable", { reason: BREAKER_OPEN });
    throw error;
  } finally {
    signal.removeEventListener("abort", noteTimeout);
    giveBack();
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof CloudError && error.code === "timeout";
}

/** Cloud or the way to it is down. A plain 500 is not: one odd record can cause it on every read. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof CloudError)) return false;
  if (isTimeout(error)) return true;
  return (
    error.code === "unavailable" &&
    error.coreCode === undefined &&
    (error.status === undefined || error.status > 500)
  );
}
