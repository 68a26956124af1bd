/**
 * Waits for a turn of the event loop of one's own. Work that goes on after an ordinary `setImmediate` does so in the same
 * turn as everybody else's: with many installs evaluated at once, callbacks and pages would wait for all of them.
 */
export const yieldToEventLoop = createTurns();

/** A line of its own: whoever waits in it does not wait for those in others. */
export function createTurns(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  const next = () => {
    waiting[0]!();
    waiting.shift();
    if (waiting.length > 0) setImmediate(next);
  };
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) setImmediate(next);
    });
}
