import { request } from "node:http";
import { expect, test } from "vitest";
import { listOf, objectOf } from "../conformance/body.ts";
import { openSandbox, payment } from "./sandbox-client.ts";

test("a paused queue keeps rows back until it is drained", async () => {
  await using world = await openSandbox();
  await world.control("POST", "/queue", { action: "pause" });
  const { body } = await world.target.post(
    "/proxy/transactions",
    payment({ skip_queue: false, reference: "q" }),
  );
  expect(body.status).toBe("QUEUED");
  expect(world.ledger.transactions.all()).toEqual([]);
  await world.control("POST", "/queue", { action: "drain" });
  expect(world.ledger.transactions.all().map(({ reference, status }) => [reference, status])).toEqual(
    expect.arrayContaining([
      ["q", "QUEUED"],
      ["q_q", "APPLIED"],
    ]),
  );
});

test("an outcome that the worker lost comes two hours later", async () => {
  await using world = await openSandbox();
  await world.control("POST", "/queue", { action: "pause" });
  await world.control("POST", "/queue", { action: "fail", count: 1 });
  await world.target.post("/proxy/transactions", payment({ skip_queue: false }));
  await world.control("POST", "/queue", { action: "drain" });
  expect(world.ledger.transactions.all().map(({ status }) => status)).toEqual(["QUEUED"]);
  await world.control("POST", "/clock", { advance_ms: 2 * 3_600_000 + 1000 });
  await world.control("POST", "/queue", { action: "drain" });
  expect(
    world.ledger.transactions
      .all()
      .map(({ status }) => status)
      .toSorted(),
  ).toEqual(["APPLIED", "QUEUED"]);
});

test("a scheduled transaction waits for its moment", async () => {
  await using world = await openSandbox({ switches: { queue: { d1_ms: 0, d2_ms: [0, 0], shuffle: false } } });
  const scheduled_for = new Date(Date.now() + 3_600_000).toISOString();
  const { body } = await world.target.post(
    "/proxy/transactions",
    payment({ skip_queue: false, scheduled_for }),
  );
  expect(body.status).toBe("SCHEDULED");
  await world.control("POST", "/queue", { action: "drain" });
  expect(world.ledger.transactions.all().map(({ status }) => status)).toEqual(["SCHEDULED"]);
  await world.control("POST", "/clock", { advance_ms: 3_700_000 });
  await expect.poll(() => world.ledger.transactions.all().length).toBe(2);
});

test("a hold is voided at its expiry", async () => {
  await using world = await openSandbox();
  const inflight_expiry_date = new Date(Date.now() + 3_600_000).toISOString();
  await world.target.post("/proxy/transactions", payment({ inflight: true, inflight_expiry_date }));
  await world.control("POST", "/queue", { action: "drain" });
  expect(world.ledger.transactions.all().map(({ status }) => status)).toEqual(["INFLIGHT"]);
  await world.control("POST", "/clock", { advance_ms: 3_700_000 });
  await world.control("POST", "/queue", { action: "drain" });
  expect(world.ledger.transactions.all().map(({ status }) => status)).toEqual(["INFLIGHT", "VOID"]);
});

test("keys are made, narrowed and revoked", async () => {
  await using world = await openSandbox();
  const minted = await world.control("POST", "/keys", { scopes: ["data:read", "data:write"] });
  const key = String(minted.body.api_key);
  const read = async () => (await world.target.send("GET", "/data/ledgers", undefined, { key })).status;
  const write = async () =>
    (await world.target.send("POST", "/proxy/ledgers", '{"name":"N"}', { key })).status;
  expect([await read(), await write()]).toEqual([200, 201]);
  await world.control("PATCH", "/keys", { api_key: key, scopes: ["data:read"] });
  expect([await read(), await write()]).toEqual([200, 403]);
  await world.control("PATCH", "/keys", { api_key: key, state: "revoked" });
  expect([await read(), await write()]).toEqual([401, 401]);
  expect((await world.control("PATCH", "/keys", { api_key: "blnk_none" })).status).toBe(404);
});

test.each([
  ["GET", "/data/ledgers", "data:read"],
  ["POST", "/ledger/filter", "data:read"],
  ["POST", "/proxy/ledgers", "data:write"],
  ["GET", "/proxy/balances/bln_x/at?timestamp=2026-01-01T00:00:00Z", "data:read"],
  ["GET", "/alerts", "alerts:read"],
  ["POST", "/alerts/flag/bln_x", "alerts:write"],
])("%s %s needs %s and no other scope", async (method, path, scope) => {
  await using world = await openSandbox();
  const body = method === "GET" ? undefined : "{}";
  const all = ["data:read", "data:write", "alerts:read", "alerts:write"];
  const statusWith = async (scopes: string[]) => {
    const { key } = world.sandbox.mintKey(scopes);
    return (await world.target.send(method, path, body, { key })).status;
  };
  expect(await statusWith(all.filter((other) => other !== scope))).toBe(403);
  expect([401, 403]).not.toContain(await statusWith([scope]));
});

