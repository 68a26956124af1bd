import { parseArgs } from "node:util";

import { scopeReasons } from "#app/app.ts";
import { probe } from "#app/platform/doctor/probe.server.ts";
import { readEnvPart } from "#app/platform/http/env.server.ts";

import { type AppManifest, appManifest } from "./app-manifest.ts";
import { runCommand } from "./run-command.ts";

/** `npm run manifest`: what to enter in Blnk Cloud's form, with why each scope is asked for, and whether Cloud could reach it. */
await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      "with-actions": { type: "boolean", default: false },
    },
  });
  const env = readEnvPart(process.env, ["PUBLIC_URL", "URL_SECRETS"]);
  const manifest = appManifest(env.PUBLIC_URL, env.URL_SECRETS[0]!, { withActions: values["with-actions"] });
  console.log(values.json ? JSON.stringify(manifest, null, 2) : describe(manifest));
  for (const [name, url] of [
    ["Registration callback URL", manifest.registration_callback_url],
    ["Portal generator URL", manifest.portal_generator_url],
  ] as const)
    console.error(`${name}: ${await judgeUrl(url)}`);
});

/** Cloud refuses an app whose URLs it cannot reach. Never names the URL: it is a secret. */
async function judgeUrl(url: string): Promise<string> {
  const answer = await probe(url);
  if (typeof answer === "string")
    return `cannot be reached from here (${answer}): is PUBLIC_URL right, and does the server run?`;
  if (answer.status === 200) return "answers as it should";
  return `is reached, but answers ${answer.status} instead of 200: is it this app, with the same URL_SECRETS?`;
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
