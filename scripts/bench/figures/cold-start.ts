import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { type BenchOptions, type Figure, judge } from "../figure.ts";
import { startAppServer } from "../machine/app-server.ts";
import { startProcess } from "../machine/server-process.ts";
import { median, spread } from "../machine/statistics.ts";
import { takeTurns } from "../machine/take-turns.ts";
import { folderOf } from "./callbacks.ts";

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const BARE_APP = pathOf("../bare-app");
const BARE_BUILD = pathOf("../../../.cache/bare-app/server/index.js");
const BARE_SERVER = pathOf("../baselines/bare-server.ts");
const BUILD = pathOf("../../../node_modules/.bin/react-router");

/** P7: from the start of the process to its first 200, on a database that does not exist yet. */
export async function measureColdStart(folder: string, { quick }: BenchOptions): Promise<Figure[]> {
  if (!existsSync(BARE_BUILD)) execFileSync(BUILD, ["build", BARE_APP], { stdio: "ignore" });
  const slices = await takeTurns<number>(
    [
      {
        name: "app",
        slice: () => startedWithin(() => startAppServer(folderOf(folder, "app")), "/healthz", folder),
      },
      {
        name: "bare",
        slice: () =>
          startedWithin(
            () => startProcess([BARE_SERVER, BARE_BUILD], { env: { NODE_ENV: "production" }, cwd: folder }),
            "/",
            folder,
          ),
      },
    ],
    quick ? 3 : 15,
  );
  const { app = [], bare = [] } = slices;
  return [
    judge({
      id: "P7",
      name: "cold start with migrations, against a bare React Router server",
      figure: median(app) / median(bare),
      unit: "×",
      most: 1.2,
      detail: `app ${Math.round(median(app))} ms (${spread(app)}), bare ${Math.round(median(bare))} ms (${spread(bare)})`,
    }),
  ];
}

async function startedWithin(
  start: () => ReturnType<typeof startProcess>,
  path: string,
  folder: string,
): Promise<number> {
  rmSync(folderOf(folder, "app"), { recursive: true });
  folderOf(folder, "app");
  const began = performance.now();
  const server = await start();
  const response = await fetch(server.origin + path);
  await response.arrayBuffer();
  const ms = performance.now() - began;
  await server.stop();
  if (response.status !== 200) throw new Error(`The first answer was ${response.status}.`);
  return ms;
}
