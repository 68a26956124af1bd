import { installContext, logIds, platformContext } from "#app/context.server.ts";
import { DomainError } from "#app/errors.ts";
import { authenticateCallback } from "#app/installs/authenticate-delivery.server.ts";
import { receiveCallback } from "#app/installs/receive-callback.server.ts";
import type { CallbackOutcome, Metrics } from "#app/metrics.server.ts";
import { StorageError } from "#db/storage-error.ts";

import type { Route } from "./+types/callback.ts";
import { serveBlnk } from "./serve-blnk.server.ts";

export const loader = serve;
export const action = serve;

async function serve(args: Route.ActionArgs | Route.LoaderArgs): Promise<Response> {
  const app = args.context.get(platformContext);
  return await serveBlnk(args, "callback", async (source) => {
    const { outcome, reason, kind } = await measured(app.metrics, async () => {
      const delivery = await authenticateCallback(args.request, source);
      const { kind, installed_app_id } = delivery.event;
      args.context.set(installContext, installed_app_id);
      return { ...(await receiveCallback(app, delivery)), kind };
    });
    app.log.info(
      { event: "callback", ...logIds(args.context), kind, outcome, reason },
      "received a callback",
    );
    if (outcome === "refused") throw new DomainError("mismatch", `Refused: ${reason}.`);
    return Response.json({ ok: true, outcome });
  });
}

async function measured<T extends { outcome: CallbackOutcome }>(
  metrics: Metrics,
  receive: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const end = (outcome: CallbackOutcome) => metrics.received(outcome, (performance.now() - began) / 1000);
  try {
    const received = await receive();
    end(received.outcome);
    return received;
  } catch (error) {
    end(error instanceof StorageError ? "not_stored" : "invalid");
    throw error;
  }
}
