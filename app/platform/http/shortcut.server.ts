import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from "node:http";

import type { ActionFunction, RouterContextProvider, ServerBuild } from "react-router";

import type { BodyRequest } from "./json-body.server.ts";
import { pathOf } from "./security-headers.server.ts";

type ContextOf = (headers: IncomingHttpHeaders, socketAddress?: string) => RouterContextProvider;

/** Hands what Blnk posts straight to the route's action: React Router takes as long as all the rest (docs/decisions/011). */
export function createShortcut(
  { routes }: Pick<ServerBuild, "routes">,
  contextOf: ContextOf,
  next: RequestListener,
): RequestListener {
  const shortcuts = ["callback", "launch"].map((name) => {
    const { path = "", module } = routes[`platform/routes/${name}`]!;
    return { prefix: `/${path.replace(":urlToken", "")}`, action: module.action as ActionFunction };
  });
  return (message, response) => {
    const path = pathOf(message);
    const found = shortcuts.find(({ prefix }) => path.startsWith(prefix));
    const urlToken = path.slice(found?.prefix.length);
    if (!found || message.method !== "POST" || !/^[\w-]+$/.test(urlToken)) return next(message, response);
    const context = contextOf(message.headers, message.socket.remoteAddress);
    const args = { request: requestOf(message, response), params: { urlToken }, context };
    void Promise.resolve(found.action(args as never)).then((answer) => send(response, answer as Response));
  };
}

/** As React Router sends it: a wrong token must not show in how its 404 is sent. */
async function send(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, answer.statusText, Object.fromEntries(answer.headers));
  response.write(await answer.text());
  response.end();
}

/** A Request and its streams would cost more than the unit of work. */
function requestOf(message: IncomingMessage, response: ServerResponse) {
  const caller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) caller.abort();
  });
  return {
    method: "POST",
    signal: caller.signal,
    headers: { get: (name: string) => message.headers[name]?.toString() ?? null },
    // Whoever sent too much still gets an answer.
    body: message.iterator({ destroyOnReturn: false }),
  } satisfies BodyRequest & { method: string; signal: AbortSignal };
}
