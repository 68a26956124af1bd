import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { Server } from "node:net";

import { type CloudCredentials, type CloudOptions, createCloud } from "#app/platform/blnk/cloud.server.ts";
import { SCOPES } from "#app/platform/permissions/scopes.ts";
import { onTestFinished } from "vitest";

export type CloudRequestSeen = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
};

export type CloudHandler = (request: CloudRequestSeen, response: ServerResponse) => void;

/** A loopback server that answers as `handler` says and keeps what it was asked; closed with the test. */
export async function startCloudServer(handler: CloudHandler) {
  const requests: CloudRequestSeen[] = [];
  const server = createServer((incoming, response) => {
    void readRequest(incoming).then((request) => {
      requests.push(request);
      handler(request, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: urlOf(server), requests };
}

export function urlOf(server: Server): string {
  const address = server.address();
  if (typeof address !== "object" || address === null)
    throw new Error("The server does not listen on a port");
  return `http://127.0.0.1:${address.port}`;
}

async function readRequest(incoming: IncomingMessage): Promise<CloudRequestSeen> {
  let body = "";
  incoming.setEncoding("utf8");
  for await (const chunk of incoming) body += chunk;
  const url = new URL(incoming.url ?? "/", "http://cloud");
  return {
    method: incoming.method ?? "",
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body,
  };
}

export function answerJson(response: ServerResponse, body: unknown, status = 200): void {
  answerText(response, JSON.stringify(body), status);
}

export function answerText(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

export const TEST_KEY = "blnk_test_key_that_must_not_leak";

export function cloudCredentials(overrides: Partial<CloudCredentials> = {}): CloudCredentials {
  return {
    installedAppId: "instapp_1",
    instanceId: "inst_1",
    generation: 1,
    grantedPermissions: SCOPES,
    openKey: async () => TEST_KEY,
    ...overrides,
  };
}

/** A Cloud against `url`, with short pauses; closed with the test. */
export function testCloud(url: string, options: Partial<CloudOptions> = {}) {
  const cloud = createCloud({ apiUrl: url, retryMs: 2, callMs: 10_000, ...options });
  onTestFinished(() => cloud.close());
  return cloud;
}

/** Answers by method and path ("GET /data/balances"); anything else is a 404, which no test expects by accident. */
export function routes(answers: Record<string, (request: CloudRequestSeen) => unknown>): CloudHandler {
  return (request, response) => {
    const answer = answers[`${request.method} ${request.path}`];
    if (answer === undefined) answerJson(response, { error: "not found" }, 404);
    else answerJson(response, answer(request));
  };
}

/** A server with this handler, and a client of one install to it. */
export async function cloudFor(
  handler: CloudHandler,
  options: Partial<CloudOptions> = {},
  credentials: Partial<CloudCredentials> = {},
) {
  const { url, requests } = await startCloudServer(handler);
  const cloud = testCloud(url, options);
  return { cloud, requests, client: cloud.client(cloudCredentials(credentials)) };
}
