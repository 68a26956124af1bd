import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `npm run image`: where no container engine is at hand, assembles the file tree that the Dockerfile describes and starts
 * it as the image would be: production packages only, a tree that it cannot write to, no root, 256 MB. The environment is
 * the caller's; the volume is DATA (a new folder unless it is set).
 */
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LIMIT_MB = 256;
/** `nobody` on Debian; the image's own user is `node`. Without root it can only be the caller. */
const USER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const image = readDockerfile(readFileSync(join(ROOT, "Dockerfile"), "utf8"));
const tree = mkdtempSync(join(tmpdir(), "image-"));
const data = process.env.DATA ?? mkdtempSync(join(tmpdir(), "volume-"));
assemble();

const [, ...args] = image.command;
const child = spawn(process.execPath, args, {
  cwd: tree,
  env: { ...process.env, ...image.env, DATABASE_URL: image.env.DATABASE_URL!.replace("/data", data) },
  stdio: ["ignore", "inherit", "inherit"],
  ...USER,
});
const watch = setInterval(stopOverLimit, 200);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => child.kill(signal));
child.once("exit", (code) => {
  clearInterval(watch);
  unlock(tree);
  rmSync(tree, { recursive: true, force: true });
  process.exit(code ?? 1);
});

type Image = { copied: string[]; env: Record<string, string>; command: string[] };

/** What its last stage takes from the build, sets and runs. */
function readDockerfile(text: string): Image {
  const stage = text.slice(text.lastIndexOf("\nFROM "));
  const env = /^ENV (.+)$/m.exec(stage)?.[1] ?? "";
  return {
    copied: [...stage.matchAll(/^COPY --from=build .*\/app\/(\S+) /gm)].map(([, path]) => path!),
    env: Object.fromEntries(env.split(" ").map((entry) => entry.split("=") as [string, string])),
    command: JSON.parse(/^CMD (.+)$/m.exec(stage)![1]!) as string[],
  };
}

function assemble(): void {
  for (const path of image.copied)
    if (path !== "node_modules") cpSync(join(ROOT, path), join(tree, path), { recursive: true });
  for (const path of productionPackages()) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    cpSync(join(ROOT, path), join(tree, path), { recursive: true });
  }
  lock(tree);
  chmodSync(data, 0o777);
}

/** What `npm prune --omit=dev` leaves, by the lock file, and of the optional ones those that are installed here. */
function productionPackages(): string[] {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(
      ([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional && isFolder(join(ROOT, path)),
    )
    .map(([path]) => path);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Nobody may write: root's own files stay closed to the user that it runs as, and to the caller it is a mode. */
function lock(path: string): void {
  if (isFolder(path)) for (const name of readdirSync(path)) lock(join(path, name));
  chmodSync(path, isFolder(path) ? 0o555 : 0o444);
}

function unlock(path: string): void {
  if (!isFolder(path)) return;
  chmodSync(path, 0o755);
  for (const name of readdirSync(path)) unlock(join(path, name));
}

/** An engine would end it at once; swap is not counted, as on the smallest machine. */
function stopOverLimit(): void {
  const status = readFileSync(`/proc/${child.pid}/status`, { encoding: "utf8", flag: "r" });
  const megabytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
  if (megabytes > LIMIT_MB) {
    console.error(`It took ${Math.round(megabytes)} MB, more than ${LIMIT_MB}.`);
    child.kill("SIGKILL");
  }
}
