import { randomInt } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "vitest";

import { startServerProcess } from "#tests/support/start-server-process.ts";

import type { PowerCuts } from "../disk/power-cuts.ts";
import { slower, type Time, waitedForProcessorMs } from "../process-figures.ts";
import { audit, type Losses } from "./audit.ts";
import { beginBurst, type Burst } from "./burst.ts";
import { startForgetful } from "./start-forgetful.ts";

/** With their launches and uninstalls 2,750 events. */
const INSTALLS = 2000;
const EVENTS = INSTALLS + INSTALLS / 4 + INSTALLS / 8;

export type Killed = Losses & { acknowledged: number; slowestStart: Time };

/**
 * Kills the app at a random moment of burst after burst, on one database, and looks each time at what is there. With
 * `cuts` the power goes with it.
 */
export async function killInBursts(directory: string, rounds: number, cuts?: PowerCuts): Promise<Killed> {
  const killed: Killed = { lost: 0, half: 0, acknowledged: 0, slowestStart: { ms: 0, waitedMs: 0 } };
  let env: Record<string, string> = { ...cuts?.env };
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    const server = await startServerProcess(directory, env);
    await expect
      .poll(async () => (await server.request("/readyz")).status, { interval: 20, timeout: 30_000 })
      .toBe(200);
    const start = {
      ms: Math.round(performance.now() - began),
      waitedMs: Math.round(waitedForProcessorMs(server.pid)),
    };
    // The first one has no predecessor to recover from, and a database to make.
    if (round > 0) killed.slowestStart = slower(start, killed.slowestStart);
    env = server.env;
    const burst = beginBurst(server.origin, server.paths, { installs: INSTALLS, prefix: `r${round}` });
    await randomMoment(burst);
    process.kill(server.pid, "SIGKILL");
    await Promise.all([server.ended, burst.ended]);
    cuts?.lose();
    const { lost, half } = audit(join(directory, "tidemark.db"), burst.acknowledged);
    killed.lost += lost;
    killed.half += half;
    killed.acknowledged += burst.count();
  }
  return killed;
}

/** The same, once, with a server that is known to lose what it acknowledged. */
export async function killForgetful(
  directory: string,
  fault: "answers-early" | "syncs-late",
  cuts?: PowerCuts,
): Promise<Losses> {
  const server = await startForgetful(directory, fault, cuts?.env);
  const paths = { callback: "/", launch: "/launch" };
  const burst = beginBurst(server.origin, paths, { installs: INSTALLS, prefix: "r" });
  await expect.poll(burst.count, { interval: 1, timeout: 30_000 }).toBeGreaterThan(EVENTS / 4);
  await server.kill();
  await burst.ended;
  cuts?.lose();
  // It only installs.
  const { installed } = burst.acknowledged;
  return audit(join(directory, "tidemark.db"), { installed, launched: new Set(), uninstalled: new Set() });
}

/** By what was answered rather than by time, so that it lies within the burst on a slow machine and on a fast one. */
async function randomMoment(burst: Burst): Promise<void> {
  const moment = randomInt(EVENTS);
  await expect.poll(burst.count, { interval: 1, timeout: 60_000 }).toBeGreaterThanOrEqual(moment);
  await sleep(randomInt(20));
}
