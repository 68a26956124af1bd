import { type DataStrategyResult, isRouteErrorResponse, type MiddlewareFunction } from "react-router";

/** Tells the page, in the server's words, that what it sent could not be stored; no words once it sends again. */
export const notStored = new EventTarget();

/**
 * Client middleware: a form that could not be stored leaves its page as it is, with all that was typed, so that it can
 * be sent again; its route's ErrorBoundary would take the form away.
 */
export const keepPageWhenNotStored: MiddlewareFunction<Record<string, DataStrategyResult>> = async (
  { request },
  next,
) => {
  if (request.method !== "GET") tell("");
  const results = await next();
  return Object.fromEntries(
    Object.entries(results).map(([route, answer]) => {
      const words = wordsOf(answer.result);
      if (words === undefined) return [route, answer];
      tell(words);
      return [route, { type: "data", result: undefined }];
    }),
  );
};

function tell(words: string): void {
  notStored.dispatchEvent(new CustomEvent("told", { detail: words }));
}

function wordsOf(result: unknown): string | undefined {
  if (!isRouteErrorResponse(result)) return undefined;
  const { code, message } = (result.data ?? {}) as { code?: string; message?: string };
  return code === "storage" ? message : undefined;
}
