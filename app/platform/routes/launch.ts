import type { LogIds } from "#app/platform/http/request-context.server.ts";
import type { Platform } from "#app/platform/context.server.ts";
import { launchPortal } from "#app/platform/installs/launch-portal.server.ts";
import { readLaunch, type Source } from "#app/platform/installs/read-delivery.server.ts";
import type { Body } from "#app/platform/http/json-body.server.ts";

/** The answer to a launch; `ids` as for a callback. */
export async function answerLaunch(app: Platform, body: Body, source: Source, ids: LogIds): Promise<object> {
  const delivery = await readLaunch(body, source);
  ids.installed_app_id = delivery.launch.installed_app_id;
  const { portalUrl, launchId } = await launchPortal(app, delivery);
  app.log.info({ event: "launch", ...ids, launch_id: launchId }, "opened a launch");
  return { portal_url: portalUrl };
}
