import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const SERVER = new URL("forgetful-server.ts", import.meta.url).pathname;

/** The known-bad server of a negative control. */
export async function startForgetful(
  directory: string,
  fault: "answers-early" | "syncs-late",
  env: Record<string, string> = {},
): Promise<{ origin: string; kill(): Promise<void> }> {
  const child = spawn(process.execPath, [SERVER, join(directory, "tidemark.db"), fault], {
    env: { PATH: process.env.PATH!, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { port } = JSON.parse(line) as { port: number };
  return {
    origin: `http://127.0.0.1:${port}`,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
