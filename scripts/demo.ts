import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { appManifest } from "./app-manifest.ts";
import { freshSecrets } from "./fresh-secrets.ts";
import { startSandbox } from "#scripts/sandbox/start-sandbox.ts";

/**
 * `npm run demo`: a stand-in of Blnk Cloud and this app beside it, on free loopback ports, with a throw-away database and
 * fresh secrets. The app is registered already; installing and launching it is the newcomer's.
 */
const folder = mkdtempSync(join(tmpdir(), "tidemark-demo-"));
const secrets = freshSecrets(new Date());
const sandbox = await startSandbox({ seed: "demo", live: true });
const publicUrl = `http://127.0.0.1:${await freePort()}`;

const server = spawn(process.execPath, [new URL("serve.ts", import.meta.url).pathname], {
  env: {
    PATH: process.env.PATH,
    NODE_ENV: "development",
    PUBLIC_URL: publicUrl,
    PORT: new URL(publicUrl).port,
    HOST: "127.0.0.1",
    DATABASE_URL: `file:${join(folder, "tidemark.db")}`,
    BLNK_API_URL: sandbox.api,
    FRAME_ANCESTORS: `'self' ${sandbox.dashboard}`,
    LOG_LEVEL: "warn",
    ...secrets,
  },
  // Its own folder: a developer's .env is not the demo's.
  cwd: folder,
  stdio: ["ignore", "pipe", "inherit"],
});

server.once("exit", (code) => stop(code ?? 1));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop(0));

await untilListening();
await sandbox.lifecycle.registerApp(appManifest(publicUrl, secrets.URL_SECRETS, { withActions: true }));
console.log(`dashboard: ${sandbox.dashboard}`);

function untilListening(): Promise<void> {
  return new Promise((resolve) => {
    server.stdout.on("data", (chunk: Buffer) => {
      const text = chunk.toString("utf8");
      if (text.includes('"event":"listening"')) resolve();
      else process.stderr.write(text);
    });
  });
}

let stopping = false;
function stop(code: number): void {
  if (stopping) return;
  stopping = true;
  server.once("exit", finish);
  if (server.exitCode !== null || !server.kill("SIGTERM")) finish();

  function finish(): void {
    rmSync(folder, { recursive: true, force: true });
    void sandbox.close().then(() => process.exit(code));
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
