import { createHash, X509Certificate } from "node:crypto";
import { request as forward, type RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";

import { generate } from "selfsigned";

/** One TLS server for every host name of a test; a browser that maps all names to its port meets them on port 443. */
export type TlsServer = {
  port: number;
  /** What the browser is told to trust: SHA-256 of the certificate's public key, base64. */
  keyHash: string;
  close(): Promise<void>;
};

export async function startTlsServer(hosts: Record<string, RequestListener>): Promise<TlsServer> {
  const altNames = Object.keys(hosts).map((value) => ({ type: 2 as const, value }));
  const { private: key, cert } = await generate([{ name: "commonName", value: "Tidemark browser tests" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [{ name: "subjectAltName", altNames }],
  });
  const server = createServer({ key, cert }, (request, response) => {
    const answer = hosts[request.headers.host ?? ""];
    if (answer) answer(request, response);
    else response.writeHead(421).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const publicKey = new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" });
  return {
    port: (server.address() as AddressInfo).port,
    keyHash: createHash("sha256").update(publicKey).digest("base64"),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Hands requests on to a plain HTTP server, as a host's TLS-ending proxy does. */
export function forwardTo(origin: string): RequestListener {
  return (request, response) => {
    const { method, headers, url } = request;
    const onward = forward(`${origin}${url}`, { method: method!, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode!, answer.rawHeaders);
      // An answer that breaks off breaks off here, too.
      pipeline(answer, response, () => {});
    });
    onward.on("error", () => response.destroy());
    response.once("close", () => onward.destroy());
    request.pipe(onward);
  };
}

/** The same for a server that insists on its own name: its pages' origin is told as its own, a foreign one as it is. */
export function forwardUnderOwnName(origin: string): RequestListener {
  const forwardRequest = forwardTo(origin);
  return (request, response) => {
    const { headers } = request;
    if (headers.origin === `https://${headers.host}`) headers.origin = origin;
    headers.host = new URL(origin).host;
    forwardRequest(request, response);
  };
}
