import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** A server under measurement, in a process of its own, that said on which port it listens. */
export type ServerProcess = {
  origin: string;
  /** The line with which it said so. */
  listening: Record<string, unknown>;
  /** Highest resident memory so far, in MB. */
  peakMemory: () => number;
  /** For how long it has stood in line for a processor so far, in ms: hardly at all on a machine that does nothing else. */
  waitedMs: () => number;
  /** For how long it has had one, in ms. */
  busyMs: () => number;
  /** Keeps it from taking the machine's time while it is another's turn. */
  pause: () => void;
  resume: () => void;
  stop: () => Promise<void>;
};

export async function startProcess(
  args: readonly string[],
  { env, cwd }: { env: Record<string, string>; cwd: string },
): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env.PATH!, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  const listening = await untilListening(child);
  return {
    origin: `http://127.0.0.1:${Number(listening["port"])}`,
    listening,
    peakMemory: () => peakMemoryOf(child.pid!),
    waitedMs: () => scheduledMs(child.pid!, 1),
    busyMs: () => scheduledMs(child.pid!, 0),
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    async stop() {
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      const cut = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await gone;
      clearTimeout(cut);
    },
  };
}

function untilListening(child: ChildProcess): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    createInterface({ input: child.stdout! }).on("line", (line) => {
      if (lines.length < 20) lines.push(line);
      const event = line.startsWith("{") ? (JSON.parse(line) as Record<string, unknown>) : {};
      if (event["event"] === "listening") resolve(event);
    });
    child.once("exit", () => reject(new Error(`A server did not start:\n${lines.join("\n")}`)));
  });
}

function peakMemoryOf(pid: number): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

/** 0: on a processor, 1: in line for one. */
export function scheduledMs(pid: number, field: 0 | 1): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[field]) / 1e6;
}
