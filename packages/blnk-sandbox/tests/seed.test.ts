import { expect, test } from "vitest";
import { findImbalances } from "../ledger/find-imbalances.ts";
import { openSandbox } from "./sandbox-client.ts";

test("the demo is a wallet business with a past", async () => {
  await using world = await openSandbox({ seed: "demo" });
  const { ledger, sandbox } = world;
  const rows = ledger.transactions.all();
  const statuses = new Set(rows.map(({ status }) => status));
  expect(ledger.identities.all().length).toBe(30);
  expect(new Set(ledger.balances.all().map(({ currency }) => currency))).toEqual(
    new Set(["USD", "NGN", "GBP"]),
  );
  expect(statuses).toEqual(new Set(["QUEUED", "SCHEDULED", "APPLIED", "INFLIGHT", "VOID", "REJECTED"]));
  expect(rows.some(({ reference }) => reference.endsWith("_refund"))).toBe(true);
  const days = (rows.at(-1)!.created_at - rows[0]!.created_at) / 86_400_000_000;
  expect(Math.round(days)).toBe(90);
  expect(rows.every(({ created_at }) => created_at <= Date.now() * 1000)).toBe(true);
  expect(findImbalances(ledger)).toEqual([]);
  const alerts = sandbox.workspace.instances[0]!.alerts.all().map(({ status }) => status);
  expect(new Set(alerts)).toEqual(new Set(["FLAGGED", "INVESTIGATING", "AWAITING_CUSTOMER", "RESOLVED"]));
  const overdrawn = ledger.balances.all().filter(({ credit, debit }) => credit < debit);
  expect(overdrawn.every(({ indicator }) => indicator?.startsWith("@World"))).toBe(true);
});

test("one queued payment of the demo has no outcome", async () => {
  await using world = await openSandbox({ seed: "demo" });
  const { transactions } = world.ledger;
  const stuck = transactions
    .all()
    .filter(
      (row) =>
        row.status === "QUEUED" && transactions.find("parent_transaction", row.transaction_id).length === 0,
    );
  expect(stuck.length).toBe(1);
});

test("live traffic writes new rows", async () => {
  await using world = await openSandbox({ seed: "empty", live: true });
  const before = world.ledger.transactions.all().length;
  await expect
    .poll(() => world.ledger.transactions.all().length, { timeout: 15_000 })
    .toBeGreaterThan(before + 2);
  expect(findImbalances(world.ledger)).toEqual([]);
});

test("scale adds that many balances, each with a row", async () => {
  await using world = await openSandbox({ scale: 2_000 });
  const { body } = await world.target.get("/data/balances?ledger_id_ne=general_ledger_id");
  expect(body.total).toBe(2_000);
  expect(world.ledger.transactions.all().length).toBe(2_000);
  expect(findImbalances(world.ledger)).toEqual([]);
});
