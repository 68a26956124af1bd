import type { RouterContextProvider } from "react-router";

import { platformContext } from "#app/platform/context.server.ts";
import { DomainError } from "#app/platform/errors.ts";
import type { BodyRequest } from "#app/platform/http/json-body.server.ts";
import { logUnexpected } from "#app/platform/http/log.server.ts";
import { jsonResponse, refusal, refusalOf } from "#app/platform/http/refusals.server.ts";
import { logIds, requestContext } from "#app/platform/http/request-context.server.ts";
import type { Source } from "#app/platform/installs/read-delivery.server.ts";
import type { UrlPurpose } from "#app/platform/installs/url-token.server.ts";
import { notFoundPage } from "#app/ui/plain-page.server.ts";

/** What a route that Blnk Cloud calls is given. */
export type BlnkArgs = {
  request: BodyRequest & Pick<Request, "method" | "signal">;
  params: { urlToken: string };
  context: Readonly<RouterContextProvider>;
};

const ALLOW = "GET, HEAD, OPTIONS, POST";

/**
 * Answers one of the two secret URLs. Who does not know it gets the 404 of a path that does not exist, before the body is
 * read. Blnk probes both when the app is registered, so other methods have an answer too.
 */
export async function answerBlnk(
  { request, params, context }: BlnkArgs,
  purpose: UrlPurpose,
  receive: (source: Source) => Promise<object>,
): Promise<Response> {
  const app = context.get(platformContext);
  const secret_index = app[purpose === "callback" ? "checkCallbackToken" : "checkLaunchToken"](
    params.urlToken,
  );
  if (secret_index === undefined) return notFoundPage();
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { Allow: ALLOW } });
  if (request.method === "GET" || request.method === "HEAD") return Response.json({ ok: true });
  if (request.method !== "POST")
    return jsonResponse(
      refusal(new DomainError("method_not_allowed", "Only POST does anything here."), { Allow: ALLOW }),
    );
  app.urlSecretUses.record(purpose, secret_index);
  const { address: source_address } = context.get(requestContext);
  const { signal } = request;
  try {
    return Response.json(
      await receive({ source_address, secret_index, arrivedAt: performance.now(), signal }),
    );
  } catch (error) {
    // Nobody is there to be told.
    if (signal.aborted) return new Response(null, { status: 499 });
    const asker = { log: app.log, ids: logIds(context) };
    const expected = refusalOf(error, asker);
    if (!expected) logUnexpected(app.log, asker.ids, error);
    return jsonResponse(
      expected ?? refusal(new DomainError("unexpected", "This could not be done. Send it again.")),
    );
  }
}
