import { randomBytes } from "node:crypto";
import { PassThrough } from "node:stream";

import { createReadableStreamFromReadable } from "@react-router/node";
import { renderToPipeableStream } from "react-dom/server";
import {
  type EntryContext,
  isRouteErrorResponse,
  type RouterContextProvider,
  ServerRouter,
} from "react-router";

import { logIds } from "#app/platform/http/request-context.server.ts";
import { platformContext } from "#app/platform/context.server.ts";
import { logUnexpected } from "#app/platform/http/log.server.ts";
import { documentPolicy, frameAncestors } from "#app/platform/http/security-headers.server.ts";
import { createTurns } from "#app/platform/yield-to-event-loop.ts";

/** How long a page may stream. Its reads from Cloud have 8 s, so that their failures still reach the page in words. */
export const streamTimeout = 9000;

/** Of many pages that are asked for at once one is drawn a turn: probes and callbacks do not wait for all of them. */
const ownTurnToDraw = createTurns();

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  routerContext: EntryContext,
  context: RouterContextProvider,
): Promise<Response> {
  headers.set("Content-Type", "text/html; charset=utf-8");
  if (request.method === "HEAD") return new Response(null, { status, headers });
  // Vite's dev server injects inline scripts of its own: no nonce and no policy there.
  const nonce = import.meta.env.DEV ? undefined : randomBytes(16).toString("base64");
  const ancestors = frameAncestors(
    new URL(request.url).pathname,
    context.get(platformContext).frameAncestors,
  );
  if (nonce) headers.set("Content-Security-Policy", documentPolicy(nonce, ancestors));

  await ownTurnToDraw();
  return await new Promise((resolve, reject) => {
    const { pipe, abort } = renderToPipeableStream(
      <ServerRouter context={routerContext} url={request.url} {...(nonce && { nonce })} />,
      {
        ...(nonce && { nonce }),
        onShellReady() {
          const body = new PassThrough();
          body.once("close", () => clearTimeout(timeout));
          pipe(body);
          resolve(new Response(createReadableStreamFromReadable(body), { status, headers }));
        },
        onShellError: reject,
        onError: (error) => handleError(error, { request, context }),
      },
    );
    const timeout = setTimeout(abort, streamTimeout + 1000);
    request.signal.addEventListener("abort", () => abort(request.signal.reason), { once: true });
  });
}

/** The one place that unexpected errors reach. */
export function handleError(
  error: unknown,
  { request, context }: { request: Request; context: RouterContextProvider },
): void {
  if (request.signal.aborted || isRouteErrorResponse(error)) return;
  logUnexpected(context.get(platformContext).log, logIds(context), error);
}
