import { platformContext, requestContext } from "#app/context.server.ts";
import { DomainError } from "#app/errors.ts";
import { answerJson, errorResponse } from "#app/http.server.ts";
import type { Source } from "#app/installs/authenticate-delivery.server.ts";
import type { UrlPurpose } from "#app/installs/url-token.server.ts";
import { notFoundPage } from "#app/ui/plain-page.server.ts";

import type { Route } from "./+types/callback.ts";

const ALLOW = "GET, HEAD, OPTIONS, POST";

/**
 * Serves a secret URL. Who does not know it gets the 404 of a path that does not exist, before the body is read. Blnk
 * probes both URLs when the app is registered, so other methods have an answer too.
 */
export async function serveBlnk(
  { request, params, context }: Pick<Route.ActionArgs, "request" | "params" | "context">,
  purpose: UrlPurpose,
  receive: (source: Source) => Promise<Response>,
): Promise<Response> {
  const { checkCallbackToken, checkLaunchToken, urlSecretUses } = context.get(platformContext);
  const checkToken = purpose === "callback" ? checkCallbackToken : checkLaunchToken;
  const secretIndex = checkToken(params.urlToken);
  if (secretIndex === undefined) return notFoundPage();
  switch (request.method) {
    case "POST":
      urlSecretUses.record(purpose, secretIndex);
      return await answerJson(context, () => receive({ ...context.get(requestContext), secretIndex }));
    case "GET":
    case "HEAD":
      return Response.json({ ok: true });
    case "OPTIONS":
      return new Response(null, { status: 204, headers: { Allow: ALLOW } });
    default:
      return errorResponse(new DomainError("method_not_allowed", "Only POST does anything here."), {
        Allow: ALLOW,
      });
  }
}
