import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listOf } from "../conformance/body.ts";
import { openSandbox, payment } from "./sandbox-client.ts";

let world: Awaited<ReturnType<typeof openSandbox>>;

beforeAll(async () => {
  world = await openSandbox({ seed: "demo" });
});
afterAll(() => world[Symbol.asyncDispose]());

const list = async (path: string) => {
  const { status, body } = await world.target.get(path);
  expect(status).toBe(200);
  return { rows: listOf(body.data), total: Number(body.total) };
};

describe("lists", () => {
  test("pages hold each row once, the newest first", async () => {
    const seen: string[] = [];
    const times: string[] = [];
    for (let page = 1; ; page += 1) {
      const { rows } = await list(`/data/transactions?pageSize=100&page=${page}`);
      if (rows.length === 0) break;
      seen.push(...rows.map((row) => String(row.transaction_id)));
      times.push(...rows.map((row) => String(row.created_at)));
    }
    expect(new Set(seen).size).toBe(world.ledger.transactions.all().length);
    expect(seen.length).toBe(new Set(seen).size);
    expect(times).toEqual(times.toSorted((left, right) => (left < right ? 1 : -1)));
  });

  test("default sizes are 30 ledgers and 20 of everything else, 100 at most", async () => {
    expect((await list("/data/transactions")).rows.length).toBe(20);
    expect((await list("/data/transactions?pageSize=5000")).rows.length).toBe(100);
    expect((await list("/data/balances?page=999")).rows).toEqual([]);
  });

  test.each([
    ["status_eq=REJECTED", (row: Record<string, unknown>) => row.status === "REJECTED"],
    ["status_in=REJECTED,%20VOID", (row) => row.status === "REJECTED" || row.status === "VOID"],
    ["status_ne=QUEUED", (row) => row.status !== "QUEUED"],
    ["amount_gte=1000", (row) => Number(row.amount) >= 1000],
    ["amount_between=10%7C20", (row) => Number(row.amount) >= 10 && Number(row.amount) <= 20],
    ["description_ilike=payment%25", (row) => String(row.description).startsWith("Payment")],
    ["currency_like=_S_", (row) => row.currency === "USD"],
    [
      "meta_data.channel_eq=card",
      (row) => world.ledger.transactions.get(String(row.transaction_id))?.meta_data.channel === "card",
    ],
    [
      "meta_data.inflight_eq=true",
      (row) => world.ledger.transactions.get(String(row.transaction_id))?.meta_data.inflight === true,
    ],
  ] as [string, (row: Record<string, unknown>) => boolean][])(
    "%s selects exactly what fulfils it",
    async (filter, isSelected) => {
      const { rows, total } = await list(`/data/transactions?pageSize=100&${filter}`);
      const everything = world.ledger.transactions.all().map((row) => ({
        ...row,
        amount: Number(row.precise_amount) / Number(row.precision),
      }));
      expect(total).toBe(everything.filter(isSelected).length);
      expect(total).toBeGreaterThan(0);
      expect(total).toBeLessThan(everything.length);
      expect(rows.every(isSelected)).toBe(true);
    },
  );

  test("a day is equal to all its moments, and a range to midnight leaves its last day out", async () => {
    const day = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);
    const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
    const whole = await list(`/data/transactions?created_at_eq=${day}`);
    const bounded = await list(`/data/transactions?created_at_between=${day}%7C${next}`);
    expect(whole.total).toBeGreaterThan(0);
    expect(bounded.total).toBe(whole.total);
    expect((await list(`/data/transactions?created_at_between=${day}%7C${day}`)).total).toBe(0);
  });

  test("ne skips rows that have no value", async () => {
    const all = world.ledger.balances.all();
    const owned = all.filter((balance) => balance.identity_id !== "");
    const { total } = await list("/data/balances?identity_id_ne=idt_nobody");
    expect(total).toBe(owned.length);
    expect(total).toBeLessThan(all.length);
    expect((await list("/data/balances?identity_id_isnull=1")).total).toBe(all.length - owned.length);
  });

  test("balance filters compare minor units", async () => {
    const { total } = await list("/data/balances?balance_lt=0");
    expect(total).toBe(world.ledger.balances.all().filter(({ credit, debit }) => credit < debit).length);
  });

  test("a parameter with no known operator filters nothing, an unknown field is an error", async () => {
    const everything = (await list("/data/balances")).total;
    expect((await list("/data/balances?currency=USD&currency_is=USD")).total).toBe(everything);
    expect((await world.target.get("/data/balances?hash_eq=x")).status).toBe(400);
    expect((await world.target.get("/data/balances?balance_eq=much")).status).toBe(400);
    const many = Array.from({ length: 21 }, () => "currency_eq=USD").join("&");
    expect((await world.target.get(`/data/balances?${many}`)).status).toBe(400);
  });

  test("a row written between two pages does not hide behind a cached answer", async () => {
    const before = await list("/data/transactions?currency_eq=USD");
    expect((await world.target.post("/proxy/transactions", payment())).status).toBe(201);
    expect((await list("/data/transactions?currency_eq=USD")).total).toBe(before.total + 1);
  });
});

