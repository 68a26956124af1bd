import type { Author } from "#app/monitors/monitors.server.ts";
import type { PortalSession } from "#app/sessions/portal-session.server.ts";

/** Who changes a monitor here. */
export function authorOf({ install, launchId, userId }: PortalSession): Author {
  return {
    installed_app_id: install.installed_app_id,
    generation: install.generation,
    launch_id: launchId,
    user_id: userId,
  };
}
