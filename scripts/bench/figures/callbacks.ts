import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type BenchOptions, type Figure, judge } from "../figure.ts";
import { CALLBACK_PATH, startAppServer } from "../machine/app-server.ts";
import { type Load, LOAD_TOOL, postLoad } from "../machine/load.ts";
import { type ServerProcess, startProcess } from "../machine/server-process.ts";
import { median, spread } from "../machine/statistics.ts";
import { takeTurns } from "../machine/take-turns.ts";
import { startQuietCloud } from "../machine/quiet-cloud.ts";

const BASELINES = fileURLToPath(new URL("../baselines/", import.meta.url));

export const INSTALL = JSON.stringify({
  installed_app_id: "instapp_<id>",
  app_id: "app_bench",
  instance_id: "inst_<id>",
  api_key: "blnk_<id>_0123456789abcdef",
  api_key_prefix: "blnk_abc",
  granted_permissions: ["data:read", "alerts:write"],
  idempotency_key: "install:instapp_<id>",
});

/** P1, P2, and the memory of the app meanwhile. */
export async function measureCallbacks(folder: string, { quick }: BenchOptions): Promise<Figure[]> {
  const cloud = await startQuietCloud();
  const app = await startAppServer(folderOf(folder, "app"), { env: { BLNK_API_URL: cloud.url } });
  const baseline = (script: string, name: string, ...args: string[]) =>
    startProcess([join(BASELINES, script), join(folderOf(folder, name), "tidemark.db"), ...args], {
      env: {},
      cwd: folder,
    });
  const each = await baseline("raw-server.ts", "each", "transaction");
  const group = await baseline("raw-server.ts", "group", "group");
  const express = await baseline("express-server.ts", "express");

  const under = (server: ServerProcess, path: string) => ({
    ...server,
    slice: () => postLoad(server.origin + path, INSTALL, { seconds: quick ? 2 : 5, connections: 50 }),
  });
  const slices = await takeTurns<Load>(
    [
      { name: "app", ...under(app, CALLBACK_PATH) },
      { name: "each", ...under(each, "/callback") },
      { name: "group", ...under(group, "/callback") },
      { name: "express", ...under(express, "/callback") },
    ],
    quick ? 2 : 6,
  );
  const memory = app.peakMemory();
  await Promise.all([app, each, group, express].map((server) => server.stop()));
  await cloud.close();

  const rate = (name: string) => median(slices[name]!.map(({ perSecond }) => perSecond));
  const rates = Object.keys(slices).map(
    (name) => `${name} ${Math.round(rate(name))}/s (${spread(slices[name]!.map((s) => s.perSecond))})`,
  );
  const failed = slices["app"]!.reduce((sum, slice) => sum + slice.failed, 0);
  const detail = `${rates.join(", ")}; app p99 ${median(slices["app"]!.map(({ p99 }) => p99)).toFixed(1)} ms, ${failed} failed; ${LOAD_TOOL}`;
  return [
    judge({
      id: "P1",
      name: "callbacks against one transaction each",
      figure: failed > 0 ? Number.NaN : rate("app") / rate("each"),
      unit: "×",
      least: 3.5,
      detail,
    }),
    judge({
      id: "P2",
      name: "callbacks against raw group commit",
      figure: rate("app") / rate("group"),
      unit: "×",
      least: 0.5,
      detail,
    }),
    judge({ id: "P8", name: "memory during P1", figure: memory, unit: "MB", most: 200, detail: "peak RSS" }),
  ];
}

export function folderOf(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}
