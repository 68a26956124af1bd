import sirv from "sirv";

import type * as Server from "#app/server.ts";

import { loadDotEnv } from "./load-dot-env.ts";

loadDotEnv();

const built = new URL("../build/server/index.js", import.meta.url);
const { EnvError, readEnv, startServer } = (await import(built.href)) as typeof Server;

try {
  const env = readEnv(process.env);
  const serveStatic = sirv(new URL("../build/client", import.meta.url).pathname, {
    brotli: true,
    gzip: true,
    setHeaders(response, path) {
      const hashed = path.startsWith("/assets/");
      response.setHeader(
        "Cache-Control",
        hashed ? "public, max-age=31536000, immutable" : "public, max-age=3600",
      );
      // The app's logo, which Cloud's dashboard shows from here.
      if (path === "/favicon.svg") response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
    },
  });
  const server = await startServer(env, { serveStatic });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void server.stop().then(() => process.exit(0), fail));
  }
  print({
    event: "listening",
    port: server.port,
    public_url: env.PUBLIC_URL,
    metrics_port: server.metricsPort,
  });
} catch (error) {
  fail(error);
}

function fail(error: unknown): never {
  print({
    event: "not_started",
    ...(error instanceof EnvError ? { variables: error.problems } : { message: inWords(error) }),
  });
  process.exit(1);
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return "an unknown error";
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === "EADDRINUSE")
    return `Port ${port} is in use by another program. Set PORT (or METRICS_PORT) to a free one.`;
  if (code === "EADDRNOTAVAIL")
    return `This machine does not have the address ${address}. Correct HOST (or METRICS_HOST).`;
  if (code === "EACCES" && port !== undefined)
    return `Port ${port} may not be used by this user. Set PORT (or METRICS_PORT) to one above 1023.`;
  return error.message;
}

function print(fields: object): void {
  process.stdout.write(`${JSON.stringify(fields)}\n`);
}
