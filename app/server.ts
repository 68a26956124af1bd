import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { createRequestListener } from "@react-router/node";
import { RouterContextProvider, type ServerBuild } from "react-router";
import * as productionBuild from "virtual:react-router/server-build";

import { type Platform, platformContext } from "#app/platform/context.server.ts";
import { requestContext } from "#app/platform/http/request-context.server.ts";
import type { Env } from "#app/platform/http/env.server.ts";
import { createShortcut } from "#app/platform/http/shortcut.server.ts";
import { createRequestPipeline } from "#app/platform/http/request-pipeline.server.ts";
import { type MetricsServer, startMetricsServer } from "#app/platform/http/metrics-server.server.ts";
import { features } from "./app.server.ts";
import { createPlatform } from "#app/platform/platform.server.ts";
import { RAW_SECURITY_HEADERS } from "#app/platform/http/security-headers.server.ts";

export { EnvError, readEnv } from "#app/platform/http/env.server.ts";

export type RunningServer = {
  port: number;
  /** Undefined: metrics are switched off. */
  metricsPort: number | undefined;
  /** Answers what has begun, stops the jobs, closes the database. */
  stop(): Promise<void>;
};

export type ServerOptions = {
  /** Vite's, in development: loaded anew for each request. */
  loadBuild?: () => Promise<ServerBuild>;
  /** Answers files before the routes do: sirv in production, Vite in development. */
  serveStatic: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  /** False only in tests, which see that both ways give the same answers. */
  shortcut?: boolean;
};

/** Environment → database → worker → request handler; the answer is listening. */
export async function startServer(
  env: Env,
  { loadBuild, serveStatic, shortcut = true }: ServerOptions,
): Promise<RunningServer> {
  const platform = await createPlatform(env, features);
  // Behind a TLS-ending proxy the request's own scheme is wrong; React Router's origin check needs the public host.
  const allowed = { allowedActionOrigins: [new URL(env.PUBLIC_URL).host] };
  const contextOf = (headers: IncomingHttpHeaders, socketAddress?: string) => {
    const context = new RouterContextProvider();
    context.set(platformContext, platform);
    platform.provideFeatures(context);
    context.set(requestContext, {
      id: String(headers["x-request-id"]),
      address: clientAddress(env, headers["fly-client-ip"], socketAddress),
    });
    return context;
  };
  const routes = createRequestListener({
    build: loadBuild
      ? async () => ({ ...(await loadBuild()), ...allowed })
      : ({ ...productionBuild, ...allowed } as ServerBuild),
    // React Router shows messages and stacks of errors in its development mode: only where Vite does, too.
    mode: loadBuild ? "development" : "production",
    getLoadContext: ({ headers }, { address }) => contextOf(Object.fromEntries(headers), address),
  });

  const requestPipeline = createRequestPipeline({
    env,
    log: platform.log,
    isDraining: () => platform.readiness.isDraining(),
    onAnswer: (answer) => platform.metrics.answered(answer),
    serveStatic,
    routes: loadBuild || !shortcut ? routes : createShortcut(productionBuild, contextOf, routes),
  });
  const server = createServer(
    // A missing Host is the request pipeline's to refuse: node:http would answer without our headers.
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000, requireHostHeader: false },
    requestPipeline,
  );
  // So it would an unknown Expect, which may as well be ignored (RFC 9110, 10.1.1).
  server.on("checkExpectation", requestPipeline);
  server.on("clientError", answerClientError);
  await platform.worker.start();
  platform.watchdog.start();
  const metricsServer = await listenForMetrics(platform, env);
  await listen(server, env);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    metricsPort: metricsServer?.port,
    async stop() {
      platform.readiness.drain();
      // A request may be on its way on a kept-alive connection: its answer says that the connection ends.
      await sleep(GRACE_MS);
      // Pages still waiting for Cloud are cut in time to say so in words.
      const cutReads = setTimeout(() => void platform.cloud.close(), 5000);
      await Promise.all([closeServer(server), platform.worker.stop(), platform.watchdog.stop()]);
      await metricsServer?.close();
      clearTimeout(cutReads);
      await platform.close();
    },
  };
}

const GRACE_MS = 250;

/** Fly's proxy sets Fly-Client-IP itself; any other forwarded header could be anyone's. */
function clientAddress(env: Env, flyClientIp: unknown, socketAddress = ""): string {
  return env.TRUST_PROXY === "fly" && typeof flyClientIp === "string" && flyClientIp !== ""
    ? flyClientIp
    : socketAddress;
}

async function listenForMetrics({ metrics }: Platform, env: Env): Promise<MetricsServer | undefined> {
  const { METRICS_PORT: port, METRICS_HOST: host } = env;
  return port === undefined ? undefined : await startMetricsServer(metrics, { port, host });
}

function listen(server: Server, env: Env): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(env.PORT, env.HOST, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** No new connections, idle ones closed, begun requests finished; after eight seconds whatever is left is cut. */
async function closeServer(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), 8000);
  // A kept-alive connection becomes idle only when its answer is out.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(cut);
  clearInterval(idle);
}

/** What node:http refuses by itself never reaches the request pipeline; it gets the same headers here. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status = CLIENT_ERRORS[error.code ?? ""] ?? "400 Bad Request";
  socket.end(
    `HTTP/1.1 ${status}\r\n${RAW_SECURITY_HEADERS}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

const CLIENT_ERRORS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};
