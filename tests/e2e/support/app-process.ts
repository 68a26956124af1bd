import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SERVE = fileURLToPath(new URL("../../../scripts/serve.ts", import.meta.url));
const MOVABLE_CLOCK = new URL("movable-clock.ts", import.meta.url).href;
const LOOPBACK_ONLY = new URL("../../support/loopback-only.ts", import.meta.url).href;

/** The built app as `npm start` runs it, on loopback; `origin` is where Cloud and the TLS server in front reach it. */
export type AppProcess = {
  origin: string;
  /** Its database. */
  file: string;
  /** Everything that it logged so far. */
  log(): string;
  moveClockForward(ms: number): Promise<void>;
  close(): Promise<void>;
};

/** A throw-away database, and an environment of exactly these variables: an unset `NODE_ENV` is production. */
export async function startApp(env: Record<string, string>): Promise<AppProcess> {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-e2e-app-"));
  const file = join(folder, "tidemark.db");
  const child = fork(SERVE, {
    cwd: folder,
    execArgv: ["--import", MOVABLE_CLOCK, "--import", LOOPBACK_ONLY],
    env: { HOST: "127.0.0.1", PORT: "0", DATABASE_URL: `file:${file}`, ...env },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const gone = once(child, "exit").then(() => rmSync(folder, { recursive: true, force: true }));
  const lines: string[] = [];
  const port = await untilListening(child, lines);
  return {
    origin: `http://127.0.0.1:${port}`,
    file,
    log: () => lines.join("\n"),
    async moveClockForward(ms) {
      const moved = once(child, "message");
      child.send({ moveForward: ms });
      await moved;
    },
    async close() {
      child.kill("SIGTERM");
      await gone;
    },
  };
}

function untilListening(child: ChildProcess, lines: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      lines.push(line);
      const event = JSON.parse(line) as { event: string; port: number };
      if (event.event === "listening") resolve(event.port);
    });
    child.once("exit", () => reject(new Error(`The app did not start:\n${lines.join("\n")}`)));
  });
}
