import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

import type { Target } from "./target.ts";

/** What a tool found that it should not have: nothing is good. */
export type Tool = {
  name: string;
  /** Where to get it: a program on the PATH, or an npm package that is fetched when it is needed. */
  program?: string;
  run: (target: Target) => Promise<Outcome>;
};

type Outcome = { version: string; looked: string; found: string[] };

export function isOnPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs a program to its end, or to the time that it has; answers all that it wrote. */
export async function runProgram(
  program: string,
  args: readonly string[],
  {
    seconds = 300,
    input = "",
    env = {},
  }: { seconds?: number; input?: string | Buffer; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
  child.stdin.on("error", () => {}).end(input);
  const cut = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
  await once(child, "close");
  clearTimeout(cut);
  return Buffer.concat(output).toString("latin1");
}

/** Fetches an npm package by npm's own client, outside of this project, and answers its folder. */
export async function fetchPackage(name: string, version: string): Promise<string> {
  const print = 'node -p "process.env.PATH"';
  const path = await runProgram("npm", [
    "exec",
    "--yes",
    "--ignore-scripts",
    `--package=${name}@${version}`,
    "-c",
    print,
  ]);
  const bin = path
    .split("\n")
    .at(-2)
    ?.split(delimiter)
    .find((folder) => folder.includes("_npx"));
  if (!bin) throw new Error(`${name}@${version} could not be fetched.`);
  return join(bin, "..", name);
}
