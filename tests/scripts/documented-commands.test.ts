import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, onTestFinished, test } from "vitest";

import "#tests/support/built-app.ts";
import { temporaryDirectory } from "#tests/support/test-environment.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LOOPBACK_ONLY = new URL("../support/loopback-only.ts", import.meta.url).href;

/** The commands of a page: its indented lines, without the remark that may stand behind them. */
function commandsOf(page: string): string[] {
  return readFileSync(join(ROOT, page), "utf8")
    .split("\n")
    .filter((line) => /^ {4,7}(npm|cp|fly|docker|node) /.test(line))
    .map((line) => line.trim().split(/ +#/)[0]!);
}

/** Run elsewhere: by other tests, or where there is an engine. */
const NOT_HERE = [/^npm test$/, /^npm run demo$/, /^npm run dev\b/, /^npm run check$/, /^docker /];

/** A copy of the project as a newcomer has it, set up already, with a `fly` that only takes notes. */
function cloneProject() {
  const folder = temporaryDirectory();
  for (const name of [
    "app",
    "db",
    "scripts",
    "public",
    "build",
    "package.json",
    "package-lock.json",
    ".env.example",
    "fly.toml",
  ])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  for (const name of ["react-router.config.ts", "vite.config.ts", "tsconfig.json", ".npmrc"])
    cpSync(join(ROOT, name), join(folder, name));
  // One by one: a link to the folder would have an `npm ci` empty our own.
  mkdirSync(join(folder, "node_modules"));
  for (const name of readdirSync(join(ROOT, "node_modules")))
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  mkdirSync(join(folder, "bin"));
  writeFileSync(
    join(folder, "bin/fly"),
    `#!/bin/sh\necho "$@" >> ${folder}/fly.log\n[ "$2" = import ] && cat > ${folder}/imported\nexit 0\n`,
  );
  chmodSync(join(folder, "bin/fly"), 0o755);
  return folder;
}

function start(folder: string, command: string): ChildProcess & { output: string } {
  const env = {
    PATH: `${folder}/bin:${ROOT}/node_modules/.bin:${process.env.PATH}`,
    HOME: folder,
    PORT: "0",
    HOST: "127.0.0.1",
    NODE_OPTIONS: `--import=${LOOPBACK_ONLY}`,
  };
  // Its own group: npm does not pass a signal on.
  const child = Object.assign(spawn("sh", ["-c", command], { cwd: folder, env, detached: true }), {
    output: "",
  });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (child.output += text));
  // Most commands end without reading it.
  child.stdin.on("error", () => {}).end("correct horse battery\n");
  return child;
}

async function run(folder: string, command: string) {
  const child = start(folder, command);
  const [code] = (await once(child, "close")) as [number | null];
  return { command, code, output: child.output };
}

async function serve(folder: string, command: string) {
  const server = start(folder, command);
  const stop = () => {
    if (server.exitCode === null && server.signalCode === null) process.kill(-server.pid!, "SIGTERM");
  };
  onTestFinished(stop);
  await expect.poll(() => server.output, { timeout: 90_000, interval: 100 }).toContain('"event":"listening"');
  return async () => {
    const closed = once(server, "close");
    stop();
    await closed;
  };
}

/** Runs a page's commands in its order; `npm start` serves until a command needs the file for itself. */
async function follow(page: string) {
  const folder = cloneProject();
  const commands = commandsOf(page).filter((command) => !NOT_HERE.some((pattern) => pattern.test(command)));
  let stop: (() => Promise<void>) | undefined;
  for (const command of commands) {
    if (command === "npm start") {
      stop = await serve(folder, command);
      continue;
    }
    if (/^npm run (rotate-keys|backup)/.test(command)) stop ??= await serve(folder, "npm start");
    if (command.startsWith("npm run restore")) await stop?.();
    // Nobody is at the address of the page.
    const codes = command.startsWith("npm run doctor") ? [0, 1] : [0];
    const outcome = await run(folder, command);
    expect(codes, `${command}\n${outcome.output}`).toContain(outcome.code);
    expect(outcome.output, command).not.toMatch(/Missing script|Cannot find module|SyntaxError|\n {4}at /);
  }
  return { folder, commands };
}

test("the README's commands do what it says, in its order", async () => {
  const { commands, folder } = await follow("README.md");
  expect(commands).toContain("npm start");
  expect(existsSync(join(folder, "data/tidemark.db"))).toBe(true);
}, 240_000);

test("the commands of the self-hosting page do what it says, in its order", async () => {
  const { commands, folder } = await follow("docs/self-hosting.md");
  for (const name of ["secrets", "manifest", "doctor", "rotate-keys", "backup", "restore"])
    expect(commands.some((command) => command.startsWith(`npm run ${name}`))).toBe(true);
  expect(existsSync(join(folder, "tidemark-backup.db.sha256"))).toBe(true);
  const fly = readFileSync(join(folder, "fly.log"), "utf8").split("\n");
  expect(fly.slice(0, 3)).toEqual(["apps create your-app-name", "secrets import", "storage create --yes"]);
  expect(readFileSync(join(folder, "imported"), "utf8")).toMatch(
    /^ENCRYPTION_KEYS=k\d{8}-\S+\nURL_SECRETS=\S+\nOPERATOR_PASSWORD_HASH=b64:\S+$/m,
  );
  const onMachine = fly.flatMap((command) => /node \/app\/(\S+)/.exec(command)?.[1] ?? []);
  expect(onMachine).toEqual(["scripts/doctor.ts", "scripts/restore.ts"]);
  for (const script of onMachine) expect(existsSync(join(folder, script)), script).toBe(true);
}, 240_000);
