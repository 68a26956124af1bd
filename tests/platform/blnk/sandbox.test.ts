import { createReference } from "#app/platform/blnk/reference.server.ts";
import type { NewTransaction } from "#app/platform/blnk/new-transaction.ts";
import { type Sandbox, startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { cloudCredentials, testCloud } from "#tests/support/cloud-server.ts";
import { describe, expect, onTestFinished, test } from "vitest";

type Switches = NonNullable<Parameters<typeof startSandbox>[0]>["switches"];

async function openWorld(switches: NonNullable<Switches> = {}) {
  const sandbox: Sandbox = await startSandbox({
    switches: { queue: { d1_ms: 2, d2_ms: [10, 30], shuffle: false }, ...switches },
  });
  onTestFinished(() => sandbox.close());
  const cloud = testCloud(sandbox.api);
  const client = cloud.client(
    cloudCredentials({ instanceId: sandbox.instanceId, openKey: async () => sandbox.apiKey }),
  );
  const ledger = await client.ledgers.create({ name: "Wallets" });
  const [a, b] = await Promise.all(
    ["a", "b"].map(() => client.balances.create({ ledger_id: ledger.ledger_id, currency: "USD" })),
  );
  const transfer = (precise_amount: bigint, more: Partial<NewTransaction> = {}): NewTransaction => ({
    precise_amount,
    precision: 100n,
    currency: "USD",
    source: a!.balance_id,
    destination: b!.balance_id,
    reference: createReference("tidemark", "instapp_1"),
    description: "transfer",
    ...more,
  });
  const post = async (transaction: NewTransaction) => {
    await client.transactions.create(transaction);
    return client.transactions.confirm(transaction.reference, {
      expected: transaction,
      waitMs: 10_000,
      pollMs: 10,
    });
  };
  const fund = transfer(10_000n, {
    source: "@World",
    destination: a!.balance_id,
    allow_overdraft: true,
    skip_queue: true,
  });
  return { sandbox, client, ledger, a: a!, b: b!, transfer, post, fund };
}

const balanceOf = async ({ client }: Awaited<ReturnType<typeof openWorld>>, id: string) =>
  (await client.balances.get(id)).balance;

describe.each<[string, NonNullable<Switches>]>([
  ["as documented", {}],
  ["with details in an envelope and amounts as text", { detail_envelope: "data", data_numbers: "string" }],
  [
    "with amounts as floats, rows in no order and estimated totals",
    {
      data_numbers: "float",
      order: "unordered",
      transaction_totals: "estimate",
    },
  ],
  ["with a page size of its own", { page_size: "ignored", max_page_size: 7 }],
  ["of an older Core", { core_version: "0.14", data_inflight: "top_level" }],
  ["of a newer Core", { core_version: "0.15.4", metadata_status: 201, bulk_status: 200, flag_status: 200 }],
])("Cloud %s", (_name, switches) => {
  test("money moves and is confirmed by what the ledger says", async () => {
    const world = await openWorld(switches);
    const { client, a, b, post, fund, transfer } = world;
    expect((await post(fund)).state).toBe("applied");
    expect((await post(transfer(2_500n))).state).toBe("applied");
    expect(await post(transfer(999_999n))).toMatchObject({ state: "rejected" });
    expect(await balanceOf(world, a.balance_id)).toBe(7_500n);
    expect(await balanceOf(world, b.balance_id)).toBe(2_500n);
    expect(await client.transactions.check(transfer(100n))).toEqual([]);
  });

  test("a hold is committed in part and the rest released", async () => {
    const world = await openWorld(switches);
    const { client, b, post, fund, transfer } = world;
    await post(fund);
    const outcome = await post(transfer(10_000n, { inflight: true }));
    if (outcome.state !== "inflight") throw new Error(`The hold is ${outcome.state}`);
    const whole = await client.holds.get(outcome.transaction.transaction_id);
    const part = { action: "commit", precise_amount: 4_000n } as const;
    await client.holds.settle(whole, part);
    expect((await client.holds.confirm(whole, part, { pollMs: 10 })).state).toBe("confirmed");
    const rest = await client.holds.get(outcome.transaction.transaction_id);
    expect(rest.remaining).toBe(6_000n);
    await client.holds.settle(rest, { action: "void" });
    expect((await client.holds.confirm(rest, { action: "void" }, { pollMs: 10 })).state).toBe("confirmed");
    expect(await balanceOf(world, b.balance_id)).toBe(4_000n);
    await expect(
      client.holds.settle(await client.holds.get(outcome.transaction.transaction_id), { action: "commit" }),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  test("a transaction is refunded once", async () => {
    const world = await openWorld(switches);
    const { client, a, post, fund, transfer } = world;
    await post(fund);
    const outcome = await post(transfer(2_500n));
    if (outcome.state !== "applied") throw new Error(`The transfer is ${outcome.state}`);
    const { reference, expected } = await client.transactions.refund(outcome.transaction.transaction_id);
    expect((await client.transactions.confirm(reference, { expected, pollMs: 10 })).state).toBe("applied");
    expect(await balanceOf(world, a.balance_id)).toBe(10_000n);
    // Before 0.15 a refund cannot be found by its original's id, and Core refuses whatever it refuses by 400.
    const code = "core_version" in switches && switches.core_version === "0.14" ? "invalid" : "conflict";
    await expect(client.transactions.refund(outcome.transaction.transaction_id)).rejects.toMatchObject({
      code,
    });
    expect(await balanceOf(world, a.balance_id)).toBe(10_000n);
  });

  test("every balance is scanned once, and filters find what they ask for", async () => {
    const { client, ledger, a, post, fund } = await openWorld(switches);
    await post(fund);
    for (let at = 0; at < 30; at += 1) {
      await client.balances.create({ ledger_id: ledger.ledger_id, currency: "EUR" });
    }
    const ids: string[] = [];
    for await (const rows of client.balances.scan({ createdUntil: Date.now() + 60_000 })) {
      ids.push(...rows.map((row) => row.balance_id));
    }
    expect(new Set(ids).size).toBe(33);
    expect(ids).toHaveLength(33);
    const rich = await client.balances.list({
      filters: [{ field: "balance", operator: "gt", value: 9_999n }],
    });
    expect(rich.rows.map((row) => row.balance_id)).toEqual([a.balance_id]);
    const nameless = { field: "identity_id", operator: "isnull" } as const;
    const euros = { field: "currency", operator: "in", values: ["EUR", "GBP"] } as const;
    expect((await client.balances.list({ filters: [nameless, euros], pageSize: 5 })).total).toBe(30);
    expect((await client.transactions.list({ exactTotal: true })).total).toBe(1);
  });

  test("metadata is written under one key and read back", async () => {
    const { client, a, post, fund } = await openWorld(switches);
    await post(fund);
    await client.metadata.update(a.balance_id, "other", () => ({ keep: true }));
    await client.metadata.update(a.balance_id, "tidemark", () => ({ first: 1 }));
    await client.metadata.update(a.balance_id, "tidemark", (own) => ({ ...own, second: 2 }));
    expect((await client.balances.get(a.balance_id)).meta_data).toEqual({
      other: { keep: true },
      tidemark: { first: 1, second: 2 },
    });
    const first = { field: "meta_data.tidemark.first", operator: "exists" } as const;
    expect((await client.balances.list({ filters: [first] })).rows).toHaveLength(1);
  });
});

test("an integer beyond 2^53 survives the way to the ledger and back", async () => {
  const world = await openWorld();
  const amount = 189207535698279000001n;
  await world.post({ ...world.fund, precise_amount: amount });
  expect(await balanceOf(world, world.a.balance_id)).toBe(amount);
  expect((await world.client.balances.at(world.a.balance_id, Date.now() + 60_000)).balance).toBe(amount);
});

test("a queued transaction to a balance that does not exist is not recorded", async () => {
  const { client, transfer, fund, post } = await openWorld();
  await post(fund);
  const lost = transfer(100n, { destination: "bln_nowhere" });
  await client.transactions.create(lost);
  expect(
    await client.transactions.confirm(lost.reference, { expected: lost, waitMs: 1_000, pollMs: 20 }),
  ).toEqual({
    state: "not_recorded",
  });
});

test("a reference that was used for something else is different, though Core answered 201", async () => {
  const { client, transfer, fund, post } = await openWorld();
  await post(fund);
  const first = transfer(100n);
  await post(first);
  const second = { ...transfer(200n), reference: first.reference };
  await client.transactions.create(second);
  expect(await client.transactions.confirm(second.reference, { expected: second, pollMs: 10 })).toMatchObject(
    {
      state: "different",
    },
  );
});

test("a transaction whose answer is lost is sent again and applied once", async () => {
  const world = await openWorld();
  await world.post(world.fund);
  world.sandbox.faults.add({
    kind: "reset",
    method: "POST",
    path: "/proxy/transactions",
    times: 1,
    after_work: true,
  });
  expect((await world.post(world.transfer(100n))).state).toBe("applied");
  expect(await balanceOf(world, world.b.balance_id)).toBe(100n);
});

test.each(["data", "array", "alerts"] as const)(
  "alerts are flagged, listed as %s, and updated",
  async (alert_list) => {
    const { client, a } = await openWorld({
      alert_list,
      alerts_instance_id: "required",
      alert_update_shows: "old",
    });
    const flagged = await client.alerts.flag(a.balance_id, { title: "Low", description: "tidemark:e1" });
    for (let at = 0; at < 30; at += 1) await client.alerts.flag(a.balance_id, { description: "x" });
    const list = await client.alerts.list();
    expect(list.complete).toBe(true);
    expect(list.alerts).toHaveLength(31);
    await client.alerts.update(flagged.anomaly_id, { status: "RESOLVED" });
    expect(await client.alerts.get(flagged.anomaly_id)).toMatchObject({
      status: "RESOLVED",
      description: "tidemark:e1",
    });
  },
);

test("statuses are made, and refuse to go while an alert uses them", async () => {
  const { client, a } = await openWorld();
  const { allowed_colours } = await client.alerts.statuses.list();
  const status = await client.alerts.statuses.create({ name: "In review", colour: allowed_colours[0]! });
  const alert = await client.alerts.flag(a.balance_id, { description: "x" });
  await client.alerts.update(alert.anomaly_id, { status: status.key });
  await expect(client.alerts.statuses.delete(status.key)).rejects.toMatchObject({ code: "conflict" });
  await client.alerts.update(alert.anomaly_id, { status: "RESOLVED" });
  await client.alerts.statuses.delete(status.key);
  expect((await client.alerts.statuses.list()).statuses).toEqual([]);
});

test("an identity is joined to a balance, and a record that is not there is not found", async () => {
  for (const unknown_record of ["404", "200_null"] as const) {
    const { client, a } = await openWorld({ unknown_record });
    const identity = await client.identities.create({
      identity_type: "individual",
      first_name: "Ada",
      dob: 0,
    });
    await client.identities.update(identity.identity_id, { city: "Lagos" });
    await client.balances.setIdentity(a.balance_id, identity.identity_id);
    expect((await client.balances.get(a.balance_id)).identity_id).toBe(identity.identity_id);
    expect(await client.identities.get(identity.identity_id)).toMatchObject({ city: "Lagos", dob: 0 });
    await expect(client.balances.get("bln_nowhere")).rejects.toMatchObject({ code: "not_found" });
  }
});

test("a key that was revoked, or belongs to another instance, is told apart", async () => {
  const { sandbox } = await openWorld();
  const cloud = testCloud(sandbox.api);
  const as = (instanceId: string, key: string) =>
    cloud.client(cloudCredentials({ instanceId, openKey: async () => key }));
  await as(sandbox.instanceId, sandbox.apiKey).proveKey();
  await expect(as(sandbox.instanceId, "blnk_revoked").proveKey()).rejects.toMatchObject({
    code: "unauthorised",
  });
  const other = sandbox.workspace.instances[1]!.id;
  await expect(as(other, sandbox.apiKey).proveKey()).rejects.toMatchObject({ code: "forbidden" });
});