test("a key opens its own instance and no other", async () => {
  await using world = await openSandbox();
  const [first, second] = world.sandbox.workspace.instances;
  const { key } = world.sandbox.mintKey(["data:read"], second!.id);
  const status = async (instanceId: string) =>
    (await world.target.send("GET", "/data/ledgers", undefined, { key, instanceId })).status;
  expect([await status(first!.id), await status(second!.id)]).toEqual([403, 200]);
});

test("the journal tells every request and never a key", async () => {
  await using world = await openSandbox();
  await world.control("POST", "/faults", { kind: "html", path: "/data/balances", times: 1 });
  await world.target.get("/data/balances?currency_eq=USD");
  await world.target.send("GET", "/alerts", undefined, { key: "blnk_unknown_key" });
  const { body } = await world.control("GET", "/journal");
  expect(listOf(body.entries)).toMatchObject([
    { method: "GET", status: 502, fault: "html", key_prefix: world.sandbox.apiKey.slice(0, 8) },
    { method: "GET", status: 401, fault: null, key_prefix: "blnk_unk" },
  ]);
  expect(JSON.stringify(body)).not.toContain(world.sandbox.apiKey);
  await world.control("DELETE", "/journal");
  expect((await world.control("GET", "/journal")).body.entries).toEqual([]);
});

test("a switch of a wrong name or value is refused and changes nothing", async () => {
  await using world = await openSandbox();
  const before = structuredClone(world.sandbox.switches);
  for (const change of [{ payload: "new" }, { unknown: 1 }, { queue: { d1_ms: -1 } }]) {
    expect((await world.control("PATCH", "/switches", change)).status).toBe(400);
  }
  expect(world.sandbox.switches).toEqual(before);
  await world.control("PATCH", "/switches", { queue: { d1_ms: 0 } });
  expect(world.sandbox.switches.queue).toEqual({ ...before.queue, d1_ms: 0 });
});

test("history and load are added to a ledger that has some", async () => {
  await using world = await openSandbox({ seed: "demo", scale: 10 });
  const before = world.ledger.transactions.all().length;
  expect((await world.control("POST", "/seed", { demo_days: 3, scale: 5 })).status).toBe(200);
  expect(world.ledger.transactions.all().length).toBeGreaterThan(before + 40);
  expect((await world.control("POST", "/seed", { demo_days: 0 })).status).toBe(400);
});

test("two sandboxes in one process share nothing", async () => {
  await using one = await openSandbox();
  await using two = await openSandbox();
  await one.target.post("/proxy/transactions", payment());
  expect(two.ledger.transactions.all()).toEqual([]);
  expect((await two.target.send("GET", "/data/ledgers", undefined, { key: one.sandbox.apiKey })).status).toBe(
    401,
  );
});

test.each(["api", "control", "dashboard"] as const)(
  "the %s refuses a foreign Host, a foreign Origin and forms",
  async (server) => {
    await using world = await openSandbox();
    const origin = world.sandbox[server];
    const path =
      server === "control" ? "/__sandbox/faults" : server === "api" ? "/proxy/ledgers" : "/api/apps";
    const host = new URL(origin).host;
    const json = { "content-type": "application/json" };
    expect(await statusOf(`${origin}${path}`, { ...json, host: "rebound.example" })).toBe(403);
    expect(await statusOf(`${origin}${path}`, { ...json, host: "127.0.0.1.rebound.example" })).toBe(403);
    expect(await statusOf(`${origin}${path}`, { ...json, origin: "https://page.example" })).toBe(403);
    expect(await statusOf(`${origin}${path}`, { ...json, origin: "null" })).toBe(403);
    expect(await statusOf(`${origin}${path}`, { host, "content-type": "text/plain" })).toBe(415);
    expect([403, 415]).not.toContain(await statusOf(`${origin}${path}`, { ...json, host, origin }));
  },
);

test("the state tells of imbalances", async () => {
  await using world = await openSandbox();
  await world.target.post("/proxy/transactions", payment());
  const imbalances = async () =>
    listOf((await world.control("GET", "/state")).body.instances).map(
      (instance) => objectOf(instance).imbalances,
    );
  expect(await imbalances()).toEqual([[], []]);
  world.ledger.balances.all()[0]!.credit += 5n;
  expect(await imbalances()).toEqual([["USD balances add up to 5"], []]);
});

function statusOf(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end("{}");
  });
}

test("an instance's answers tell the time by its ledger's clock", async () => {
  await using world = await openSandbox();
  const [moved, other] = world.sandbox.workspace.instances;
  const aheadMs = async (instanceId: string) => {
    const answer = await fetch(`${world.sandbox.api}/data/ledgers?instance_id=${instanceId}`);
    return Date.parse(answer.headers.get("date")!) - Date.now();
  };
  await world.control("POST", "/clock", { advance_ms: 3_600_000, instance_id: moved!.id });
  expect(Math.abs((await aheadMs(moved!.id)) - 3_600_000)).toBeLessThan(60_000);
  expect(Math.abs(await aheadMs(other!.id))).toBeLessThan(60_000);
});
