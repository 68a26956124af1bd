import type { Scope } from "#app/permissions/scopes.ts";

import type { Display } from "../display/display.ts";
import type { KeyStanding } from "../key-standing.ts";

/** What stands around every screen, read anew with each. */
export type PortalFrame = {
  instanceId: string;
  key: KeyStanding;
  /** What this install was granted. */
  scopes: readonly Scope[];
  display: Display;
  /** Until the session ends, however much it is used. */
  remainingMs: number;
  /** Finds this answer in the operator's log. */
  requestId: string;
};
