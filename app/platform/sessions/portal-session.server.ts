import type { Database } from "#db/database.server.ts";

import { isScope, type Scope } from "#app/platform/permissions/scopes.ts";

import { readPortalCookies } from "./portal-cookies.server.ts";
import { hashSecret } from "./secrets.server.ts";

/** What a portal page may know of who asks: the install of the session's own row, never one named by the URL. */
export type PortalSession = {
  launchId: string;
  tokenHash: string;
  expiresAt: number;
  userId: string | null;
  install: {
    installed_app_id: string;
    app_id: string;
    instance_id: string;
    generation: number;
    keyState: "unverified" | "working" | "rejected";
    grantedPermissions: Scope[];
  };
};

/** Whose session it is, as Activity records it. */
export function actorOf({ install, launchId, userId }: PortalSession) {
  return { installed_app_id: install.installed_app_id, launch_id: launchId, user_id: userId };
}

/** The good session that the request's cookie for this launch opens, if any. */
export async function findPortalSession(
  db: Database,
  request: Request,
  launchId: string,
  now: number,
): Promise<PortalSession | undefined> {
  for (const value of readPortalCookies(request).get(launchId) ?? []) {
    const session = await findLiveSession(db, launchId, hashSecret(value), now);
    if (session) return session;
  }
  return undefined;
}

/**
 * A session is good while its launch has neither ended nor expired and its install is active at the launch's generation.
 * Asked again before each call to Blnk, so that an uninstall stops a page that is still loading.
 */
export async function findLiveSession(
  db: Database,
  launchId: string,
  tokenHash: string,
  now: number,
): Promise<PortalSession | undefined> {
  const row = await liveLaunches(db, now)
    .innerJoin("sessions", "sessions.launch_id", "launches.launch_id")
    .select(["launches.user_id", "launches.expires_at", "installs.installed_app_id", "installs.app_id"])
    .select([
      "installs.instance_id",
      "installs.generation",
      "installs.key_state",
      "installs.granted_permissions",
    ])
    .where("sessions.token_hash", "=", tokenHash)
    .where("launches.launch_id", "=", launchId)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    launchId,
    tokenHash,
    expiresAt: row.expires_at,
    userId: row.user_id,
    install: {
      installed_app_id: row.installed_app_id,
      app_id: row.app_id,
      instance_id: row.instance_id,
      generation: row.generation,
      keyState: row.key_state,
      grantedPermissions: (JSON.parse(row.granted_permissions) as string[]).filter(isScope),
    },
  };
}

/** Launches that still open sessions. */
export function liveLaunches(db: Pick<Database, "read">, now: number) {
  return db.read
    .selectFrom("launches")
    .innerJoin("installs", (join) =>
      join
        .onRef("installs.installed_app_id", "=", "launches.installed_app_id")
        .onRef("installs.generation", "=", "launches.generation"),
    )
    .where("installs.state", "=", "active")
    .where("launches.expires_at", ">", now)
    .where("launches.ended_at", "is", null);
}
