import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import type { Platform } from "#app/platform/context.server.ts";
import { sessionCredentials } from "#app/platform/installs/cloud-access.server.ts";
import type { PortalSession } from "#app/platform/sessions/portal-session.server.ts";

export type Writing = Pick<Platform, "cloud" | "db" | "sealer" | "clock">;

/** For a change that was begun: it does not end with the request that asked for it. */
export function writeClient(platform: Writing, session: PortalSession, budgetMs: number): CloudClient {
  return platform.cloud.client(sessionCredentials(platform, session), { budgetMs });
}

/** What a page is told when a change in Blnk was begun and what came of it could not be stored here. */
export const MAYBE_DONE_IN_BLNK =
  "This could not be stored here. Blnk may have the change already; sent again, it is not made twice.";
