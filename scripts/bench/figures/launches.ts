import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type BenchOptions, type Figure, judge } from "../figure.ts";
import { CALLBACK_PATH, LAUNCH_PATH, startAppServer } from "../machine/app-server.ts";
import { type Load, LOAD_TOOL, postLoad } from "../machine/load.ts";
import { startQuietCloud } from "../machine/quiet-cloud.ts";
import { type ServerProcess, startProcess } from "../machine/server-process.ts";
import { median, spread } from "../machine/statistics.ts";
import { takeTurns } from "../machine/take-turns.ts";
import { folderOf, INSTALL } from "./callbacks.ts";

const RAW_SERVER = fileURLToPath(new URL("../baselines/raw-server.ts", import.meta.url));
const LAUNCH = JSON.stringify({
  installed_app_id: "instapp_1",
  app_id: "app_bench",
  instance_id: "inst_1",
  attempt: "<id>",
});

/** P3. All launches are of one install, so that each also has to end an older one. */
export async function measureLaunches(folder: string, { quick }: BenchOptions): Promise<Figure[]> {
  const cloud = await startQuietCloud();
  const app = await startAppServer(folderOf(folder, "app"), { env: { BLNK_API_URL: cloud.url } });
  const file = join(folderOf(folder, "group"), "tidemark.db");
  const group = await startProcess([RAW_SERVER, file, "group"], { env: {}, cwd: folder });
  await install(app.origin + CALLBACK_PATH);
  await install(`${group.origin}/callback`);

  const under = (server: ServerProcess, path: string) => ({
    ...server,
    slice: () => postLoad(server.origin + path, LAUNCH, { seconds: quick ? 2 : 5, connections: 50 }),
  });
  const slices = await takeTurns<Load>(
    [
      { name: "app", ...under(app, LAUNCH_PATH) },
      { name: "group", ...under(group, "/launch") },
    ],
    quick ? 2 : 6,
  );
  await Promise.all([app.stop(), group.stop()]);
  await cloud.close();

  const rates = (name: string) => slices[name]!.map(({ perSecond }) => perSecond);
  const failed = slices["app"]!.reduce((sum, slice) => sum + slice.failed, 0);
  return [
    judge({
      id: "P3",
      name: "launches against raw group commit",
      figure: failed > 0 ? Number.NaN : median(rates("app")) / median(rates("group")),
      unit: "×",
      least: 0.5,
      detail: `app ${Math.round(median(rates("app")))}/s (${spread(rates("app"))}), group ${Math.round(median(rates("group")))}/s (${spread(rates("group"))}), ${failed} failed; ${LOAD_TOOL}`,
    }),
  ];
}

async function install(url: string): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: INSTALL.replaceAll("<id>", "1"),
  });
  if (!response.ok) throw new Error(`The install was answered with ${response.status}.`);
}
