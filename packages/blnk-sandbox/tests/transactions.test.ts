import { expect, test } from "vitest";
import { type Body, objectOf } from "../conformance/body.ts";
import { openSandbox, payment } from "./sandbox-client.ts";

type World = Awaited<ReturnType<typeof openSandbox>>;

const pay = (world: World, given: Body = {}) => world.target.post("/proxy/transactions", payment(given));
const settle = (world: World, id: unknown, body: Body) =>
  world.target.put(`/proxy/transactions/inflight/${String(id)}`, body);
const codeOf = (body: Body) => objectOf(body.error_detail).code;

test("Cloud puts precision 100 and a reference where there is none", async () => {
  await using world = await openSandbox();
  const { reference: _, precision: __, precise_amount: ___, ...rest } = payment();
  for (const precision of [undefined, 0, null]) {
    const sent = { ...rest, amount: 12.5, ...(precision !== undefined && { precision }) };
    const { status, body } = await world.target.post("/proxy/transactions", sent);
    expect([status, body.precision, body.precise_amount]).toEqual([201, 100, 1250]);
    expect(body.reference).toMatch(/^ref_/);
    expect(body).not.toHaveProperty("amount_string");
  }
});

test("a bulk item without precision is counted in major units", async () => {
  await using world = await openSandbox();
  const { precision: _, precise_amount: __, ...rest } = payment();
  const bulk = () =>
    world.target.post("/proxy/transactions/bulk", {
      transactions: [{ ...rest, amount: 3, reference: crypto.randomUUID() }],
      skip_queue: true,
    });
  expect((await bulk()).status).toBe(201);
  world.sandbox.switches.bulk_injection = true;
  expect((await bulk()).status).toBe(201);
  expect(world.ledger.transactions.all().map((row) => row.precise_amount)).toEqual([3n, 300n]);
});

test("a bulk overrides its items' inflight and skip_queue, not their atomic", async () => {
  await using world = await openSandbox();
  const transactions = [payment({ atomic: true, inflight: true, skip_queue: false }), payment()];
  await world.target.post("/proxy/transactions/bulk", { transactions, skip_queue: true, atomic: true });
  const rows = world.ledger.transactions.all();
  expect(rows.map(({ status, meta_data }) => [status, meta_data.atomic])).toEqual([
    ["APPLIED", true],
    ["APPLIED", undefined],
  ]);
});

test("a text is required, though it may be a blank", async () => {
  await using world = await openSandbox();
  expect((await pay(world, { description: "" })).status).toBe(400);
  expect((await pay(world, { description: " " })).status).toBe(201);
});

test("a ledger's name of another type is refused under the key that its route uses", async () => {
  await using world = await openSandbox();
  for (const sent of [{ name: 5 }, { name: "Cash", meta_data: [] }]) {
    const { status, body } = await world.target.post("/proxy/ledgers", sent);
    expect([status, body.errors, body.error]).toEqual([400, "Invalid input", undefined]);
  }
  const { body } = await world.target.post("/proxy/balances", { currency: 5 });
  expect([body.errors, body.error]).toEqual([undefined, "Invalid input"]);
});

test("queued rows name the queued id, or the batch, in their metadata", async () => {
  await using world = await openSandbox();
  world.ledger.queue.pause();
  const single = await pay(world, { skip_queue: false, inflight: true });
  const batch = await world.target.post("/proxy/transactions/bulk", { transactions: [payment(), payment()] });
  world.ledger.queue.drain();
  const parents = (id: unknown) =>
    world.ledger.transactions
      .all()
      .filter((row) => row.meta_data.QUEUED_PARENT_TRANSACTION === id)
      .map((row) => `${row.status} ${String(row.meta_data.sequence)}`)
      .toSorted((left, right) => left.localeCompare(right));
  expect(parents(single.body.transaction_id)).toEqual(["INFLIGHT undefined", "QUEUED undefined"]);
  expect(parents(batch.body.batch_id)).toEqual(["APPLIED 1", "APPLIED 2", "QUEUED 1", "QUEUED 2"]);
});

test("an outcome row has the queued row's times and hash", async () => {
  await using world = await openSandbox();
  world.ledger.queue.pause();
  await pay(world, { skip_queue: false });
  world.ledger.queue.drain();
  const [one, two] = world.ledger.transactions.all();
  expect([one!.created_at, one!.effective_date, one!.hash]).toEqual([
    two!.created_at,
    two!.effective_date,
    two!.hash,
  ]);
});

