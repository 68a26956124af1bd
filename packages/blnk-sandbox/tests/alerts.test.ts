import { expect, test } from "vitest";
import { listOf } from "../conformance/body.ts";
import { openSandbox, payment } from "./sandbox-client.ts";

test("balances, transactions and identities are flagged, ledgers and strangers not", async () => {
  await using world = await openSandbox();
  const { body: paid } = await world.target.post("/proxy/transactions", payment());
  const { body: person } = await world.target.post("/proxy/identities", { first_name: "Ada" });
  const flag = (id: unknown) => world.target.post(`/alerts/flag/${String(id)}`, { description: "Look" });
  expect((await flag(paid.source)).body).toMatchObject({ type: "Balance", affected_balances: [paid.source] });
  expect((await flag(paid.transaction_id)).body).toMatchObject({ type: "Transaction", status: "FLAGGED" });
  expect((await flag(person.identity_id)).body).toMatchObject({ type: "Identity" });
  expect((await flag("general_ledger_id")).status).toBe(404);
  expect((await flag("bln_none")).status).toBe(404);
  expect((await world.target.get("/alerts")).body.total).toBe(3);
});

test("an alert is read and changed, to a known status only", async () => {
  await using world = await openSandbox();
  const { body: paid } = await world.target.post("/proxy/transactions", payment());
  const { body: alert } = await world.target.post(`/alerts/flag/${String(paid.source)}`, {
    description: "Look",
  });
  const path = `/alerts/flag/${String(alert.anomaly_id)}`;
  expect((await world.target.put(path, { status: "NEVER" })).status).toBe(400);
  expect((await world.target.put(path, { status: "resolved", title: "Seen" })).body).toMatchObject({
    status: "RESOLVED",
  });
  world.sandbox.switches.alert_update_shows = "old";
  expect((await world.target.put(path, { status: "FLAGGED" })).body.status).toBe("RESOLVED");
  const read = await world.target.get(`/alerts/${String(alert.anomaly_id)}`);
  expect(read.body).toMatchObject({ status: "FLAGGED", title: "Seen", description: "Look" });
});

test.each(["data", "array", "alerts"] as const)("the list of alerts comes as %s", async (shape) => {
  await using world = await openSandbox({ switches: { alert_list: shape } });
  const { body: paid } = await world.target.post("/proxy/transactions", payment());
  await world.target.post(`/alerts/flag/${String(paid.source)}`, { description: "Look" });
  const { body } = await world.target.get("/alerts");
  expect(listOf(shape === "alerts" ? body.alerts : body.data).length).toBe(1);
});

test("an alert's times may carry an offset", async () => {
  await using world = await openSandbox();
  const { body: paid } = await world.target.post("/proxy/transactions", payment());
  const { body: alert } = await world.target.post(`/alerts/flag/${String(paid.source)}`, {
    description: "Look",
  });
  world.sandbox.switches.alert_times = "offset";
  const { body } = await world.target.get(`/alerts/${String(alert.anomaly_id)}`);
  expect(body.created_at).toMatch(/\+01:00$/);
  expect(Date.parse(String(body.created_at))).toBe(Date.parse(String(alert.created_at)));
});

test("statuses belong to the organization, alerts to an instance", async () => {
  await using world = await openSandbox();
  const [, other] = world.sandbox.workspace.instances;
  const { key } = world.sandbox.mintKey(undefined, other!.id);
  const elsewhere = { key, instanceId: other!.id };
  const { body: paid } = await world.target.post("/proxy/transactions", payment());
  await world.target.post(`/alerts/flag/${String(paid.source)}`, { description: "Look" });
  const created = await world.target.post("/alerts/statuses", { name: "On hold", colour: "#10B981" });
  expect(created.body).toMatchObject({
    key: "ON_HOLD",
    organization_id: world.sandbox.workspace.organization_id,
  });
  expect((await world.target.post("/alerts/statuses", { name: "on  hold", colour: "#10B981" })).status).toBe(
    409,
  );
  const statuses = await world.target.send("GET", "/alerts/statuses", undefined, elsewhere);
  expect(listOf(statuses.body.data).map((status) => status.key)).toEqual(["ON_HOLD"]);
  expect((await world.target.send("GET", "/alerts", undefined, elsewhere)).body.total).toBe(0);
  expect(
    (await world.target.put("/alerts/statuses/on_hold", { name: "Held", colour: "#EF4444" })).body.name,
  ).toBe("Held");
  expect((await world.target.put("/alerts/statuses/on_hold", { name: "Held" })).status).toBe(400);
});
