import { createContext } from "react-router";

import type { Cloud } from "#app/blnk/cloud.server.ts";
import type { Departure } from "#app/installs/receive-callback.server.ts";
import type { Sealer } from "#app/installs/sealer.server.ts";
import type { createTokenCheck } from "#app/installs/url-token.server.ts";
import type { WalTruncation } from "#app/installs/wal-truncation.server.ts";
import type { Worker } from "#app/jobs/worker.server.ts";
import type { SharedScans } from "#app/portal/overview/shared-scans.server.ts";
import type { PortalSession } from "#app/sessions/portal-session.server.ts";
import type { OpenDatabase } from "#db/database.server.ts";

import type { Clock } from "./clock.ts";
import type { Log } from "./log.server.ts";
import type { Readiness } from "./readiness.server.ts";

/** What the process holds; made once in server.ts. */
export type Platform = {
  publicUrl: string;
  frameAncestors: string;
  pinnedAppId: string | undefined;
  sessionMinutes: number;
  db: OpenDatabase;
  clock: Clock;
  log: Log;
  sealer: Sealer;
  cloud: Cloud;
  worker: Worker;
  scans: SharedScans;
  walTruncation: WalTruncation;
  departure: Departure;
  /** Hosts that webhooks may go to; none: webhooks are off. */
  webhookHosts: readonly string[];
  readiness: Readiness;
  checkCallbackToken: ReturnType<typeof createTokenCheck>;
  checkLaunchToken: ReturnType<typeof createTokenCheck>;
};

/** What the connection says of this request. */
export type RequestInfo = { id: string; address: string };

export const platformContext = createContext<Platform>();
export const requestContext = createContext<RequestInfo>();
/** Set by the portal's guard; reading it outside the portal throws. */
export const sessionContext = createContext<PortalSession>();
