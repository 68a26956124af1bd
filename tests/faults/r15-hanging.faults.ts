import { setTimeout as sleep } from "node:timers/promises";

import { expect, test } from "vitest";

import { openOwn } from "#tests/support/open-portal-records.ts";

import type { FrontFault } from "./cloud/faulty-front.ts";
import { type FaultyWorld, startFaultyWorld } from "./cloud/faulty-world.ts";
import { report } from "#tests/support/report.ts";

const INTERVAL_S = 2;
const ALONE_MS = 60_000;
/** Long enough for calls that hang to time out, and for their installs to be tried again. */
const TOGETHER_MS = 180_000;
const GOAL = 0.9;

const HANGS: FrontFault = { name: "hangs", answer: () => undefined };
const WELL: FrontFault = { name: "well", answer: (_socket, passOn) => passOn() };

test("R15: while 40 of 50 installs hang, the others are evaluated as often as alone", async () => {
  const faults = Array.from({ length: 49 }, (_, index) => {
    const fault = index < 40 ? HANGS : WELL;
    return { ...fault, name: `${fault.name} ${index}` };
  });
  const world = await startFaultyWorld(faults, { MONITOR_INTERVAL_SECONDS: String(INTERVAL_S) });
  const installs: string[] = [];
  for (const instance of [...world.faulty, world.good]) {
    const { portal, home, installedAppId } = await world.open(instance);
    await openOwn(portal, home, instance.records, "Wallet");
    installs.push(installedAppId);
  }
  const well = installs.slice(40);
  await expect
    .poll(() => [...evaluations(world).values()].filter((at) => at === null), { timeout: 60_000 })
    .toEqual([]);

  const alone = await countEvaluations(world, well, ALONE_MS);
  world.front.begin();
  const together = await countEvaluations(world, well, TOGETHER_MS);

  const share = (id: string) => (together.get(id)! / alone.get(id)!) * (ALONE_MS / TOGETHER_MS);
  const worst = Math.min(...well.map(share));
  report("R15 hanging", `the worst of 10 installs at ${Math.round(worst * 100)} %`, `≥ ${GOAL * 100} %`);
  expect(Math.min(...alone.values())).toBeGreaterThan(10);
  expect(world.front.met()).toBeGreaterThan(40);
  const [{ troubled }] = world.rows<{ troubled: number }>(
    "select count(*) as troubled from monitors where problem is not null",
  ) as [{ troubled: number }];
  expect(troubled).toBe(40);
  expect(worst).toBeGreaterThanOrEqual(GOAL);
}, 600_000);

function evaluations({ rows }: FaultyWorld): Map<string, number | null> {
  const found = rows<{ id: string; at: number | null }>(
    "select installed_app_id as id, evaluated_at as at from monitors",
  );
  return new Map(found.map(({ id, at }) => [id, at]));
}

/** How often each of these installs was evaluated within a time. */
async function countEvaluations(world: FaultyWorld, installs: readonly string[], ms: number) {
  const counts = new Map(installs.map((id) => [id, 0]));
  let last = evaluations(world);
  for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) {
    const now = evaluations(world);
    for (const id of installs) if (now.get(id) !== last.get(id)) counts.set(id, counts.get(id)! + 1);
    last = now;
  }
  return counts;
}