test("a second synchronous refund moves the money forward again", async () => {
  await using world = await openSandbox();
  const { body } = await pay(world);
  const refund = () =>
    world.target.post(`/proxy/refund-transaction/${String(body.transaction_id)}`, { skip_queue: true });
  await refund();
  const again = await refund();
  expect([again.status, codeOf(again.body)]).toEqual([409, "GEN_CONFLICT"]);
  const shop = world.ledger.balances.find("indicator", "@shop")[0]!;
  expect(shop.credit - shop.debit).toBe(100n);
});

test("two refunds back to back move the money once, the second as a phantom", async () => {
  await using world = await openSandbox();
  world.ledger.queue.pause();
  const { body } = await pay(world);
  const refund = () => world.target.post(`/proxy/refund-transaction/${String(body.transaction_id)}`);
  expect([(await refund()).status, (await refund()).status]).toEqual([201, 201]);
  world.ledger.queue.drain();
  const shop = world.ledger.balances.find("indicator", "@shop")[0]!;
  expect(shop.credit - shop.debit).toBe(0n);
});

test("a voided hold is refunded as a reverse hold", async () => {
  await using world = await openSandbox();
  const { body } = await pay(world, { inflight: true });
  await settle(world, body.transaction_id, { status: "void", skip_queue: true });
  const refund = await world.target.post(`/proxy/refund-transaction/${String(body.transaction_id)}`, {
    skip_queue: true,
  });
  expect([refund.status, refund.body.status, refund.body.source]).toEqual([
    201,
    "INFLIGHT",
    body.destination,
  ]);
});

test("a commit by the queued id fails while there is no hold, and takes another hold's money when there is one", async () => {
  await using world = await openSandbox();
  world.ledger.queue.pause();
  const { body } = await pay(world, { skip_queue: false, inflight: true });
  world.ledger.queue.loseOutcomes(1);
  world.ledger.queue.drain();
  const commit = () => settle(world, body.transaction_id, { status: "commit", skip_queue: true });
  const early = await commit();
  expect([early.status, codeOf(early.body)]).toEqual([400, "GEN_BAD_REQUEST"]);
  await pay(world, { inflight: true });
  expect((await commit()).status).toBe(200);
});

test("a queued id is committed without a check, even when its hold is settled", async () => {
  await using world = await openSandbox();
  world.ledger.queue.pause();
  const { body } = await pay(world, { skip_queue: false, inflight: true });
  world.ledger.queue.drain();
  await settle(world, body.transaction_id, { status: "void", skip_queue: true });
  const late = await settle(world, body.transaction_id, { status: "commit" });
  expect([late.status, late.body.queued, late.body.status]).toEqual([200, true, "QUEUED"]);
  world.ledger.queue.drain();
  expect(world.ledger.transactions.all().filter((row) => row.status === "APPLIED")).toEqual([]);
});

test("an unknown hold is 404 queued and 400 at once", async () => {
  await using world = await openSandbox();
  const queued = await settle(world, "txn_none", { status: "commit" });
  const atOnce = await settle(world, "txn_none", { status: "commit", skip_queue: true });
  expect([queued.status, codeOf(queued.body)]).toEqual([404, "TXN_NOT_FOUND"]);
  expect([atOnce.status, codeOf(atOnce.body)]).toEqual([400, "TXN_NOT_INFLIGHT"]);
});

test("a bulk of holds is committed by its id", async () => {
  await using world = await openSandbox();
  const bulk = { transactions: [payment(), payment()], inflight: true, skip_queue: true };
  const { body } = await world.target.post("/proxy/transactions/bulk", bulk);
  expect(body.status).toBe("inflight");
  expect((await settle(world, body.batch_id, { status: "commit", skip_queue: true })).status).toBe(200);
  const shop = world.ledger.balances.find("indicator", "@shop")[0]!;
  expect([shop.credit, shop.inflight_credit]).toEqual([200n, 0n]);
});

