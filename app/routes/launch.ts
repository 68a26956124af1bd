import { launchPortal } from "#app/installs/launch-portal.server.ts";
import { readLaunch } from "#app/installs/read-delivery.server.ts";

import type { AnswerBlnk } from "./serve-blnk.server.ts";

export const answerLaunch: AnswerBlnk = async (app, body, source, ids) => {
  const delivery = await readLaunch(body, source);
  ids.installed_app_id = delivery.launch.installed_app_id;
  const { portalUrl, launchId } = await launchPortal(app, delivery);
  app.log.info({ event: "launch", ...ids, launch_id: launchId }, "opened a launch");
  return { portal_url: portalUrl };
};
