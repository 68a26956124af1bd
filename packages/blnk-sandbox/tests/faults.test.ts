import { expect, test } from "vitest";
import { openSandbox, payment } from "./sandbox-client.ts";

const list = (world: Awaited<ReturnType<typeof openSandbox>>, signal?: AbortSignal) =>
  fetch(`${world.sandbox.api}/data/ledgers?instance_id=${world.sandbox.instanceId}`, {
    headers: { authorization: `Bearer ${world.sandbox.apiKey}` },
    redirect: "manual",
    ...(signal !== undefined && { signal }),
  });

test("a fault strikes as often as it says, and only where it says", async () => {
  await using world = await openSandbox();
  await world.control("POST", "/faults", { kind: "status", status: 503, path: "/data/ledgers", times: 2 });
  expect((await world.target.get("/data/balances")).status).toBe(200);
  const statuses = [await list(world), await list(world), await list(world)].map(({ status }) => status);
  expect(statuses).toEqual([503, 503, 200]);
  expect((await world.control("GET", "/faults")).body.faults).toEqual([]);
});

test.each(["reset", "reset_mid_body"])("%s breaks the connection", async (kind) => {
  await using world = await openSandbox();
  await world.control("POST", "/faults", { kind, times: 1 });
  await expect(list(world).then((response) => response.text())).rejects.toThrow();
});

test("a hanging answer never comes", async () => {
  await using world = await openSandbox();
  await world.control("POST", "/faults", { kind: "hang" });
  await expect(list(world, AbortSignal.timeout(200))).rejects.toThrow(/timeout/);
});

test.each(["truncated", "deep", "garbage", "html"])("%s is no JSON that a client could use", async (kind) => {
  await using world = await openSandbox();
  await world.control("POST", "/faults", { kind });
  const text = await (await list(world)).text();
  expect(() => {
    const parsed: unknown = JSON.parse(text);
    if (kind === "deep") JSON.stringify(parsed);
  }).toThrow();
});

test("a rate limit carries the header it was given", async () => {
  await using world = await openSandbox();
  await world.control("POST", "/faults", { kind: "rate_limited", retry_after: "7" });
  const response = await list(world);
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
});

test("status takes headers, so that redirects and Core's own 401 can be sent", async () => {
  await using world = await openSandbox();
  const location = "http://127.0.0.1:1/elsewhere";
  await world.control("POST", "/faults", { kind: "status", status: 302, headers: { location }, times: 1 });
  expect((await list(world)).headers.get("location")).toBe(location);
  const body = { error_detail: { code: "AUTH_INVALID_API_KEY" } };
  await world.control("POST", "/faults", { kind: "status", status: 401, body });
  expect(await (await list(world)).json()).toEqual(body);
});

test("huge stops at its size and bombs unpack", async () => {
  await using world = await openSandbox();
  await world.control("POST", "/faults", { kind: "huge", bytes: 1_000_000, times: 1 });
  expect((await (await list(world)).text()).length).toBeGreaterThanOrEqual(1_000_000);
  await world.control("POST", "/faults", { kind: "gzip_bomb", bytes: 1_000_000, times: 1 });
  expect((await (await list(world)).text()).length).toBe(1_000_000);
});

test("a lost answer has done its work", async () => {
  await using world = await openSandbox();
  await world.control("POST", "/faults", { kind: "reset", method: "POST", after_work: true, times: 1 });
  const sent = payment();
  await expect(world.target.post("/proxy/transactions", sent)).rejects.toThrow();
  expect(
    (await world.target.get(`/data/transactions?reference_eq=${String(sent.reference)}`)).body.total,
  ).toBe(1);
  await world.control("POST", "/faults", { kind: "reset", method: "POST", times: 1 });
  await expect(world.target.post("/proxy/transactions", payment({ reference: "never" }))).rejects.toThrow();
  expect((await world.target.get("/data/transactions?reference_eq=never")).body.total).toBe(0);
});

test("a delay passes before the usual answer, and a drip brings it byte by byte", async () => {
  await using world = await openSandbox();
  await world.control("POST", "/faults", { kind: "delay", ms: 150, times: 1 });
  const start = performance.now();
  expect((await list(world)).status).toBe(200);
  expect(performance.now() - start).toBeGreaterThanOrEqual(145);
  await world.control("POST", "/faults", { kind: "drip", ms: 0, times: 1 });
  expect(await (await list(world)).json()).toMatchObject({ total: 1 });
});
