import type { JobContext } from "#app/platform/jobs/worker.server.ts";

/** For a handler that is called without a worker: nothing stops it, and its slot is nobody else's. */
export function jobContext(signal = new AbortController().signal): JobContext {
  return { signal, leaveSlot: () => () => undefined };
}
