import { createContext, type RouterContextProvider } from "react-router";

import type { Cloud } from "#app/platform/blnk/cloud.server.ts";
import type { Finding } from "#app/platform/doctor/finding.ts";
import type { LifecycleHooks } from "#app/platform/installs/lifecycle-hooks.ts";
import type { Sealer } from "#app/platform/installs/sealer.server.ts";
import type { createTokenCheck } from "#app/platform/installs/url-token.server.ts";
import type { WalTruncation } from "#app/platform/installs/wal-truncation.server.ts";
import type { Worker } from "#app/platform/jobs/worker.server.ts";
import type { Operator } from "#app/platform/operator/operator-actions.server.ts";
import type { OpsTable } from "#app/platform/operator/ops-table.ts";
import type { OperatorConsole } from "#app/platform/operator/sign-in.server.ts";
import type { UrlSecretUses } from "#app/platform/operator/url-secret-uses.server.ts";
import type { PortalSession } from "#app/platform/sessions/portal-session.server.ts";
import type { OpenDatabase } from "#db/database.server.ts";

import type { Clock } from "./clock.ts";
import type { Watchdog } from "./platform.server.ts";
import type { Log } from "#app/platform/http/log.server.ts";
import type { Metrics } from "#app/platform/http/metrics.server.ts";
import type { Readiness } from "#app/platform/http/readiness.server.ts";

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
  metrics: Metrics;
  walTruncation: WalTruncation;
  hooks: readonly LifecycleHooks[];
  /** Hosts that webhooks may go to; none: webhooks are off. */
  webhookHosts: readonly string[];
  readiness: Readiness;
  urlSecretUses: UrlSecretUses;
  /** Undefined: /ops is switched off. */
  operatorConsole: OperatorConsole | undefined;
  opsTables: readonly OpsTable[];
  /** Hands each request what the features keep in memory. */
  provideFeatures: (context: RouterContextProvider) => void;
  /** The doctor's report on this deployment, from outside and from inside. */
  examine: () => Promise<Finding[]>;
  checkCallbackToken: ReturnType<typeof createTokenCheck>;
  checkLaunchToken: ReturnType<typeof createTokenCheck>;
};

export const platformContext = createContext<Platform>();
/** Set by the portal's guard; reading it outside the portal throws. */
export const sessionContext = createContext<PortalSession>();
/** Set by the console's guard; reading it elsewhere throws. */
export const operatorContext = createContext<Operator>();
