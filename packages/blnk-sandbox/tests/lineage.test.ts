import { expect, test } from "vitest";
import { openPair } from "./open-pair.ts";

/** A pair, and a wallet that tracks its funds and got 10.00 from Stripe, then 10.00 from Paystack. */
async function openWallet(strategy = "FIFO") {
  const pair = await openPair();
  const identity = await pair.target.post("/proxy/identities", { first_name: "Ada", last_name: "Obi" });
  const identity_id = String(identity.body.identity_id);
  const tracked = { ledger_id: "general_ledger_id", track_fund_lineage: true, identity_id };
  const wallet = await pair.open({ ...tracked, allocation_strategy: strategy });
  const fund = (BLNK_LINEAGE_PROVIDER?: string) =>
    pair.pay({
      source: "@World",
      destination: wallet.balance_id,
      allow_overdraft: true,
      meta_data: BLNK_LINEAGE_PROVIDER === undefined ? {} : { BLNK_LINEAGE_PROVIDER },
    });
  for (const provider of ["stripe", "paystack"]) {
    await fund(provider);
    pair.ledger.queue.drain();
  }
  return {
    ...pair,
    wallet,
    fund,
    name: `ada_obi_${identity_id.slice(0, 8)}`,
    shadows: (id: string) => pair.ledger.transactions.find("shadow_for", id),
  };
}

test("a payment from a provider writes a shadow row between lineage balances, a little later", async () => {
  await using world = await openWallet();
  const id = await world.fund("stripe");
  expect(world.shadows(id)).toEqual([]);
  world.ledger.queue.drain();
  const [shadow] = world.shadows(id);
  expect(shadow).toMatchObject({ status: "APPLIED", parent_transaction: "", precise_amount: 1_000n });
  expect(shadow!.reference).toMatch(/_shadow_stripe$/);
  const sides = [shadow!.source, shadow!.destination].map((side) => world.ledger.balances.get(side)!);
  expect(sides.map(({ indicator, ledger_id }) => [indicator, ledger_id])).toEqual([
    [`@stripe_${world.name}_lineage`, "general_ledger_id"],
    [`@${world.name}_lineage`, "general_ledger_id"],
  ]);
});

test("a payment without a provider, or to a balance that does not track, has no shadow", async () => {
  await using world = await openWallet();
  const plain = await world.fund();
  const elsewhere = await world.pay({ meta_data: { BLNK_LINEAGE_PROVIDER: "stripe" } });
  world.ledger.queue.drain();
  expect([...world.shadows(plain), ...world.shadows(elsewhere)]).toEqual([]);
});

test.each([
  ["FIFO", { stripe: 1_000n, paystack: 500n }],
  ["LIFO", { stripe: 500n, paystack: 1_000n }],
  ["PROPORTIONAL", { stripe: 750n, paystack: 750n }],
])(
  "spending releases the providers' money by %s and says so in the row's metadata",
  async (strategy, shares) => {
    await using world = await openWallet(strategy);
    const id = await world.pay({ source: world.wallet.balance_id, precise_amount: 1_500 });
    world.ledger.queue.drain();
    const released = world
      .shadows(id)
      .map(({ meta_data: { _provider: provider }, precise_amount }) => [provider, precise_amount]);
    expect(Object.fromEntries(released)).toEqual(shares);
    const { body } = await world.target.get(`/proxy/transactions/${id}/lineage`);
    expect(body.fund_allocation).toHaveLength(2);
    expect(body.shadow_transactions).toHaveLength(2);
    const lineage = await world.target.get(`/proxy/balances/${world.wallet.balance_id}/lineage`);
    expect(lineage.body).toMatchObject({ total_with_lineage: 500 });
  },
);

test("a part of a hold commits its whole shadow, under the shadow's own row", async () => {
  await using world = await openWallet();
  const held = await world.hold({ source: world.wallet.balance_id, precise_amount: 100 });
  world.ledger.queue.drain();
  const [shadow] = world.shadows(held);
  expect(shadow!.status).toBe("INFLIGHT");
  await world.settle(held, { status: "commit", precise_amount: 40 });
  await world.settle(held, { status: "void" });
  const settled = world.children(shadow!.transaction_id);
  expect(settled.map(({ status, precise_amount }) => [status, precise_amount])).toEqual([["APPLIED", 100n]]);
});

test("a hold that went through the queue leaves no trace", async () => {
  await using world = await openWallet();
  const queued = await world.hold({
    source: world.wallet.balance_id,
    precise_amount: 100,
    skip_queue: false,
  });
  world.ledger.queue.drain();
  const ids = [queued, ...world.children(queued).map(({ transaction_id }) => transaction_id)];
  expect(ids.flatMap((id) => [...world.shadows(id)])).toEqual([]);
});
