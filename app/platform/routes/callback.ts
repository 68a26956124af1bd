import { platformContext } from "#app/platform/context.server.ts";
import { DomainError } from "#app/platform/errors.ts";
import { installContext, logIds } from "#app/platform/http/request-context.server.ts";
import { readCallback } from "#app/platform/installs/read-delivery.server.ts";
import { receiveCallback } from "#app/platform/installs/receive-callback.server.ts";

import { answerBlnk, type BlnkArgs } from "./answer-blnk.server.ts";

export { action as loader };

/** An install or uninstall. */
export function action({ request, params, context }: BlnkArgs): Promise<Response> {
  return answerBlnk({ request, params, context }, "callback", async (source) => {
    const app = context.get(platformContext);
    const { kind, outcome, reason } = await app.metrics.measureCallback(async () => {
      const delivery = await readCallback(request, source);
      context.set(installContext, delivery.event.installed_app_id);
      return { ...(await receiveCallback(app, delivery)), kind: delivery.event.kind };
    });
    app.log.info({ event: "callback", ...logIds(context), kind, outcome, reason }, "received a callback");
    if (outcome === "refused") throw new DomainError("mismatch", `Refused: ${reason}.`);
    return { ok: true, outcome };
  });
}
