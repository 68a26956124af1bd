import { lookup } from "node:dns/promises";
import { request } from "node:https";
import { connect, type TLSSocket } from "node:tls";

import { isGloballyRoutable } from "./routable-address.server.ts";

/** Every address that a name leads to. */
export type Resolve = (host: string) => Promise<string[]>;
/** Opens a TLS connection to this address for that host. */
export type Dial = (address: string, host: string) => TLSSocket;

/** What became of an attempt: a status, or why there was none. Nothing of the answer's content is kept. */
export type PostOutcome =
  | { kind: "answered"; status: number }
  | { kind: "failed"; code: "not_found" | "address_refused" | "unreachable" | "timeout" };

export type PostWebhook = (
  url: URL,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
) => Promise<PostOutcome>;

const TIMEOUT_MS = 10_000;

/**
 * Posts to a host that somebody else has named. Its name is looked up once per attempt, every address it leads to must
 * be on the public internet, and the connection goes to the address that was checked: a name whose answer changes in
 * between gains nothing. Redirects are answers like any other.
 */
export function createPostWebhook({
  resolve = resolveAll,
  dial = dialPublic,
}: { resolve?: Resolve; dial?: Dial } = {}): PostWebhook {
  return async (url, headers, body, signal) => {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const addresses = await untilAborted(resolve(url.hostname), ends);
      const [address] = addresses;
      if (address === undefined) return { kind: "failed", code: "not_found" };
      if (!addresses.every(isGloballyRoutable)) return { kind: "failed", code: "address_refused" };
      return {
        kind: "answered",
        status: await post(url, dial(address, url.hostname), { headers, body, signal: ends }),
      };
    } catch (error) {
      if (signal.aborted) throw error;
      if (ends.aborted) return { kind: "failed", code: "timeout" };
      return { kind: "failed", code: isUnknownName(error) ? "not_found" : "unreachable" };
    }
  };
}

function post(
  url: URL,
  socket: TLSSocket,
  { headers, body, signal }: { headers: Record<string, string>; body: string; signal: AbortSignal },
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sent = request(url, {
    method: "POST",
    headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
    createConnection: () => socket,
    signal,
  });
  sent.on("response", (response) => {
    resolve(response.statusCode ?? 0);
    // The status is all that counts; the rest is not even read.
    response.destroy();
    socket.destroy();
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
}

async function resolveAll(host: string): Promise<string[]> {
  return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
}

function dialPublic(address: string, host: string): TLSSocket {
  return connect({ host: address, port: 443, servername: host });
}

function isUnknownName(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && (error.code === "ENOTFOUND" || error.code === "ENODATA")
  );
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const stop = () => reject(signal.reason as Error);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  return promise;
}
