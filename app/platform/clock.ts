/** Epoch milliseconds, UTC. */
export type Clock = { now(): number };

/**
 * The process's clock. It follows the wall clock forwards, but never falls behind the time that has really passed since
 * any earlier answer: setting the machine's clock back, after a leap too, must not lengthen a session or put off a job.
 */
export function createClock(
  wall: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): Clock {
  let lead = -Infinity;
  return {
    now() {
      lead = Math.max(lead, wall() - monotonic());
      return Math.floor(lead + monotonic());
    },
  };
}
