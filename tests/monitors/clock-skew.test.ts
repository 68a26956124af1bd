import { expect, test } from "vitest";

import type { CloudClock } from "#app/platform/blnk/transport/cloud-clock.ts";

import { move, openWallet, openWatchedWorld } from "./watched-world.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A server whose wall clock can be set, with a monitor that opens an incident for each payment out of a wallet. */
async function openServer(cloudClock?: CloudClock, clock?: () => number) {
  let off = 0;
  const world = await openWatchedWorld({ wall: clock ?? (() => Date.now() + off), cloudClock });
  await world.install();
  const { balance_id } = openWallet(world.ledger);
  const start = async () =>
    await world.monitor({
      kind: "transaction_match",
      select: { destination: "@Shop" },
      condition: {},
    });
  const pay = () => move(world.ledger, { source: balance_id, destination: "@Shop", precise_amount: 1n });
  const check = async () => {
    await world.evaluate();
    return (await world.incidents()).length;
  };
  return {
    start,
    set: (milliseconds: number) => (off = milliseconds),
    pay,
    check,
    /** @returns how many payments were noticed by then */
    async payAndCheck(): Promise<number> {
      pay();
      return await check();
    },
    problem: async () => (await world.monitors())[0]!.problem,
  };
}

test.each([15 * MINUTE, -15 * MINUTE, 400 * DAY, -400 * DAY])(
  "a clock that leaps by %i ms while the server runs: no data and why, then every payment, without a restart",
  async (leap) => {
    const server = await openServer();
    await server.start();
    await server.check();
    expect(await server.payAndCheck()).toBe(1);
    server.set(leap);
    expect(await server.payAndCheck()).toBe(1);
    expect(await server.problem()).toMatch(
      /^This server's clock is (15 minutes|400 days) (ahead of|behind) Blnk Cloud's\.$/,
    );
    server.set(0);
    expect(await server.payAndCheck()).toBe(3);
    expect(await server.problem()).toBeNull();
    expect(await server.payAndCheck()).toBe(4);
  },
);

test.each([15 * MINUTE, -15 * MINUTE, 400 * DAY, -400 * DAY])(
  "a server that starts with its clock off by %i ms says why there is no data, and misses nothing",
  async (off) => {
    const server = await openServer();
    server.set(off);
    await server.start();
    expect(await server.payAndCheck()).toBe(0);
    expect(await server.problem()).toMatch(/^This server's clock is /);
    server.set(0);
    await server.check();
    expect(await server.problem()).toBeNull();
    expect(await server.payAndCheck()).toBeGreaterThan(0);
  },
);

test.each([5 * MINUTE, -5 * MINUTE])(
  "a clock that is off by %i ms, or is corrected, changes nothing: each payment is seen once",
  async (off) => {
    const server = await openServer();
    server.set(off);
    await server.start();
    await server.check();
    for (const [index, next] of [off, off, 0, off, 0].entries()) {
      server.set(next);
      server.pay();
      // Cloud's time is known to about a second; a newer row is read by the next check.
      await expect.poll(server.check, { timeout: 10_000, interval: 200 }).toBe(index + 1);
    }
    await server.check();
    expect(await server.check()).toBe(5);
    expect(await server.problem()).toBeNull();
  },
);

test("a monitor created after a corrected leap watches from now, not from the leaped time", async () => {
  const server = await openServer();
  server.set(400 * DAY);
  await server.check();
  server.set(0);
  await server.start();
  await server.check();
  expect(await server.payAndCheck()).toBe(1);
});

test("the control: by the server's own time the same leap loses a payment and says nothing", async () => {
  let off = 0;
  const wall = () => Date.now() + off;
  const server = await openServer({ now: wall, skewMs: () => 0 }, wall);
  await server.start();
  await server.check();
  off = 15 * MINUTE;
  await server.check();
  off = 0;
  expect(await server.payAndCheck()).toBe(0);
  expect(await server.problem()).toBeNull();
});
