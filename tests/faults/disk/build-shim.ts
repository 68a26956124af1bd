import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";

/** No machine without privileges has a disk that fails on demand; what is compiled here and preloaded does. */
export const hasCompiler = spawnSync("cc", ["--version"]).status === 0;

/** A test's name, which says why it is not run where it cannot be. */
export function needsCompiler(name: string): string {
  return hasCompiler ? name : `${name} (NOT RUN: it needs a C compiler, and there is no cc here)`;
}

/** Compiles `NAME.c` of this folder and answers the library to preload. */
export function buildShim(name: string, directory: string): string {
  const library = join(directory, `${name}.so`);
  const source = new URL(`${name}.c`, import.meta.url).pathname;
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl", "-lpthread"]);
  return library;
}
