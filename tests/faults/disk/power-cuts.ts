import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { buildShim } from "./build-shim.ts";

export type PowerCuts = {
  /** For the server whose disk it is. */
  env: Record<string, string>;
  /** Once the server is dead: takes away what it had not synced. */
  lose(): void;
};

export function preparePowerCuts(directory: string): PowerCuts {
  const durable = join(directory, "durable");
  mkdirSync(durable);
  return {
    env: { LD_PRELOAD: buildShim("power-loss", directory), DURABLE_DIR: durable },
    lose() {
      for (const name of ["tidemark.db", "tidemark.db-wal"]) {
        rmSync(join(directory, name), { force: true });
        if (existsSync(join(durable, name))) copyFileSync(join(durable, name), join(directory, name));
      }
      rmSync(join(directory, "tidemark.db-shm"), { force: true });
    },
  };
}