test("an atomic split takes back the legs before the one that failed, a plain one leaves them", async () => {
  await using world = await openSandbox();
  const destinations = [
    { identifier: "@a", distribution: "100%" },
    { identifier: "@b", distribution: "0%" },
  ];
  for (const atomic of [true, false]) {
    for (let tries = 0; tries < 6; tries += 1) {
      const { status } = await pay(world, {
        destination: undefined,
        destinations,
        atomic,
        precise_amount: 100,
      });
      expect(status).toBe(400);
    }
    world.ledger.queue.drain();
    const kept = world.ledger.balances
      .find("indicator", "@a")
      .reduce((sum, row) => sum + row.credit - row.debit, 0n);
    if (atomic) expect(kept).toBe(0n);
    else expect(kept % 100n).toBe(0n);
  }
});

test("a self-transfer and dry_run are known since 0.15.3 only", async () => {
  await using world = await openSandbox({ switches: { core_version: "0.15.2" } });
  const self = { source: "@same", destination: "@same" };
  expect(codeOf((await pay(world, self)).body)).toBe("GEN_CONFLICT");
  expect((await pay(world, { dry_run: true })).body.status).toBe("APPLIED");
  world.sandbox.switches.core_version = "0.15.3";
  expect(codeOf((await pay(world, self)).body)).toBe("TXN_VALIDATION_ERROR");
  const before = world.ledger.transactions.all().length;
  expect(await pay(world, { dry_run: true })).toMatchObject({ status: 200, body: { dry_run: true } });
  expect(world.ledger.transactions.all().length).toBe(before);
});

test("a Core before 0.15 sends no error_detail and commits at once", async () => {
  await using world = await openSandbox({ switches: { core_version: "0.14" } });
  expect((await world.target.post("/proxy/ledgers", {})).body).toEqual({ errors: "name: cannot be blank." });
  const { body } = await pay(world, { inflight: true });
  expect((await settle(world, body.transaction_id, { status: "commit" })).body.status).toBe("APPLIED");
});

test("an unknown path of Core is plain text, an unknown path of Cloud JSON", async () => {
  await using world = await openSandbox();
  expect(await world.target.get("/proxy/monitors")).toEqual({
    status: 404,
    body: { text: "404 page not found" },
  });
  expect(await world.target.get("/monitors")).toEqual({ status: 404, body: { error: "not found" } });
  const { body } = await pay(world);
  const path = `/proxy/transactions/${String(body.transaction_id)}`;
  expect((await world.target.get(path)).status).toBe(404);
  world.sandbox.switches.proxy_paths = "any";
  expect((await world.target.get(path)).body).toMatchObject({
    transaction_id: body.transaction_id,
    status: "APPLIED",
  });
});

test("an identity is changed in part, its metadata as a whole, and its fields hidden by tokens", async () => {
  await using world = await openSandbox();
  const sent = { first_name: "Ada", last_name: "Obi", meta_data: { a: 1, b: 2 } };
  const { body } = await world.target.post("/proxy/identities", sent);
  const path = `/proxy/identities/${String(body.identity_id)}`;
  await world.target.put(path, { first_name: "", last_name: "Eze", meta_data: { c: 3 } });
  const read = async () => (await world.target.get(`/data/identities/${String(body.identity_id)}`)).body;
  expect(await read()).toMatchObject({ first_name: "Ada", last_name: "Eze", meta_data: { c: 3 } });
  expect((await world.target.put(path, {})).status).toBe(400);
  expect((await world.target.post(`${path}/tokenize/first_name`)).status).toBe(400);
  expect((await world.target.post(`${path}/tokenize/FirstName`)).status).toBe(200);
  expect((await world.target.post(`${path}/tokenize/FirstName`)).status).toBe(409);
  expect((await read()).first_name).not.toBe("Ada");
  expect((await world.target.get(`${path}/tokenized-fields`)).body).toEqual({
    tokenized_fields: ["FirstName"],
  });
  expect((await world.target.get(`${path}/detokenize/FirstName`)).body).toEqual({
    field: "FirstName",
    value: "Ada",
  });
  world.sandbox.switches.tokenization = "disabled";
  const refused = await world.target.get(`${path}/detokenize/FirstName`);
  expect([refused.status, codeOf(refused.body)]).toEqual([403, "IDT_TOKENIZATION_DISABLED"]);
});

test("a body over five megabytes is malformed to Core", async () => {
  await using world = await openSandbox();
  const { status, body } = await pay(world, { description: "x".repeat(5 * 1024 * 1024) });
  expect([status, codeOf(body)]).toEqual([400, "GEN_MALFORMED_REQUEST"]);
});
