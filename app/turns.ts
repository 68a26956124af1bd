const waiting: (() => void)[] = [];

/**
 * Waits for a turn of the event loop of one's own. Work that goes on after an ordinary `setImmediate` does so in the same
 * turn as everybody else's: with many installs evaluated at once, callbacks and pages would wait for all of them.
 */
export function ownTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(next);
  });
}

function next(): void {
  waiting[0]!();
  waiting.shift();
  if (waiting.length > 0) setImmediate(next);
}
