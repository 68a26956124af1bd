import type { IncomingMessage, ServerResponse } from "node:http";

import type { LogIds } from "#app/platform/http/request-context.server.ts";
import type { Platform } from "#app/platform/context.server.ts";
import { DomainError } from "#app/platform/errors.ts";
import { type JsonAnswer, refusal, refusalOf } from "#app/platform/http/refusals.server.ts";
import type { Source } from "#app/platform/installs/read-delivery.server.ts";
import { bodyOfMessage } from "#app/platform/http/json-body.server.ts";
import { logUnexpected } from "#app/platform/http/log.server.ts";
import { pathOf } from "#app/platform/http/security-headers.server.ts";

import { answerCallback } from "./callback.ts";
import { answerLaunch } from "./launch.ts";

const BLNK_PATH = /^\/api\/(callback|portal)\/([^/]+)\/?$/;
const ALLOW = "GET, HEAD, OPTIONS, POST";

/**
 * Serves the two secret URLs that Blnk Cloud calls, before React Router (docs/decisions/011). Who does not know them gets
 * the 404 of a path that does not exist from `next`, before the body is read. Blnk probes both when the app is
 * registered, so other methods have an answer too.
 */
export function createBlnkRoutes(app: Platform, addressOf: (request: IncomingMessage) => string) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const [, path, token] = BLNK_PATH.exec(pathOf(request)) ?? [];
    if (token === undefined) return next();
    const purpose = path === "callback" ? "callback" : "launch";
    const secret_index = (purpose === "callback" ? app.checkCallbackToken : app.checkLaunchToken)(token);
    if (secret_index === undefined) return next();
    const { method = "" } = request;
    switch (method) {
      case "POST": {
        app.urlSecretUses.record(purpose, secret_index);
        const source = { source_address: addressOf(request), secret_index, arrivedAt: performance.now() };
        void answerPost(
          app,
          purpose === "callback" ? answerCallback : answerLaunch,
          source,
          request,
          response,
        );
        return;
      }
      case "GET":
      case "HEAD":
        return send(response, { status: 200, body: { ok: true } });
      case "OPTIONS":
        return void response.writeHead(204, { Allow: ALLOW }).end();
      default:
        return send(
          response,
          refusal(new DomainError("method_not_allowed", "Only POST does anything here."), { Allow: ALLOW }),
        );
    }
  };
}

async function answerPost(
  app: Platform,
  answer: typeof answerCallback,
  source: Omit<Source, "signal">,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const signal = abortedEarly(response);
  const ids: LogIds = { request_id: String(request.headers["x-request-id"]) };
  try {
    const body = await answer(app, bodyOfMessage(request), { ...source, signal }, ids);
    send(response, { status: 200, body });
  } catch (error) {
    // Nobody is there to be told.
    if (signal.aborted) return;
    send(response, refusalOf(error, { log: app.log, ids }) ?? unexpected(app, ids, error));
  }
}

/** Aborted when the caller goes before it has its answer. */
function abortedEarly(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

function unexpected(app: Platform, ids: LogIds, error: unknown): JsonAnswer {
  logUnexpected(app.log, ids, error);
  return refusal(new DomainError("unexpected", "This could not be done. Send it again."));
}

function send(response: ServerResponse, { status, body, headers }: JsonAnswer): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
