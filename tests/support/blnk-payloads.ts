/** What Blnk Cloud posts (contract A.3 to A.5); `fields` replaces or, with undefined, leaves out. */
export const IDS = { installed_app_id: "instapp_1", app_id: "app_1", instance_id: "inst_1" } as const;

export const API_KEY = "blnk_3f9a1c77d2e84b06a5c1_first";
export const OTHER_API_KEY = "blnk_b81e40c2967f4d13ae55_other";

export function installBody(fields: object = {}) {
  const body = { ...IDS, api_key: API_KEY, granted_permissions: ["data:read", "alerts:write"], ...fields };
  return {
    api_key_prefix: "blnk_abc",
    idempotency_key: `install:${body.installed_app_id}`,
    ...body,
  };
}

export function uninstallBody(fields: object = {}) {
  const body = { ...IDS, uninstalled_at: "2026-11-24T12:00:00Z", ...fields };
  return { idempotency_key: `uninstall:${body.installed_app_id}`, ...body };
}

export function launchBody(fields: object = {}) {
  return { ...IDS, ...fields };
}
