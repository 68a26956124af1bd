import fc from "fast-check";
import { expect, test } from "vitest";

import type { SeenTransaction } from "#app/monitors/kinds/facts.ts";
import { countRows } from "#app/monitors/kinds/window-totals.ts";
import { addToWindows, loadTotals, slideWindows } from "#app/monitors/reads/windows.server.ts";

import { MINUTE, monitorOf, rowOf } from "./monitor-facts.ts";
import { openWatchedWorld } from "./watched-world.ts";

const INSTALL = "instapp_1";
const START = Date.UTC(2026, 10, 23);

async function openWindows() {
  const world = await openWatchedWorld();
  await world.install();
  const ids = {
    short: { select: { balance_id: "bln_a" }, condition: { direction: "out", window_minutes: 1 } },
    long: { select: { balance_id: "bln_a" }, condition: { direction: "net", window_minutes: 7 } },
    each: { select: {}, condition: { direction: "both", window_minutes: 3, per: "balance" } },
  };
  const windows = [];
  for (const { select, condition } of Object.values(ids)) {
    const full = { measure: "sum", operator: ">", value: "1.00", precision: 100, ...condition };
    const id = await world.monitor({ kind: "movement", select, condition: full });
    windows.push({ id, monitor: monitorOf("movement", select, full) });
  }
  return { world, windows };
}

type Row = { at: number; amount: bigint; out: boolean };

/** What each window has, added up from all rows. */
function expected(rows: readonly Row[], now: number) {
  const within = (minutes: number) => rows.filter(({ at }) => at >= now - minutes * MINUTE);
  const sum = (some: readonly Row[], sign: (row: Row) => bigint) =>
    some.reduce((total, row) => total + sign(row) * row.amount, 0n);
  const each = within(3);
  return [
    {
      selection: sum(
        within(1).filter(({ out }) => out),
        () => 1n,
      ),
    },
    { selection: sum(within(7), ({ out }) => (out ? -1n : 1n)) },
    { bln_a: sum(each, () => 1n), bln_b: sum(each, () => 1n) },
  ];
}

test("windows have exactly what adding up their rows gives, however rows and time come", async () => {
  const step = fc.record({
    passed: fc.integer({ min: 0, max: 5 * MINUTE }),
    rows: fc.array(
      fc.record({
        // Many of one moment.
        before: fc.constantFrom(0, 0, 0, 1, 999, 30_000, 60_000),
        amount: fc.bigInt({ min: 1n, max: 10n ** 25n }),
        out: fc.boolean(),
      }),
      { maxLength: 30 },
    ),
    repeated: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const { world, windows } = await openWindows();
      const all: Row[] = [];
      let now = START;
      for (const { passed, rows, repeated } of steps) {
        now += passed;
        await slideWindows(world.db, INSTALL, windows, now);
        const fresh = rows.map(({ before, amount, out }, index): SeenTransaction => {
          const at = now - before;
          all.push({ at, amount, out });
          const ends = out
            ? { source: "bln_a", destination: "bln_b" }
            : { source: "bln_b", destination: "bln_a" };
          const id = `txn_${all.length}_${index}`;
          return rowOf(id, { ...ends, precise_amount: amount, created_at: at, first_seen_at: at });
        });
        for (let times = repeated ? 2 : 1; times > 0; times -= 1)
          await addToWindows(world.db, INSTALL, windows, {
            rows: fresh,
            endpointBalances: () => undefined,
            now,
          });
        for (const [index, { id }] of windows.entries()) {
          const totals = await loadTotals(world.db, id);
          const found = Object.fromEntries(
            totals.map(({ subject, sums }) => [
              subject,
              sums.reduce((sum, each) => sum + each.in + (index === 1 ? -each.out : each.out), 0n),
            ]),
          );
          const wanted = Object.entries(expected(all, now)[index]!);
          for (const [subject, sum] of wanted) expect(found[subject] ?? 0n).toBe(sum);
        }
      }
      await world.close();
    }),
    { numRuns: 25, seed: 20_261_124 },
  );
}, 120_000);

test("thousands of rows that leave at once leave exactly, and are forgotten", async () => {
  const { world, windows } = await openWindows();
  const rows = Array.from({ length: 3_000 }, (_, index) => {
    const at = START + Math.floor(index / 700);
    return rowOf(`txn_${index}`, { created_at: at, first_seen_at: at, precise_amount: 10n ** 20n });
  });
  await addToWindows(world.db, INSTALL, windows, {
    rows,
    endpointBalances: () => undefined,
    now: START + 10,
  });
  const counts = async () =>
    (await Promise.all(windows.map(({ id }) => loadTotals(world.db, id)))).map((totals) =>
      totals.map(countRows),
    );
  expect(await counts()).toEqual([[3_000], [3_000], [3_000, 3_000]]);
  // The first millisecond's 700 rows are a moment too old for the shortest window.
  await slideWindows(world.db, INSTALL, windows, START + MINUTE + 1);
  expect(await counts()).toEqual([[2_300], [3_000], [3_000, 3_000]]);
  await slideWindows(world.db, INSTALL, windows, START + 5 * MINUTE);
  expect(await counts()).toEqual([[0], [3_000], [0, 0]]);
  for (let times = 0; times < 2; times += 1)
    await slideWindows(world.db, INSTALL, windows, START + (8 + times) * MINUTE);
  expect(await counts()).toEqual([[0], [0], [0, 0]]);
  expect(await world.db.read.selectFrom("window_rows").select("at").execute()).toEqual([]);
}, 60_000);
