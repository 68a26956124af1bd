import { parseArgs } from "node:util";

import { scopeReasons } from "#app/app.ts";
import { EnvError, readEnv } from "#app/env.server.ts";

import { type AppManifest, appManifest } from "./app-manifest.ts";
import { loadDotEnv } from "./load-dot-env.ts";

/** `npm run manifest`: what to enter in Blnk Cloud's form, with why each scope is asked for. */
const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, "with-actions": { type: "boolean", default: false } },
});

loadDotEnv();
try {
  const env = readEnv(process.env);
  const manifest = appManifest(env.PUBLIC_URL, env.URL_SECRETS[0]!, { withActions: values["with-actions"] });
  console.log(values.json ? JSON.stringify(manifest, null, 2) : describe(manifest));
} catch (error) {
  console.error(error instanceof EnvError ? error.message : error);
  process.exit(1);
}

function describe(manifest: AppManifest): string {
  const fields = [
    ["Display name", manifest.display_name],
    ["Description", manifest.description],
    ["Developer name", manifest.developer_name],
    ["Logo URL", manifest.logo_url],
    ["Registration callback URL", manifest.registration_callback_url],
    ["Portal generator URL", manifest.portal_generator_url],
  ];
  const scopes = manifest.permissions.map((scope) => `  ${scope.padEnd(13)} ${scopeReasons[scope].reason}`);
  return [
    ...fields.map(([label, value]) => `${label}\n  ${value}\n`),
    "Permissions",
    ...scopes,
    "",
    "Launch access",
    "  Whoever may launch the app has every permission that is granted to it: Blnk tells an app nothing about who is",
    "  clicking. Limit launch access to the people who need it, or do not grant data:write.",
    "",
    "The two URLs are secrets: whoever knows one can send events to this app.",
  ].join("\n");
}
