import { pino } from "pino";

export type Log = Pick<ReturnType<typeof pino>, "debug" | "info" | "warn" | "error">;

/**
 * JSON lines on stdout. Pass ids and codes, never bodies, URLs or headers: `redact` is the second line of defence,
 * not the first.
 */
export function createLog(level: string) {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        "api_key",
        "authorization",
        "cookie",
        "token",
        "url",
        "*.api_key",
        "*.authorization",
        "*.cookie",
      ],
      censor: "[removed]",
    },
    serializers: { err: describeError },
  });
}

/** An error's name, code and stack, without the properties that libraries hang on it (requests, bodies, headers). */
function describeError(error: unknown) {
  if (!(error instanceof Error)) return { name: "NonError", message: typeof error };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { name: error.name, message: error.message, code, stack: error.stack };
}

export function logUnexpected(log: Log, ids: object, error: unknown): void {
  log.error({ event: "unexpected_error", ...ids, err: error }, "an unexpected error");
}
