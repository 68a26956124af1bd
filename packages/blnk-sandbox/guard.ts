import type { IncomingMessage } from "node:http";

type Refusal = { status: number; message: string };

const UNSAFE = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * Keeps web pages out of a server that trusts whoever reaches it: a name that was rebound to 127.0.0.1 has a foreign
 * Host, a page elsewhere a foreign Origin, and a form cannot send JSON.
 */
export function findRefusal(request: IncomingMessage): Refusal | undefined {
  const { host, origin } = request.headers;
  if (!isLoopback(`http://${host ?? ""}`)) return { status: 403, message: "foreign Host" };
  if (origin !== undefined && origin !== `http://${host ?? ""}`)
    return { status: 403, message: "foreign Origin" };
  if (UNSAFE.has(request.method ?? "") && hasBody(request) && !isJson(request)) {
    return { status: 415, message: "only application/json is taken" };
  }
  return undefined;
}

export function isLoopback(origin: string): boolean {
  const hostname = URL.parse(origin)?.hostname;
  return hostname === "127.0.0.1" || hostname === "localhost" || hostname === "[::1]";
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function isJson({ headers }: IncomingMessage): boolean {
  return (headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase() === "application/json";
}
