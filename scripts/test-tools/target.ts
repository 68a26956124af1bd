import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import {
  createServer,
  type IncomingMessage,
  request as forward,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";

import { generate } from "selfsigned";

import { urlToken } from "#app/platform/installs/url-token.server.ts";

import { appManifest } from "#scripts/app-manifest.ts";
import { startProcess } from "#scripts/bench/machine/server-process.ts";
import { freshSecrets } from "#scripts/fresh-secrets.ts";
import { startSandbox } from "blnk-sandbox/start-sandbox.ts";

const PUBLIC_URL = "https://tidemark.example.com";
const SERVE = fileURLToPath(new URL("../serve.ts", import.meta.url));

export type Target = Awaited<ReturnType<typeof startTarget>>;

/** The built app in production on loopback, beside a sandbox with three months of history, with one session open. */
export async function startTarget() {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-tools-"));
  const secrets = freshSecrets(new Date());
  const sandbox = await startSandbox({ seed: "demo", portalOrigins: [PUBLIC_URL] });
  const app = await startProcess([SERVE], {
    cwd: folder,
    env: {
      PUBLIC_URL,
      PORT: "0",
      HOST: "127.0.0.1",
      DATABASE_URL: `file:${join(folder, "tidemark.db")}`,
      BLNK_API_URL: sandbox.api,
      PORTAL_SESSION_MINUTES: "60",
      LOG_LEVEL: "silent",
      ...secrets,
    },
  });
  await sandbox.lifecycle.registerApp(appManifest(app.origin, secrets.URL_SECRETS, { withActions: true }));
  const { home, cookie } = await openSession(sandbox.lifecycle, app.origin);
  const visitor = await startVisitor(app.origin, { home, cookie });
  const site = await startSite(visitor.origin);
  return {
    /** Where nobody is signed in. */
    origin: app.origin,
    /** Where every request is made as by the browser of the open session, whose pages are below `home`. */
    visitor: visitor.origin,
    /** The same behind TLS, to which plain HTTP is sent on. */
    site: site.host,
    home,
    launch: `/api/portal/${urlToken("launch", secrets.URL_SECRETS)}`,
    folder,
    isAlive: async () => {
      const answer = await fetch(`${app.origin}/readyz`, { signal: AbortSignal.timeout(5000) });
      return answer.status === 200;
    },
    async stop() {
      for (const { server } of [visitor, site]) server.close();
      await app.stop();
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openSession(
  lifecycle: Awaited<ReturnType<typeof startSandbox>>["lifecycle"],
  origin: string,
): Promise<{ home: string; cookie: string }> {
  const [app] = lifecycle.apps();
  const [instance] = lifecycle.workspace.instances;
  const grant = { app_id: app!.app_id, instance_id: instance!.id, granted_permissions: app!.permissions };
  const { failure } = await lifecycle.install(grant);
  if (failure) throw new Error(failure);
  const launched = await lifecycle.launch(lifecycle.installs().at(-1)!.installed_app_id, {});
  if ("failure" in launched) throw new Error(launched.failure);
  const { pathname, search } = new URL(launched.portal_url);
  const entered = await fetch(origin + pathname + search, { redirect: "manual" });
  return {
    home: entered.headers.get("location")!.split("?")[0]!,
    cookie: entered.headers.getSetCookie()[0]!.split(";")[0]!,
  };
}

/** Tools know neither the session's cookie nor what a browser says of a form: it is said for them here. */
async function startVisitor(origin: string, { home, cookie }: { home: string; cookie: string }) {
  const server = createServer((request, response) => {
    // Who follows every link would be out at once.
    if (request.url?.startsWith(`${home}/end`)) return void response.writeHead(404).end();
    const headers = { ...request.headers, cookie, ...(request.method === "POST" && { origin: PUBLIC_URL }) };
    const onward = forward(origin + request.url, { method: request.method!, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  return { server, origin: `http://localhost:${await listen(server)}` };
}

/** One port for both, as the scanner asks for them, with a certificate that this process trusts. */
async function startSite(origin: string) {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  setDefaultCACertificates([...getCACertificates(), cert]);
  const secure = createTlsServer({ key, cert }, (request: IncomingMessage, response: ServerResponse) => {
    const { method, url, headers } = request;
    const onward = forward(origin + url, { method: method!, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  const plain = createServer(({ headers, url }, response) => {
    response.writeHead(301, { location: `https://${headers.host}${url}` }).end();
  });
  const server = createNetServer((socket) => {
    socket.once("data", (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      // A TLS handshake begins with this byte, and no HTTP method does.
      (first[0] === 0x16 ? secure : plain).emit("connection", socket);
      process.nextTick(() => socket.resume());
    });
    socket.on("error", () => socket.destroy());
  });
  return { server, host: `localhost:${await listen(server as Server)}` };
}

async function listen(server: Pick<Server, "listen" | "address" | "once">): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server as Server, "listening");
  return (server.address() as AddressInfo).port;
}
