import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { Platform } from "#app/platform/context.server.ts";
import { sessionCredentials } from "#app/platform/installs/cloud-access.server.ts";
import { reportRefusedKey } from "#app/platform/installs/report-refused-key.server.ts";
import type { Scope } from "#app/platform/permissions/scopes.ts";
import type { PortalSession } from "#app/platform/sessions/portal-session.server.ts";

import type { CloudResult } from "./cloud-result.ts";

/** A page's time for all that it reads, retries included. */
const BUDGET_MS = 8000;

/** Reads from Cloud for one block of a page; never rejects, and asks nothing without the scope or with a refused key. */
export type ReadCloud = <T>(
  scope: Scope,
  read: (client: CloudClient) => Promise<T>,
) => Promise<CloudResult<T>>;

/** One request's reads for a session; they share its time and end with it. */
export function createReadCloud(
  platform: Pick<Platform, "cloud" | "db" | "sealer" | "clock" | "log">,
  session: PortalSession,
  request: { id: string; signal: AbortSignal },
  budgetMs = BUDGET_MS,
): ReadCloud {
  const { cloud, log } = platform;
  const { installed_app_id, grantedPermissions, keyState } = session.install;
  const ids = { request_id: request.id, installed_app_id };
  const client = cloud.client(sessionCredentials(platform, session), { signal: request.signal, budgetMs });
  const reportRefusal = () =>
    reportRefusedKey(platform, { ...session.install, key_state: keyState }).catch((err: unknown) =>
      log.error({ event: "refusal_not_stored", ...ids, err }, "a refused key was not reported"),
    );
  return async (scope, read) => {
    if (!grantedPermissions.includes(scope)) return { kind: "missing_scope", scope };
    if (keyState === "rejected") return { kind: "key_rejected" };
    try {
      return { kind: "ready", value: await read(client) };
    } catch (error) {
      if (!(error instanceof CloudError)) {
        log.error({ event: "unexpected_error", ...ids, err: error }, "an unexpected error");
        return { kind: "failed", message: "Something went wrong in this app", requestId: request.id };
      }
      const { code, status, reason, message } = error;
      if (code === "unauthorised") await reportRefusal();
      if (code !== "cancelled") {
        log.warn({ event: "cloud_read_failed", ...ids, code, status, reason }, "a page could not be read");
      }
      return { kind: "failed", message, requestId: request.id };
    }
  };
}
