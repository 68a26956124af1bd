import type { CloudCredentials } from "#app/platform/blnk/cloud.server.ts";
import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { Clock } from "#app/platform/clock.ts";
import { isScope } from "#app/platform/permissions/scopes.ts";
import { findLiveSession, type PortalSession } from "#app/platform/sessions/portal-session.server.ts";
import type { Database } from "#db/database.server.ts";

import { type HeldKey, listHeldKeys } from "./install-keys.server.ts";
import { findInstall, type Install } from "./installs.server.ts";
import type { Sealer } from "./sealer.server.ts";

type KeyAccess = { db: Database; sealer: Sealer; clock: Clock };

/** Calls to Blnk that a person's page makes: each is checked against the session again, and stops with it. */
export function sessionCredentials(
  { db, sealer, clock }: KeyAccess,
  session: PortalSession,
): CloudCredentials {
  const { installed_app_id, generation, grantedPermissions } = session.install;
  return {
    installedAppId: installed_app_id,
    instanceId: session.install.instance_id,
    generation,
    grantedPermissions,
    async openKey() {
      const live = await findLiveSession(db, session.launchId, session.tokenHash, clock.now());
      if (!live || live.install.generation !== generation) throw new CloudError("stopped");
      // Asking again with a key that is known to be refused helps nobody; the key proof does, on its own schedule.
      if (live.install.keyState === "rejected") throw new CloudError("unauthorised");
      const [current] = await listHeldKeys(db.read, installed_app_id);
      if (current?.generation !== generation) throw new CloudError("stopped");
      return openBox(sealer, session.install, current);
    },
  };
}

/**
 * Calls that prove one key of an install, the current one or one that is held; they stop when the generation changes.
 * They may read whatever was granted, since a refusal tells a living key from a dead one; and a stranger's key that gets
 * errors must not open the breaker for the install's own.
 */
export function keyCredentials(
  { db, sealer }: KeyAccess,
  install: { installed_app_id: string; app_id: string; instance_id: string; generation: number },
  key: HeldKey,
): CloudCredentials {
  return {
    installedAppId: install.installed_app_id,
    calls: `${install.installed_app_id} key ${key.generation}`,
    instanceId: install.instance_id,
    generation: install.generation,
    grantedPermissions: ["data:read", "alerts:read"],
    async openKey() {
      const now = await findInstall(db.read, install.installed_app_id);
      if (now?.state !== "active" || now.generation !== install.generation) throw new CloudError("stopped");
      return openBox(sealer, install, key);
    },
  };
}

/** Calls that an install's jobs make with its current key; they stop as soon as it is not active at this generation. */
export function jobCredentials(
  { db, sealer }: Pick<KeyAccess, "db" | "sealer">,
  install: Install,
): CloudCredentials {
  const { installed_app_id, generation } = install;
  return {
    installedAppId: installed_app_id,
    instanceId: install.instance_id,
    generation,
    grantedPermissions: (JSON.parse(install.granted_permissions) as string[]).filter(isScope),
    async openKey() {
      const now = await findInstall(db.read, installed_app_id);
      if (now?.state !== "active" || now.generation !== generation) throw new CloudError("stopped");
      if (now.key_state === "rejected") throw new CloudError("unauthorised");
      const [current] = await listHeldKeys(db.read, installed_app_id);
      if (current?.generation !== generation) throw new CloudError("stopped");
      // What waits to be sent must not reach whoever forged an install with a key of their own.
      if (current.proven_at === null) throw new CloudError("unproven");
      return openBox(sealer, install, current);
    },
  };
}

function openBox(
  sealer: Sealer,
  {
    installed_app_id,
    app_id,
    instance_id,
  }: { installed_app_id: string; app_id: string; instance_id: string },
  key: HeldKey,
): string {
  return sealer.open("api_key", { installed_app_id, app_id, instance_id }, key.box);
}
