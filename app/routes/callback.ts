import { platformContext, requestContext } from "#app/context.server.ts";
import { DomainError } from "#app/errors.ts";
import { authenticateCallback } from "#app/installs/authenticate-delivery.server.ts";
import { receiveCallback } from "#app/installs/receive-callback.server.ts";

import type { Route } from "./+types/callback.ts";
import { serveBlnk } from "./serve-blnk.server.ts";

export const loader = serve;
export const action = serve;

async function serve(args: Route.ActionArgs | Route.LoaderArgs): Promise<Response> {
  const app = args.context.get(platformContext);
  return await serveBlnk(args, app.checkCallbackToken, async (source) => {
    const delivery = await authenticateCallback(args.request, source);
    const { outcome, reason } = await receiveCallback(app, delivery);
    const { kind, installed_app_id } = delivery.event;
    const { id } = args.context.get(requestContext);
    app.log.info(
      { event: "callback", request_id: id, kind, installed_app_id, outcome, reason },
      "received a callback",
    );
    if (outcome === "refused") throw new DomainError("mismatch", `Refused: ${reason}.`);
    return Response.json({ ok: true, outcome });
  });
}
