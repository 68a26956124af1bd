// Makes a fresh clone ready: packages, and with --build the production build, with --browser a Chromium for the tests.
// Plain JavaScript without dependencies, since it runs before anything is installed, on whatever Node is there (>= 18).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LEAST_NODE = [22, 22];
// Where a suitable Node comes with the packages; elsewhere the user's own has to do.
const BUNDLED_NODE = ["linux-x64", "linux-arm64"];
const SOURCES = [
  "app",
  "db",
  "public",
  "package-lock.json",
  "react-router.config.ts",
  "vite.config.ts",
  "tsconfig.json",
];

const wants = new Set(process.argv.slice(2));

checkNode();
unlessStamped(
  "node_modules/.setup-stamp",
  hashOf(["package.json", "package-lock.json"]),
  "Installing packages",
  () => run("npm", ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--loglevel=error"]),
);
if (wants.has("--build")) {
  unlessStamped("build/.setup-stamp", hashOf(SOURCES), "Building", () =>
    run("npm", ["run", "--silent", "build"], { quiet: true }),
  );
}
if (wants.has("--browser")) ensureBrowser();

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const recent = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (recent || BUNDLED_NODE.includes(`${process.platform}-${process.arch}`)) return;
  stop(
    `Tidemark needs Node ${LEAST_NODE.join(".")} or newer here; this is ${process.versions.node}. Install a newer Node and run this again.`,
  );
}

/** Does the work only when what it was done for has changed since. */
function unlessStamped(stampFile, stamp, what, work) {
  const file = join(ROOT, stampFile);
  if (existsSync(file) && readFileSync(file, "utf8") === stamp) return;
  console.error(`${what} …`);
  work();
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, stamp);
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

function ensureBrowser() {
  const known = [
    process.env.CHROMIUM_PATH,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ];
  if (known.some((path) => path && existsSync(path))) return;
  const apt = existsSync("/usr/bin/apt-get") && process.getuid?.() === 0;
  if (!apt)
    stop("The browser tests need Chromium. Install it, or set CHROMIUM_PATH to it, and run this again.");
  console.error("Installing Chromium …");
  run("apt-get", ["update", "-qq"]);
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
}

/** `quiet`: what it prints is shown only when it fails. */
function run(command, args, { quiet = false } = {}) {
  // It goes to stderr: stdout belongs to the command that needed the set-up.
  const output = quiet ? "pipe" : 2;
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ["ignore", output, output],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!error && status === 0) return;
  if (quiet) process.stderr.write(`${stdout}${stderr}`);
  stop(`\`${command} ${args.join(" ")}\` failed${error ? `: ${error.message}` : ""}.`);
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
