import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { examine } from "#app/platform/doctor/examine.server.ts";
import type { Finding } from "#app/platform/doctor/finding.ts";
import { type Env, EnvError, readEnv } from "#app/platform/http/env.server.ts";
import { isLoopback } from "#app/platform/http/env-values.server.ts";
import { openReader } from "#db/connection.server.ts";
import { databaseFile } from "#db/database.server.ts";

import { runCommand } from "./run-command.ts";

/**
 * `npm run doctor -- https://your-app`: Blnk's checklist against a live deployment, a line for each point. With this
 * app's own environment and database at hand (on the machine) it sees those, too.
 */
await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      "url-secret-file": { type: "string" },
      "insecure-local": { type: "boolean", default: false },
    },
  });
  const env = ownEnvironment();
  const ownUrl = env instanceof EnvError ? undefined : env.PUBLIC_URL;
  const origin = readOrigin(positionals[0] ?? ownUrl, values["insecure-local"]);
  const secretFile = values["url-secret-file"];
  // Derived tokens are secrets: they go to our own address, or to the one that the secret was given for.
  const own = !(env instanceof EnvError) && ownUrl === origin ? env : undefined;
  const urlSecret = secretFile ? readFileSync(secretFile, "utf8").trim().split(",")[0] : own?.URL_SECRETS[0];
  const file = own && databaseFile(own.DATABASE_URL);
  const read = file !== undefined && existsSync(file) ? openReader(file) : undefined;
  try {
    const findings = await examine(
      { origin, urlSecret, secrets: [...(urlSecret ? [urlSecret] : []), ...(own?.URL_SECRETS ?? [])] },
      own && read ? { db: { read }, env: own } : whyUnseen(env, file),
      { now: Date.now(), version: version() },
    );
    console.log(
      values.json ? JSON.stringify({ url: origin, findings }, null, 2) : findings.map(line).join("\n"),
    );
    if (findings.some(({ result }) => result === "fail")) process.exitCode = 1;
  } finally {
    await read?.destroy();
  }
});

/** Or why there is none: another machine's doctor needs none. */
function ownEnvironment(): Env | EnvError {
  try {
    return readEnv(process.env);
  } catch (error) {
    if (error instanceof EnvError) return error;
    throw error;
  }
}

function whyUnseen(env: Env | EnvError, file: string | undefined): string {
  const unseen = "Keys, backups and disk are seen on the machine only";
  if (file !== undefined) return `${unseen}; there is no database at ${file}.`;
  // A stranger has no environment at all; a mistake in the app's own should not look like that.
  const mistaken = env instanceof EnvError && process.env.ENCRYPTION_KEYS !== undefined;
  return mistaken
    ? `${unseen}, with its environment. Here: ${env.message.replaceAll("\n", " ")}`
    : `${unseen}.`;
}

function readOrigin(text: string | undefined, insecureLocal: boolean): string {
  const url = URL.parse(text ?? "");
  if (!url) throw new Error("Say of which app: npm run doctor -- https://your-app.example.com");
  const local = url.protocol === "http:" && isLoopback(url.hostname);
  if (url.protocol !== "https:" && !(insecureLocal && local))
    throw new Error("The address must be https (a plain-http loopback one needs --insecure-local).");
  return url.origin;
}

function version(): string {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function line({ promise, title, result, why }: Finding): string {
  const word = { pass: "pass", warn: "warn", fail: "FAIL", unknown: "cannot tell" }[result];
  return `${word.padEnd(11)} ${promise === undefined ? "  " : String(promise).padStart(2)} ${title}: ${why}`;
}
