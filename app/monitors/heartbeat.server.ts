import type { Log } from "#app/platform/http/log.server.ts";

const TIMEOUT_MS = 10_000;

/**
 * Calls the operator's HEARTBEAT_URL, so that whoever watches it learns when monitors are no longer checked. What is asked
 * for while a call is under way is covered by it.
 */
export function createHeartbeat(url: string | undefined, log: Pick<Log, "warn">): () => void {
  let underWay = false;
  return () => {
    if (url === undefined || underWay) return;
    underWay = true;
    fetch(url, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) })
      .then(
        (response) => response.body?.cancel(),
        () => log.warn({ event: "heartbeat_failed" }, "HEARTBEAT_URL could not be called"),
      )
      .finally(() => {
        underWay = false;
      });
  };
}
