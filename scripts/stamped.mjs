// Work that is done only when what it was done from has changed. Plain JavaScript: setup.mjs runs it before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

export function isStamped(stampFile, sources) {
  return readOrNothing(join(ROOT, stampFile)) === hashOf(sources);
}

/** One process at a time: others wait for it, and then find the work done. */
export function unlessStamped(stampFile, sources, what, work) {
  if (isStamped(stampFile, sources)) return;
  const lock = join(ROOT, ".cache", `${stampFile.replaceAll("/", "-")}.lock`);
  while (!lockFor(lock)) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    if (isStamped(stampFile, sources)) return;
  }
  try {
    const stamp = hashOf(sources);
    if (readOrNothing(join(ROOT, stampFile)) === stamp) return;
    console.error(`${what} …`);
    work();
    mkdirSync(dirname(join(ROOT, stampFile)), { recursive: true });
    writeFileSync(join(ROOT, stampFile), stamp);
  } finally {
    rmSync(lock);
  }
}

/** `quiet`: what it prints is shown only when it fails. */
export function run(command, args, { quiet = false, env = process.env } = {}) {
  // It goes to stderr: stdout belongs to the command that needed the set-up.
  const output = quiet ? "pipe" : 2;
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    env,
    stdio: ["ignore", output, output],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!error && status === 0) return;
  const printed = quiet && !error ? `\n${stdout}${stderr}` : "";
  throw new Error(`\`${command} ${args.join(" ")}\` failed${error ? `: ${error.message}` : "."}${printed}`);
}

function lockFor(lock) {
  mkdirSync(dirname(lock), { recursive: true });
  try {
    const file = openSync(lock, "wx");
    writeFileSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    const owner = Number(readOrNothing(lock));
    if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true });
    return false;
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

function readOrNothing(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function hashOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap(filesBelow))
    hash
      .update(path)
      .update("\0")
      .update(readFileSync(join(ROOT, path)));
  return hash.digest("hex");
}

function filesBelow(path) {
  const absolute = join(ROOT, path);
  if (!existsSync(absolute)) return [];
  try {
    return readdirSync(absolute)
      .sort()
      .flatMap((name) => filesBelow(join(path, name)));
  } catch {
    return [path];
  }
}
