import { createContext, type RouterContextProvider } from "react-router";

import type { Cloud } from "#app/blnk/cloud.server.ts";
import type { Finding } from "#app/doctor/finding.ts";
import type { Ending } from "#app/installs/end-install.server.ts";
import type { Sealer } from "#app/installs/sealer.server.ts";
import type { createTokenCheck } from "#app/installs/url-token.server.ts";
import type { WalTruncation } from "#app/installs/wal-truncation.server.ts";
import type { Worker } from "#app/jobs/worker.server.ts";
import type { Watchdog } from "#app/monitors/watch/watchdog.server.ts";
import type { Operator } from "#app/ops/operator-actions.server.ts";
import type { OpsPanel } from "#app/ops/panel.ts";
import type { OperatorConsole } from "#app/ops/sign-in.server.ts";
import type { UrlSecretUses } from "#app/ops/url-secret-uses.server.ts";
import type { SharedScans } from "#app/portal/overview/shared-scans.server.ts";
import type { PortalSession } from "#app/sessions/portal-session.server.ts";
import type { OpenDatabase } from "#db/database.server.ts";

import type { Clock } from "./clock.ts";
import type { Log } from "./log.server.ts";
import type { Metrics } from "./metrics.server.ts";
import type { Readiness } from "./readiness.server.ts";

/** What the process holds; made once in server.ts. */
export type Platform = {
  startedAt: number;
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
  watchdog: Watchdog;
  /** How often monitors are checked. */
  intervalMs: number;
  scans: SharedScans;
  metrics: Metrics;
  walTruncation: WalTruncation;
  ending: Ending;
  /** Hosts that webhooks may go to; none: webhooks are off. */
  webhookHosts: readonly string[];
  readiness: Readiness;
  urlSecretUses: UrlSecretUses;
  /** Undefined: /ops is switched off. */
  operatorConsole: OperatorConsole | undefined;
  opsPanels: readonly OpsPanel[];
  /** The doctor's report on this deployment, from outside and from inside. */
  examine: () => Promise<Finding[]>;
  checkCallbackToken: ReturnType<typeof createTokenCheck>;
  checkLaunchToken: ReturnType<typeof createTokenCheck>;
};

/** What the connection says of this request. */
export type RequestInfo = {
  id: string;
  address: string;
};

export const platformContext = createContext<Platform>();
export const requestContext = createContext<RequestInfo>();
/** Whose request it is, once that is known. */
export const installContext = createContext<string | null>(null);
/** Set by the portal's guard; reading it outside the portal throws. */
export const sessionContext = createContext<PortalSession>();
/** Set by the console's guard; reading it elsewhere throws. */
export const operatorContext = createContext<Operator>();

/** What a line of the log says of the request that it is about. */
export type LogIds = { request_id: string; installed_app_id?: string | undefined };

export function logIds(context: Readonly<RouterContextProvider>): LogIds {
  return {
    request_id: context.get(requestContext).id,
    installed_app_id: context.get(installContext) ?? undefined,
  };
}
