import type { Scope } from "#app/platform/permissions/scopes.ts";
import type { PortalSession } from "#app/platform/sessions/portal-session.server.ts";

import type { Display } from "../display/display.ts";

/** What stands around every screen, read anew with each. */
export type PortalFrame = {
  instanceId: string;
  key: PortalSession["install"]["keyState"];
  /** What this install was granted. */
  scopes: readonly Scope[];
  display: Display;
  /** Until the session ends, however much it is used. */
  remainingMs: number;
  /** Finds this answer in the operator's log. */
  requestId: string;
};
