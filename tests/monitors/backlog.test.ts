import { expect, test } from "vitest";

import { updateInflight } from "blnk-sandbox/ledger/update-inflight.ts";

import { move, openWallet, openWatchedWorld } from "./watched-world.ts";

const MINUTE = 60_000;
const ROWS = 6_000;

/** A ledger that was busy for hours while nobody watched: payments, a few of them large, and holds. */
async function openBacklog() {
  const world = await openWatchedWorld();
  await world.install();
  const { ledger } = world;
  const { balance_id, ledger_id } = openWallet(ledger);
  world.advance(MINUTE);
  ledger.clock.advance(MINUTE);
  await world.monitor({
    name: "Large",
    kind: "transaction_match",
    select: { ledger_id },
    condition: { amount_operator: ">=", value: "50.00", precision: 100 },
  });
  await world.monitor({
    name: "Many",
    kind: "movement",
    select: { ledger_id },
    condition: {
      measure: "count",
      direction: "in",
      operator: ">",
      value: String(ROWS),
      window_minutes: 10_000,
    },
  });
  await world.monitor({
    name: "Stuck",
    kind: "stuck_transaction",
    select: { ledger_id },
    condition: { hold_minutes: 20 },
  });
  await world.evaluate();
  const large: string[] = [];
  const held: string[] = [];
  let latest: string | undefined;
  for (let row = 0; row <= ROWS; row += 1) {
    if (row % 40 === 0) {
      ledger.clock.advance(MINUTE);
      world.advance(MINUTE);
    }
    const isLarge = row % 1_000 === 7;
    const request = { source: "@World", destination: balance_id, precise_amount: isLarge ? 6000n : 1n };
    const { transaction_id } = move(ledger, request).row;
    if (isLarge) large.push(transaction_id);
    if (row % 100 === 50) {
      const out = { source: balance_id, destination: "@Shop", precise_amount: 1n, inflight: true };
      held.push(move(ledger, out).row.transaction_id);
      latest = held.at(-1);
    }
    // Each but the last is settled minutes later.
    if (row % 100 === 99 && row < ROWS - 100)
      updateInflight(ledger, latest!, { action: "void", amountAt: undefined, skip_queue: true });
  }
  return { world, large, stuck: held.at(-1)! };
}

test("a backlog is read in slices: each event once, windows whole, and only what still waits is stuck", async () => {
  const { world, large, stuck } = await openBacklog();
  const seen: number[] = [];
  const { write } = world.db;
  world.platform.db.write = async (fn, options) => {
    const answer = await write(fn, options);
    const { rows } = await world.db.read
      .selectFrom("seen_rows")
      .select((eb) => eb.fn.countAll<number>().as("rows"))
      .executeTakeFirstOrThrow();
    seen.push(rows);
    return answer;
  };
  await world.work(25 * MINUTE);
  const incidents = await world.incidents();
  const of = async (name: string) => {
    const { id } = (await world.monitors()).find((monitor) => monitor.name === name)!;
    return incidents.filter(({ monitor_id }) => monitor_id === id).map(({ entity }) => entity);
  };
  expect(new Set(await of("Large"))).toEqual(new Set(large));
  expect(await of("Large")).toHaveLength(large.length);
  expect(await of("Many")).toHaveLength(1);
  expect(await of("Stuck")).toEqual([stuck]);
  expect(await world.db.read.selectFrom("open_chains").select("chain_id").execute()).toHaveLength(1);
  // No more is remembered than a slice and what the next read brings again.
  expect(Math.max(...seen)).toBeGreaterThan(1_000);
  expect(Math.max(...seen)).toBeLessThan(2_500 + 1_000);
  expect((await world.monitors()).map(({ problem }) => problem)).toEqual([null, null, null]);
}, 180_000);
