import { spawn } from "node:child_process";

import { startThrowAwayCloud } from "./throw-away-cloud.ts";

/**
 * `npm run demo`: a sandbox of Blnk Cloud and this app beside it, on free loopback ports, with a throw-away database and
 * fresh secrets. The app is registered already; installing and launching it is the newcomer's.
 */
const cloud = await startThrowAwayCloud();

const server = spawn(process.execPath, [new URL("serve.ts", import.meta.url).pathname], {
  env: { PATH: process.env.PATH, ...cloud.env },
  // Its own folder: a developer's .env is not the demo's.
  cwd: cloud.folder,
  stdio: ["ignore", "pipe", "inherit"],
});

server.once("exit", (code) => stop(code ?? 1));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop(0));

await untilListening();
await cloud.register();
console.log(`dashboard: ${cloud.dashboard}`);

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
    void cloud.close().then(() => process.exit(code));
  }
}
