import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { appManifest } from "./app-manifest.ts";
import { freshSecrets } from "./fresh-secrets.ts";
import { startSandbox } from "blnk-sandbox/start-sandbox.ts";

/** A sandbox with history and traffic, and the environment of an app beside it: fresh secrets, and a database that goes with it. */
export async function startThrowAwayCloud() {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-sandbox-"));
  const secrets = freshSecrets(new Date());
  const sandbox = await startSandbox({ seed: "demo", live: true });
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  return {
    folder,
    dashboard: sandbox.dashboard,
    env: {
      NODE_ENV: "development",
      PUBLIC_URL: publicUrl,
      PORT: String(port),
      HOST: "127.0.0.1",
      DATABASE_URL: `file:${join(folder, "tidemark.db")}`,
      BLNK_API_URL: sandbox.api,
      FRAME_ANCESTORS: `'self' ${sandbox.dashboard}`,
      LOG_LEVEL: "warn",
      ...secrets,
    },
    register: () =>
      sandbox.lifecycle.registerApp(appManifest(publicUrl, secrets.URL_SECRETS, { withActions: true })),
    /** With every permission, on the instance that has the history. */
    async install(): Promise<void> {
      const [app] = sandbox.lifecycle.apps();
      const grant = {
        app_id: app!.app_id,
        instance_id: sandbox.instanceId,
        granted_permissions: app!.permissions,
      };
      const { failure } = await sandbox.lifecycle.install(grant);
      if (failure) throw new Error(failure);
    },
    async close(): Promise<void> {
      rmSync(folder, { recursive: true, force: true });
      await sandbox.close();
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
