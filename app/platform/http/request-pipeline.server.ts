import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

import type { Env } from "./env.server.ts";
import type { Log } from "./log.server.ts";
import { createSecurityHeaders, pathOf } from "./security-headers.server.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const METHODS = new Set([...SAFE_METHODS, "POST", "PUT", "PATCH", "DELETE"]);

/**
 * What every request passes, whoever will answer it: an id, one reading of its address, the security headers, one log
 * line, the CSRF check; then static files, then the routes.
 */
export function createRequestPipeline({
  env,
  log,
  isDraining,
  onAnswer,
  serveStatic,
  routes,
}: {
  env: Pick<Env, "PUBLIC_URL" | "FRAME_ANCESTORS">;
  log: Log;
  isDraining: () => boolean;
  /** Told of every answer, for the metrics. */
  onAnswer: (answer: { route: RouteName; status: number | undefined; seconds: number }) => void;
  serveStatic: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  routes: RequestListener;
}): RequestListener {
  const setSecurityHeaders = createSecurityHeaders(env.FRAME_ANCESTORS);
  const { host } = new URL(env.PUBLIC_URL);
  return (request, response) => {
    const id = randomUUID();
    const { method = "" } = request;
    const began = performance.now();
    // Replaces whatever the caller sent: the routes read the id from here.
    request.headers["x-request-id"] = id;
    response.setHeader("X-Request-Id", id);
    if (isDraining()) response.setHeader("Connection", "close");
    const target = readTarget(request);
    request.url = target ?? "/";
    const sentHost = request.headers.host;
    // Nobody below needs the caller's, and one that is no host would end as an unexpected error.
    request.headers.host = host;
    setSecurityHeaders(request, response);
    response.once("close", () => onAnswer(logAnswer(log, request, response, { id, method, began })));
    // A body that no route read stays where it is, and the connection's next request would wait behind it.
    response.once("finish", () => request.removeAllListeners("data").resume());
    if (target === undefined || (sentHost === undefined && request.httpVersion === "1.1")) {
      return refuse(response, 400, "This is not a request that a browser or Blnk Cloud would send.");
    }
    if (readsCookie(request)) {
      if (!METHODS.has(method)) {
        response.setHeader("Allow", "GET, HEAD, POST");
        return refuse(response, 405, "This method does nothing here.");
      }
      if (isForeignWrite(request, env.PUBLIC_URL)) {
        return refuse(
          response,
          403,
          "This was not sent from the app's own page, so nothing was done. Reload the page and try again.",
        );
      }
    }
    // Fetch and React Router refuse methods that they do not know before a route could: a secret URL must not differ.
    if (!METHODS.has(method)) request.method = "DELETE";
    if (!SAFE_METHODS.has(method)) return routes(request, response);
    serveStatic(request, response, () => routes(request, response));
  };
}

/** What Blnk calls reads no cookie. As the router reads a path: decoded, and in any case. */
function readsCookie(request: IncomingMessage): boolean {
  return /^\/+(portal|ops)\b/i.test(decodeURIComponent(pathOf(request)));
}

/**
 * Unsafe requests to what reads a cookie must come from our own pages. Checked before React Router's own check, which
 * lets a missing Origin pass and does not look at resource routes.
 */
function isForeignWrite(request: IncomingMessage, publicUrl: string): boolean {
  if (SAFE_METHODS.has(request.method ?? "")) return false;
  const { origin, "sec-fetch-site": site } = request.headers;
  return origin !== publicUrl || (site !== undefined && site !== "same-origin");
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
  response.end(`${text}\n`);
}

/**
 * The path and query as the router will read them, dots resolved: headers, log and CSRF check must not be decided on
 * another reading. Undefined when there is none.
 */
function readTarget({ url = "" }: IncomingMessage): string | undefined {
  const parsed = URL.parse(url.startsWith("/") ? `http://localhost${url}` : url);
  return parsed?.pathname.startsWith("/") && isDecodable(parsed.pathname)
    ? parsed.pathname + parsed.search
    : undefined;
}

/** React Router prints a path that it cannot decode as it is, into the log. */
function isDecodable(path: string): boolean {
  try {
    // The bundler takes decoding for pure and drops it where its result is not used.
    return decodeURIComponent(path) !== "";
  } catch {
    return false;
  }
}

/** One line a request: the route's name, never its URL, which carries tokens. */
function logAnswer(
  log: Log,
  request: IncomingMessage,
  response: ServerResponse,
  { id, method, began }: { id: string; method: string; began: number },
) {
  const ms = performance.now() - began;
  const route = routeName(pathOf(request));
  const status = response.writableFinished ? response.statusCode : undefined;
  log[route === "probe" || route === "static" ? "debug" : "info"](
    {
      event: "request",
      request_id: id,
      method,
      route,
      status: status ?? "closed early",
      ms: Math.round(ms),
    },
    "request",
  );
  return { route, status, seconds: ms / 1000 };
}

const ROUTES = [
  [/^\/api\/callback\//, "callback"],
  [/^\/api\/portal\//, "launch"],
  [/^\/portal\/enter$/, "enter"],
  [/^\/portal\//, "portal"],
  [/^\/ops(\/|\.|$)/, "ops"],
  [/^\/(healthz|readyz)$/, "probe"],
  [/^\/assets\//, "static"],
] as const;

export type RouteName = (typeof ROUTES)[number][1] | "other";

function routeName(path: string): RouteName {
  return ROUTES.find(([pattern]) => pattern.test(path))?.[1] ?? "other";
}
