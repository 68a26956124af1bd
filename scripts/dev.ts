import { parseArgs } from "node:util";

import { createServer } from "vite";

import type * as Server from "#app/server.ts";

import { EnvError, readEnv } from "#app/platform/http/env.server.ts";

import { loadDotEnv } from "./load-dot-env.ts";

/**
 * `npm run dev`: the same server with Vite in front, so that edits show at once. `--tunnel URL` is the https address of a
 * tunnel to this machine: Blnk Cloud cannot call localhost.
 */
try {
  const { values } = parseArgs({ options: { tunnel: { type: "string" } } });
  loadDotEnv();
  process.env.NODE_ENV = "development";
  if (values.tunnel) process.env.PUBLIC_URL = values.tunnel;
  const env = readEnv(process.env);
  const vite = await createServer({
    server: { middlewareMode: true, allowedHosts: [new URL(env.PUBLIC_URL).hostname] },
    appType: "custom",
  });
  const { startServer } = (await vite.ssrLoadModule("/app/server.ts")) as typeof Server;
  const server = await startServer(env, {
    serveStatic: (request, response, next) => {
      // Vite injects inline scripts and styles, which the production policy refuses.
      response.removeHeader("Content-Security-Policy");
      vite.middlewares(request, response, next);
    },
    loadBuild: () => vite.ssrLoadModule("virtual:react-router/server-build") as never,
  });
  console.log(`listening on port ${server.port} as ${env.PUBLIC_URL}`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void Promise.all([server.stop(), vite.close()]).then(() => process.exit(0)));
  }
} catch (error) {
  console.error(isMistyped(error) ? error.message : error);
  process.exit(1);
}

function isMistyped(error: unknown): error is Error {
  if (error instanceof EnvError) return true;
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
