import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

import { urlToken } from "#app/platform/installs/url-token.server.ts";

import { harmingEnvironment } from "../control/harm.ts";
import { type ServerProcess, startProcess } from "./server-process.ts";

const SERVE = fileURLToPath(new URL("../../serve.ts", import.meta.url));
const DO_HARM = fileURLToPath(new URL("../control/do-harm.ts", import.meta.url));
// As the Dockerfile starts it.
const SHIPPED_FLAGS = ["--max-old-space-size=96", "--max-semi-space-size=4"];
const SHIPPED_ENV = { NODE_ENV: "production", MALLOC_ARENA_MAX: "2", MALLOC_MMAP_THRESHOLD_: "32768" };

export const PUBLIC_URL = "https://tidemark.example.com";
const URL_SECRET = randomBytes(32).toString("base64url");
const ENCRYPTION_KEYS = `k1:${randomBytes(32).toString("base64")}`;

export const CALLBACK_PATH = `/api/callback/${urlToken("callback", URL_SECRET)}`;
export const LAUNCH_PATH = `/api/portal/${urlToken("launch", URL_SECRET)}`;

export type AppServer = ServerProcess & { file: string };

/** The built app on loopback, with the flags that it is shipped with, and its database in `folder`. */
export async function startAppServer(
  folder: string,
  { env = {}, flags = [] }: { env?: Record<string, string>; flags?: readonly string[] } = {},
): Promise<AppServer> {
  const file = join(folder, "tidemark.db");
  const harm = harmingEnvironment();
  const harming = harm ? ["--import", DO_HARM] : [];
  const server = await startProcess([...SHIPPED_FLAGS, ...flags, ...harming, SERVE], {
    cwd: folder,
    env: {
      ...SHIPPED_ENV,
      PUBLIC_URL,
      PORT: "0",
      HOST: "127.0.0.1",
      DATABASE_URL: `file:${file}`,
      ENCRYPTION_KEYS,
      URL_SECRETS: URL_SECRET,
      LOG_LEVEL: "warn",
      ...env,
      ...harm,
    },
  });
  return { ...server, file };
}
