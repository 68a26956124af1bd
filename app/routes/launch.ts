import { installContext, logIds, platformContext } from "#app/context.server.ts";
import { authenticateLaunch } from "#app/installs/authenticate-delivery.server.ts";
import { launchPortal } from "#app/installs/launch-portal.server.ts";

import type { Route } from "./+types/launch.ts";
import { serveBlnk } from "./serve-blnk.server.ts";

export const loader = serve;
export const action = serve;

async function serve(args: Route.ActionArgs | Route.LoaderArgs): Promise<Response> {
  const app = args.context.get(platformContext);
  return await serveBlnk(args, "launch", async (source) => {
    const delivery = await authenticateLaunch(args.request, source);
    args.context.set(installContext, delivery.launch.installed_app_id);
    const { portalUrl, launchId } = await launchPortal(app, delivery);
    app.log.info({ event: "launch", ...logIds(args.context), launch_id: launchId }, "opened a launch");
    return Response.json({ portal_url: portalUrl });
  });
}
