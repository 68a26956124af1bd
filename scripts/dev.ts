import { existsSync } from "node:fs";
import { parseArgs } from "node:util";

import { EnvError, readEnv } from "#app/platform/http/env.server.ts";

import { loadDotEnv } from "./load-dot-env.ts";
import { startReloadingServer } from "./reloading-server.ts";
import { startThrowAwayCloud } from "./throw-away-cloud.ts";

/**
 * `npm run dev`: the same server with Vite in front, so that edits show at once. Without a `.env` it brings a sandbox with
 * the app installed in it. `--tunnel URL` is the https address of a tunnel to this machine: Blnk Cloud cannot call localhost.
 */
try {
  const { values } = parseArgs({ options: { tunnel: { type: "string" } } });
  process.env.NODE_ENV = "development";
  const configured =
    existsSync(".env") || values.tunnel !== undefined || process.env.PUBLIC_URL !== undefined;
  const close = configured ? await serveConfigured(values.tunnel) : await serveBesideSandbox();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    // React Router's second Vite would end the process before the server has stopped.
    process.removeAllListeners(signal);
    process.once(signal, () => void close().then(() => process.exit(0)));
  }
} catch (error) {
  console.error(isMistyped(error) ? error.message : error);
  process.exit(1);
}

async function serveConfigured(tunnel: string | undefined): Promise<() => Promise<void>> {
  loadDotEnv();
  if (tunnel !== undefined) process.env.PUBLIC_URL = tunnel;
  const env = readEnv(process.env);
  const server = await startReloadingServer(env);
  console.log(`listening on port ${server.port} as ${env.PUBLIC_URL}`);
  return () => server.close();
}

async function serveBesideSandbox(): Promise<() => Promise<void>> {
  const cloud = await startThrowAwayCloud();
  const server = await startReloadingServer(readEnv(cloud.env));
  await cloud.register();
  await cloud.install();
  console.log(`dashboard: ${cloud.dashboard}`);
  return async () => {
    await server.close();
    await cloud.close();
  };
}

function isMistyped(error: unknown): error is Error {
  if (error instanceof EnvError) return true;
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
