import { expect, test } from "vitest";

import { createBalance, createLedger, newId } from "blnk-sandbox/ledger/ledger.ts";
import { updateInflight } from "blnk-sandbox/ledger/update-inflight.ts";

import { move, openWatchedWorld } from "./watched-world.ts";

const MINUTES = 60_000;

const NOBODY = {
  identity_type: "individual",
  organization_name: "",
  category: "",
  last_name: "",
  other_names: "",
  gender: "",
  email_address: "",
  phone_number: "",
  nationality: "",
  street: "",
  country: "",
  state: "",
  post_code: "",
  city: "",
  dob: undefined,
  meta_data: null,
};

/** A hold of a customer's wallet for a shop, and the selections that a team would find it by. */
async function openHold() {
  const world = await openWatchedWorld();
  await world.install();
  const { ledger } = world;
  const identity_id = newId("idt");
  ledger.identities.insert({ ...NOBODY, identity_id, first_name: "Ada", created_at: ledger.clock.now() });
  const { ledger_id } = createLedger(ledger, "Wallets", null);
  const { balance_id } = createBalance(ledger, {
    ledger_id,
    currency: "USD",
    identity_id,
    indicator: undefined,
    meta_data: null,
    track_fund_lineage: false,
    allocation_strategy: undefined,
  });
  move(ledger, { source: "@World", destination: balance_id, precise_amount: 10_000n });
  const hold = () =>
    move(ledger, { source: balance_id, destination: "@Shop", precise_amount: 4000n, inflight: true }).row;
  const selections = { ledger_id, identity_id, indicator: "@Shop", destination: "@Shop" };
  const watch = async (names: (keyof typeof selections)[]) => {
    for (const name of names)
      await world.monitor({
        name,
        kind: "stuck_transaction",
        select: { [name]: selections[name] },
        condition: { hold_minutes: 20 },
      });
  };
  const pass = async (minutes: number) => {
    ledger.clock.advance(minutes * MINUTES);
    await world.work(minutes * MINUTES);
  };
  return { world, hold, watch, pass, names: Object.keys(selections) as (keyof typeof selections)[] };
}

test("a hold that falls due while nothing else is booked alerts once in each selection, until it is settled", async () => {
  const { world, hold, watch, pass, names } = await openHold();
  await watch(names);
  await world.evaluate();
  const { transaction_id } = hold();
  for (let cycle = 0; cycle < 5; cycle += 1) await pass(5);
  const open = names.map(() => ({ entity: transaction_id, closed_at: null }));
  expect(await world.incidents()).toMatchObject(open);
  // Rows of the same balances come and go.
  for (let cycle = 0; cycle < 3; cycle += 1) {
    move(world.ledger, { source: "@World", destination: "@Shop", precise_amount: 1n });
    await pass(5);
    await pass(5);
  }
  expect(await world.incidents()).toMatchObject(open);
  expect(world.alerts()).toHaveLength(names.length);
  updateInflight(world.ledger, transaction_id, { action: "void", amountAt: undefined, skip_queue: true });
  await pass(1);
  expect((await world.incidents()).map(({ close_reason }) => close_reason)).toEqual(
    names.map(() => "recovered"),
  );
});

test("a monitor made later judges the holds from before it, and asks for their balances once", async () => {
  const { world, hold, watch, pass, names } = await openHold();
  await world.monitor({
    name: "All",
    kind: "stuck_transaction",
    select: {},
    condition: { hold_minutes: 20 },
  });
  await world.evaluate();
  const { transaction_id } = hold();
  for (let cycle = 0; cycle < 5; cycle += 1) await pass(5);
  expect(await world.incidents()).toHaveLength(1);
  await watch(names);
  await world.evaluate();
  await pass(1);
  expect(await world.incidents()).toMatchObject(
    Array.from({ length: names.length + 1 }, () => ({ entity: transaction_id, closed_at: null })),
  );
  world.sandbox.journal.clear();
  await pass(15);
  expect(world.sandbox.journal.entries().filter(({ url }) => url.includes("/balances"))).toEqual([]);
});
