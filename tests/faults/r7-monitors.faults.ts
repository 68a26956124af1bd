import { setTimeout as sleep } from "node:timers/promises";

import { expect, test } from "vitest";

import { openOwn } from "#tests/support/open-portal-records.ts";

import { FRONT_FAULTS } from "./cloud/faulty-front.ts";
import { type FaultyWorld, startFaultyWorld } from "./cloud/faulty-world.ts";
import { ownMs, slower, type Time, timeInWords, waitedForProcessorMs } from "./process-figures.ts";
import { report } from "#tests/support/report.ts";

const INTERVAL_S = 2;
/** Two intervals, and one second for the work. */
const ON_TIME_MS = 2 * INTERVAL_S * 1000 + 1000;
/** A call that hangs has half a minute, and so has a breaker that opened last. */
const RECOVERED_MS = 120_000;

test("R7: with every fault at once, one install each, monitors say why, the others are on time, and all go on after", async () => {
  const world = await startFaultyWorld(FRONT_FAULTS, { MONITOR_INTERVAL_SECONDS: String(INTERVAL_S) });
  const watched = await Promise.all(
    [world.good, ...world.faulty].map(async (instance) => {
      const { portal, home, installedAppId } = await world.open(instance);
      await openOwn(portal, home, instance.records, "Wallet");
      return installedAppId;
    }),
  );
  const [good, ...faulty] = watched as [string, ...string[]];
  // Each has its own alert beside the one that was flagged before.
  const alerts = () => world.sandbox.workspace.instances.map((instance) => instance.alerts.all().length);
  const once = watched.map(() => 2);
  await expect.poll(alerts, { timeout: 60_000 }).toEqual(once);

  world.front.begin();
  const goodGap = watchGaps(world, good);
  const withFault = (name: string) => faulty[FRONT_FAULTS.findIndex((fault) => fault.name === name)]!;
  // One is only slow; of the refused key the install says it, and its jobs have stopped.
  const troubled = faulty.filter((id) => id !== withFault("slow") && id !== withFault("401"));
  await expect
    .poll(() => troubled.filter((id) => stateOf(world, id).problem === null), { timeout: 90_000 })
    .toEqual([]);
  await expect.poll(() => stateOf(world, withFault("401")).key_state, { timeout: 60_000 }).toBe("rejected");
  expect(stateOf(world, withFault("slow")).problem).toBeNull();
  const gap = await goodGap.end();

  world.front.end();
  await expect
    .poll(() => troubled.filter((id) => stateOf(world, id).problem !== null), { timeout: RECOVERED_MS })
    .toEqual([]);
  report(
    "R7 monitors",
    `${troubled.length} installs said why and recovered, another's monitor waited at most ${timeInWords(gap)}`,
    `all, ≤ ${ON_TIME_MS} ms`,
  );
  expect(ownMs(gap)).toBeLessThanOrEqual(ON_TIME_MS);
  expect(alerts()).toEqual(once);
  expect(world.server.output()).not.toMatch(/unexpected_error|unhandled/i);
}, 600_000);

type State = { evaluated_at: number | null; problem: string | null; key_state: string };

function stateOf({ rows }: FaultyWorld, installedAppId: string): State {
  const [state] = rows<State>(`
    select evaluated_at, problem, key_state from monitors join installs using (installed_app_id)
    where installed_app_id = '${installedAppId}'`);
  return state!;
}

/** The longest between two looks at an install's monitor. */
function watchGaps(world: FaultyWorld, installedAppId: string) {
  const watch = { isOver: false };
  const look = () => ({
    at: stateOf(world, installedAppId).evaluated_at!,
    waited: waitedForProcessorMs(world.server.pid),
  });
  const watching = (async () => {
    let longest: Time = { ms: 0, waitedMs: 0 };
    let last = look();
    while (!watch.isOver) {
      await sleep(50);
      const now = look();
      if (now.at === last.at) continue;
      longest = slower({ ms: now.at - last.at, waitedMs: Math.round(now.waited - last.waited) }, longest);
      last = now;
    }
    return longest;
  })();
  return {
    end: () => {
      watch.isOver = true;
      return watching;
    },
  };
}
