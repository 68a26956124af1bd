export type PlaceLimits = {
  /** Requests under way at once, over all installs, those that are slow aside. */
  concurrency: number;
  /** Slow requests under way beside those. */
  slowConcurrency: number;
  /** Requests under way at once for one install. */
  installConcurrency: number;
  /** After so long a request is slow. */
  slowMs: number;
};

/** An install's requests: those under way, and those that wait for a place. */
export type Line = {
  underWay: number;
  slow: number;
  waiting: Set<() => void>;
  /** Its last request to end timed out: until one is answered it has one at a time, which is slow from the start. */
  isHanging: boolean;
};

export type Places = {
  /** Waits for a place and answers how to give it back. Rejects with the signal's reason when that ends first. */
  take(line: Line, signal: AbortSignal): Promise<() => void>;
};

/**
 * Shares out the requests under way, one install after the other. Requests that hang would soon hold every place, so slow
 * ones are counted apart; half of what they may hold is kept from installs that have slow ones already.
 */
export function createPlaces(limits: PlaceLimits): Places {
  const total = { prompt: 0, slow: 0 };
  const lines = new Set<Line>();

  function mayStart({ isHanging, underWay, slow }: Line): boolean {
    if ((isHanging || slow > 0) && total.slow >= limits.slowConcurrency / 2) return false;
    return isHanging
      ? underWay === 0
      : underWay < limits.installConcurrency && total.prompt < limits.concurrency;
  }

  function startWaiting(): void {
    for (const line of lines) {
      if (!mayStart(line)) continue;
      const [start] = line.waiting;
      lines.delete(line);
      line.waiting.delete(start!);
      if (line.waiting.size > 0) lines.add(line);
      start!();
    }
  }

  function start(line: Line): () => void {
    line.underWay += 1;
    let isSlow = line.isHanging;
    const count = (by: 1 | -1) => {
      if (isSlow) line.slow += by;
      total[isSlow ? "slow" : "prompt"] += by;
    };
    count(1);
    const timer = setTimeout(() => {
      if (isSlow || total.slow >= limits.slowConcurrency) return;
      count(-1);
      isSlow = true;
      count(1);
      startWaiting();
    }, limits.slowMs);
    return () => {
      clearTimeout(timer);
      line.underWay -= 1;
      count(-1);
      startWaiting();
    };
  }

  return {
    take(line, signal) {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      if (line.waiting.size === 0 && mayStart(line)) return Promise.resolve(start(line));
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const begin = () => {
        signal.removeEventListener("abort", leave);
        resolve(start(line));
      };
      const leave = () => {
        line.waiting.delete(begin);
        if (line.waiting.size === 0) lines.delete(line);
        reject(signal.reason as Error);
      };
      line.waiting.add(begin);
      lines.add(line);
      signal.addEventListener("abort", leave, { once: true });
      return promise;
    },
  };
}
