import { cpSync, readdirSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { temporaryDirectory } from "./test-environment.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const NOT_SOURCE =
  /^(node_modules|build|data|screenshots|test-results|\.(git|cache|react-router|env)|.*\.db)$/;

/** The working tree in a temporary folder, with packages of its own and, if wanted, the present build. */
export function copyProject({ build = false }: { build?: boolean } = {}): string {
  const folder = temporaryDirectory();
  for (const name of readdirSync(ROOT))
    if (!NOT_SOURCE.test(name)) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  if (build) cpSync(join(ROOT, "build"), join(folder, "build"), { recursive: true });
  linkPackages(join(folder, "node_modules"));
  return folder;
}

/** Hard links: through a symbolic one, an `npm ci` in the copy would empty our own. */
function linkPackages(to: string): void {
  const from = join(ROOT, "node_modules");
  const { status } = spawnSync("cp", ["-al", from, to]);
  // Another volume, or a cp that cannot link.
  if (status !== 0) cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}
