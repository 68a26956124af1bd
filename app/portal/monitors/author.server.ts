import type { Author } from "#app/monitors/monitors.server.ts";
import { actorOf, type PortalSession } from "#app/platform/sessions/portal-session.server.ts";

/** Who changes a monitor here. */
export function authorOf(session: PortalSession): Author {
  return { ...actorOf(session), generation: session.install.generation };
}
