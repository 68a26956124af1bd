import { expect, test } from "vitest";

import type { MetaData } from "blnk-sandbox/ledger/rows.ts";

import { below, move, openWallet, openWatchedWorld } from "./watched-world.ts";

const large = {
  kind: "transaction_match",
  condition: { amount_operator: ">=", value: "50.00", precision: 100 },
};

const byText = (one: string, other: string) => (one < other ? -1 : 1);

function nested(levels: number): MetaData {
  let value: MetaData = {};
  for (let level = 0; level < levels; level += 1) value = { a: value };
  return value;
}

const SIZES: [name: string, more: { meta_data: MetaData; description?: string }][] = [
  ["half a megabyte of text", { meta_data: { note: "x".repeat(500_000), channel: "web" } }],
  ["five megabytes of text", { meta_data: { note: "x".repeat(4_900_000), channel: "web" } }],
  ["a million lists", { meta_data: { lists: Array.from({ length: 1_000_000 }, () => []), channel: "web" } }],
  ["huge numbers", { meta_data: { numbers: Array.from({ length: 200_000 }, () => 1e300), channel: "web" } }],
  ["a nesting of three thousand", { meta_data: { deep: nested(3_000), channel: "web" } }],
  ["a description of five megabytes", { meta_data: { channel: "web" }, description: "é".repeat(2_400_000) }],
];

test.each(SIZES)(
  "a payment with %s is judged by what is selected, and so is the next one",
  async (_, more) => {
    const world = await openWatchedWorld();
    await world.install();
    const { balance_id } = openWallet(world.ledger);
    await world.monitor({ ...large, select: { meta_data: { channel: "web" } } });
    await world.evaluate();
    const pay = (asked: object) =>
      move(world.ledger, { source: "@World", destination: balance_id, precise_amount: 6000n, ...asked }).row;
    const ids = [pay(more)];
    await world.work(60_000);
    pay({ meta_data: { channel: "branch" } });
    ids.push(pay({ meta_data: { channel: "web" } }));
    await world.work(60_000);
    const entities = (await world.incidents()).map(({ entity }) => entity);
    expect(new Set(entities)).toEqual(new Set(ids.map(({ transaction_id }) => transaction_id)));
    expect(entities).toHaveLength(2);
  },
);

test("a row that cannot be read even alone is passed, told of once, and the next payment alerts", async () => {
  const world = await openWatchedWorld({ maxResponseBytes: 200_000 });
  await world.install();
  const { balance_id } = openWallet(world.ledger);
  // What opened the wallet lies before the monitor.
  world.advance(1000);
  world.ledger.clock.advance(1000);
  await world.monitor({ ...large, name: "Large", select: {} });
  await world.evaluate();
  const pay = (asked: object = {}) =>
    move(world.ledger, { source: "@World", destination: balance_id, precise_amount: 6000n, ...asked });
  pay();
  pay({ meta_data: { note: "x".repeat(300_000) } });
  pay();
  await world.work(60_000);
  const told = async () => (await world.incidents()).map(({ value }) => value!.slice(0, 31)).toSorted(byText);
  expect(await told()).toEqual(["60.00", "60.00", "a transaction that can't be rea"]);
  pay();
  for (let cycle = 0; cycle < 3; cycle += 1) await world.work(60_000);
  expect(await told()).toEqual(["60.00", "60.00", "60.00", "a transaction that can't be rea"]);
  expect(world.alerts()).toHaveLength(4);
});

test("a balance that cannot be read leaves the others watched, and a total says that it does not know", async () => {
  const world = await openWatchedWorld({ maxResponseBytes: 200_000 });
  await world.install();
  const { ledger_id, balance_id } = openWallet(world.ledger, { amount: 1000n });
  const fat = openWallet(world.ledger, { ledgerId: ledger_id });
  world.ledger.balances.get(fat.balance_id)!.meta_data = { note: "x".repeat(300_000) };
  await world.monitor(below({ ledger_id, meta_data: { none: 1 } }, "50.00", { operator: "!=" }));
  await world.monitor(below({ ledger_id }, "50.00"));
  await world.monitor(below({ ledger_id }, "5000.00", { per: "total" }));
  await world.evaluate();
  expect((await world.incidents()).map(({ entity }) => entity)).toEqual([balance_id]);
  expect((await world.monitors()).map(({ problem }) => problem)).toContain(
    "A balance could not be read: Blnk Cloud's answer is too large or damaged.",
  );
});
