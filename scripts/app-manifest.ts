import { app, scopeReasons } from "#app/app.ts";
import { urlToken } from "#app/platform/installs/url-token.server.ts";
import { SCOPES, type Scope } from "#app/platform/permissions/scopes.ts";

/** The fields of Blnk Cloud's "register app" form (contract A.1). */
export type AppManifest = {
  display_name: string;
  description: string;
  developer_name: string;
  logo_url: string;
  registration_callback_url: string;
  portal_generator_url: string;
  permissions: Scope[];
  launch_access: string[];
};

/** Asks for `data:write` only when money may be moved from the panel. The URLs carry the newest URL secret's tokens. */
export function appManifest(
  publicUrl: string,
  urlSecret: string,
  { withActions }: { withActions: boolean },
): AppManifest {
  return {
    display_name: app.name,
    description: app.description,
    developer_name: app.developer,
    logo_url: `${publicUrl}/favicon.svg`,
    registration_callback_url: `${publicUrl}/api/callback/${urlToken("callback", urlSecret)}`,
    portal_generator_url: `${publicUrl}/api/portal/${urlToken("launch", urlSecret)}`,
    permissions: SCOPES.filter((scope) => withActions || !scopeReasons[scope].actions),
    launch_access: ["everyone"],
  };
}
