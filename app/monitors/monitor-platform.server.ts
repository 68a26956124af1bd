import type { Cloud } from "#app/platform/blnk/cloud.server.ts";
import type { Clock } from "#app/platform/clock.ts";
import type { Sealer } from "#app/platform/installs/sealer.server.ts";
import type { Log } from "#app/platform/http/log.server.ts";
import type { Database } from "#db/database.server.ts";

import type { PostWebhook } from "./webhook/post-webhook.server.ts";

/** What the monitors' jobs and pages need of the process. */
export type MonitorPlatform = {
  db: Database;
  clock: Clock;
  log: Log;
  sealer: Sealer;
  cloud: Cloud;
  /** How often the monitors of an install are evaluated. */
  intervalMs: number;
  /** Hosts that webhooks may go to; `*` is any public one; none: webhooks are off. */
  webhookHosts: readonly string[];
  postWebhook: PostWebhook;
  /** Called while the monitors of every install are checked in time. */
  heartbeat: () => void;
};
