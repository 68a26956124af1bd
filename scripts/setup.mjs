// Makes a fresh clone ready: packages, and with --build the production build, with --browser a Chromium for the tests.
// Plain JavaScript without dependencies, since it runs before anything is installed, on whatever Node is there (>= 18).
import { existsSync } from "node:fs";

import { ensureBuild } from "./ensure-build.mjs";
import { run, unlessStamped } from "./stamped.mjs";

const LEAST_NODE = [22, 22];
// Where a suitable Node comes with the packages; elsewhere the user's own has to do.
const BUNDLED_NODE = ["linux-x64", "linux-arm64"];

const wants = new Set(process.argv.slice(2));

try {
  checkNode();
  unlessStamped("node_modules/.setup-stamp", ["package-lock.json"], "Installing packages", () =>
    run("npm", ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--loglevel=error"]),
  );
  if (wants.has("--build")) ensureBuild();
  if (wants.has("--browser")) ensureBrowser();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const recent = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (recent || BUNDLED_NODE.includes(`${process.platform}-${process.arch}`)) return;
  throw new Error(
    `Tidemark needs Node ${LEAST_NODE.join(".")} or newer here; this is ${process.versions.node}. Install a newer Node and run this again.`,
  );
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
    throw new Error(
      "The browser tests need Chromium. Install it, or set CHROMIUM_PATH to it, and run this again.",
    );
  console.error("Installing Chromium …");
  run("apt-get", ["update", "-qq"]);
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
}
