import { run, unlessStamped } from "./stamped.mjs";

const SOURCES = [
  "app",
  "db",
  "public",
  "scripts/compress-assets.ts",
  "package-lock.json",
  "react-router.config.ts",
  "vite.config.ts",
  "tsconfig.json",
];

/** The production build of the present sources. The packages are the caller's: it installs none. */
export function ensureBuild() {
  unlessStamped("build/.setup-stamp", SOURCES, "Building", () => {
    // Node as it comes with the packages, whichever one asks.
    const env = { ...process.env, PATH: `node_modules/.bin:${process.env.PATH}` };
    run("react-router", ["build"], { quiet: true, env });
    run("node", ["scripts/compress-assets.ts"], { quiet: true, env });
  });
}
