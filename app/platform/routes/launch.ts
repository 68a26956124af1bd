import { platformContext } from "#app/platform/context.server.ts";
import { installContext, logIds } from "#app/platform/http/request-context.server.ts";
import { launchPortal } from "#app/platform/installs/launch-portal.server.ts";
import { readLaunch } from "#app/platform/installs/read-delivery.server.ts";

import { answerBlnk, type BlnkArgs } from "./answer-blnk.server.ts";

export { action as loader };

/** Somebody opens the app in the dashboard. */
export function action({ request, params, context }: BlnkArgs): Promise<Response> {
  return answerBlnk({ request, params, context }, "launch", async (source) => {
    const app = context.get(platformContext);
    const delivery = await readLaunch(request, source);
    context.set(installContext, delivery.launch.installed_app_id);
    const { portalUrl, launchId } = await launchPortal(app, delivery);
    app.log.info({ event: "launch", ...logIds(context), launch_id: launchId }, "opened a launch");
    return { portal_url: portalUrl };
  });
}