describe("the Filters API", () => {
  test("takes values with commas and tests for null and existence", async () => {
    const reference = `a,b ${crypto.randomUUID()}`;
    await world.target.post("/proxy/transactions", payment({ reference, meta_data: { own: { tag: 1 } } }));
    const find = async (filters: object[]) =>
      (await world.target.post("/transactions/filter", { filters })).body.total;
    expect(await find([{ field: "reference", operator: "in", values: [reference, "x"] }])).toBe(1);
    expect(await find([{ field: "meta_data.own.tag", operator: "exists" }])).toBe(1);
    expect(await find([{ field: "meta_data.own.tag", operator: "eq", value: 1 }])).toBe(1);
    expect(await find([{ field: "meta_data.own.tag", operator: "gt", value: 1 }])).toBe(0);
    const balances = await world.target.post("/balances/filter", {
      filters: [{ field: "indicator", operator: "isnotnull" }],
    });
    expect(balances.body.stats).toEqual({});
    expect(listOf(balances.body.data).every((row) => String(row.indicator).startsWith("@"))).toBe(true);
  });
});

describe("what the documents leave open", () => {
  test("each switch changes the answer", async () => {
    await using other = await openSandbox({ seed: "demo" });
    const { switches } = other.sandbox;
    const [balance] = other.ledger.balances.all();
    const path = `/data/balances/${balance!.balance_id}`;
    switches.detail_envelope = "data";
    switches.data_numbers = "string";
    expect((await other.target.get(path)).body.data).toMatchObject({
      balance: String(balance!.credit - balance!.debit),
    });
    switches.unknown_record = "200_null";
    expect(await other.target.get("/data/balances/bln_none")).toEqual({ status: 200, body: {} });
    switches.page_size = "ignored";
    expect(listOf((await other.target.get("/data/transactions?pageSize=3")).body.data).length).toBe(20);
    switches.transaction_totals = "estimate";
    const estimate = await other.target.post("/transactions/filter", { filters: [] });
    expect(estimate.body.total_is_estimate).toBe(true);
    expect(estimate.body.total).not.toBe(other.ledger.transactions.all().length);
    const strict = await other.target.post("/transactions/filter?strict_total=true", { filters: [] });
    expect(strict.body.total).toBe(other.ledger.transactions.all().length);
    switches.alerts_instance_id = "required";
    expect((await other.target.send("GET", "/alerts", undefined, { instanceId: "" })).status).toBe(400);
    switches.alerts_path = "/cloud/alerts";
    expect((await other.target.get("/alerts")).status).toBe(404);
    expect((await other.target.get("/cloud/alerts/statuses")).status).toBe(200);
    switches.proxy_scopes = "proxy";
    expect((await other.target.post("/proxy/ledgers", { name: "No" })).status).toBe(403);
  });
});
