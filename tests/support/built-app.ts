import { ensureBuild } from "#scripts/ensure-build.mjs";

// Whoever imports this tests the present sources: where the build is older, it is made first.
ensureBuild();

export const BUILD = new URL("../../build/", import.meta.url).pathname;
