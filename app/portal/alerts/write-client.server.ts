import type { CloudClient } from "#app/blnk/cloud.server.ts";
import type { CloudError } from "#app/blnk/cloud-error.ts";
import type { Platform } from "#app/context.server.ts";
import { sessionCredentials } from "#app/installs/cloud-access.server.ts";
import type { PortalSession } from "#app/sessions/portal-session.server.ts";

export type Writing = Pick<Platform, "cloud" | "db" | "sealer" | "clock">;

/** For a change that was begun: it does not end with the request that asked for it. */
export function writeClient(platform: Writing, session: PortalSession, budgetMs: number): CloudClient {
  return platform.cloud.client(sessionCredentials(platform, session), { budgetMs });
}

/** Nothing left this app: the breaker was open, or too many calls wait already. */
const NOT_SENT: readonly (string | undefined)[] = ["BrokenCircuitError", "BulkheadRejectedError"];

/** Whether Cloud may have done what was asked although there was no good answer. */
export function mayBeDone(error: CloudError): boolean {
  const { code, reason } = error;
  return (code === "unavailable" && !NOT_SENT.includes(reason)) || code === "timeout" || code === "malformed";
}
