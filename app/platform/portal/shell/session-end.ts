import { type DataStrategyResult, isRouteErrorResponse, type MiddlewareFunction } from "react-router";

/** Tells the page that the server no longer knows its session. */
export const sessionEnd = new EventTarget();

export function announceSessionEnd(): void {
  sessionEnd.dispatchEvent(new Event("end"));
}

/**
 * Client middleware: a data request that is answered 401 covers the page instead of replacing it. Its navigation is
 * never settled, so that the page below stays mounted with all that was typed.
 */
export const holdPageAtSessionEnd: MiddlewareFunction<Record<string, DataStrategyResult>> = async (
  _,
  next,
) => {
  const results = await next();
  const ended = Object.values(results).some(
    ({ result }) => isRouteErrorResponse(result) && result.status === 401,
  );
  if (!ended) return results;
  announceSessionEnd();
  return await new Promise<never>(() => {});
};
