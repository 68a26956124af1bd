import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export type Script = ChildProcess & {
  /** What it wrote so far. */
  out: string;
  err: string;
  /** Its exit code; null when it was killed. */
  ended: Promise<number | null>;
};

const LOOPBACK_ONLY = new URL("loopback-only.ts", import.meta.url).href;

/** A command of `package.json` as a process of its own, with exactly these variables, in a folder without a `.env`. */
export function startScript(
  name: string,
  args: string[],
  { env, cwd, input }: { env: NodeJS.Dict<string>; cwd: string; input?: string },
): Script {
  const file = fileURLToPath(new URL(`../../scripts/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--import", LOOPBACK_ONLY, file, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
  });
  // A command may end without reading it.
  child.stdin.on("error", () => {}).end(input ?? "");
  const script = Object.assign(child, {
    out: "",
    err: "",
    ended: once(child, "close").then(([code]) => code as number | null),
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => (script.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (script.err += text));
  return script;
}

export async function runScript(
  ...call: Parameters<typeof startScript>
): Promise<{ code: number | null; out: string; err: string }> {
  const script = startScript(...call);
  const code = await script.ended;
  return { code, out: script.out, err: script.err };
}
