import { createHash } from "node:crypto";

import { app } from "#app/app.ts";

import type { CallbackEvent } from "./callback-schema.ts";

/**
 * What makes two deliveries the same event: the fields we use and no others, in a fixed, versioned order. An
 * idempotency key alone does not, since a retry after a failed attempt can carry the same one with a new api_key.
 */
export function fingerprintEvent(event: CallbackEvent): string {
  const install = event.kind === "install" ? event : undefined;
  return sha256([
    `${app.slug}/event/v1`,
    event.kind,
    event.installed_app_id,
    event.app_id,
    event.instance_id,
    install?.api_key ?? null,
    install ? [...new Set(install.granted_permissions)].sort() : null,
    event.kind === "uninstall" ? event.uninstalled_at : null,
  ]);
}

/** Recognises a key that this install had before, without keeping it. */
export function fingerprintKey(installedAppId: string, apiKey: string): string {
  return sha256([`${app.slug}/key/v1`, installedAppId, apiKey]);
}

function sha256(fields: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(fields), "utf8").digest("hex");
}
