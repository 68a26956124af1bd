import type { AlertBook, AlertStatuses } from "./alerts.ts";
import type { Ledger } from "./ledger/ledger.ts";

/** One Blnk instance: a ledger of its own, and the alerts raised on it. */
export type Instance = { id: string; name: string; ledger: Ledger; alerts: AlertBook };

/** One organization of Blnk Cloud. Alert statuses are the organization's, everything else an instance's. */
export type Workspace = {
  organization_id: string;
  name: string;
  instances: Instance[];
  alert_statuses: AlertStatuses;
};
