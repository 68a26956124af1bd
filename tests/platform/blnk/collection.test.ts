import type { CloudRequestSeen } from "#tests/support/cloud-server.ts";
import { answerJson, answerText, cloudFor } from "#tests/support/cloud-server.ts";
import { describe, expect, test } from "vitest";

const NOW = Date.UTC(2026, 10, 2);

function ledgers(from: number, to: number) {
  return Array.from({ length: Math.max(to - from, 0) }, (_, at) => ({
    ledger_id: `ldg_${from + at}`,
    name: "x",
  }));
}

/** Serves `count` ledgers by page, `pageSize` of them whatever was asked for. */
function pagesOf(
  count: number,
  pageSize: number,
  total: (page: number) => object = () => ({ total: count }),
) {
  return (request: CloudRequestSeen) => {
    const page = Number(request.query.get("page"));
    const rows = ledgers((page - 1) * pageSize, Math.min(page * pageSize, count));
    return { data: rows, ...total(page) };
  };
}

async function scanWith(answer: (request: CloudRequestSeen) => object) {
  const { client, requests } = await cloudFor((request, response) => answerJson(response, answer(request)));
  const ids: string[] = [];
  for await (const rows of client.ledgers.scan({ createdUntil: NOW }))
    ids.push(...rows.map((row) => row.ledger_id));
  return { ids, requests };
}

const idsTo = (count: number) => ledgers(0, count).map(({ ledger_id }) => ledger_id);

describe("scan", () => {
  test("every row comes once, in as few requests as there are pages", async () => {
    const { ids, requests } = await scanWith(pagesOf(250, 100));
    expect(ids).toEqual(idsTo(250));
    expect(requests).toHaveLength(3);
  });

  test("every request has the same upper bound", async () => {
    const { requests } = await scanWith(pagesOf(250, 100));
    expect(new Set(requests.map(({ query }) => query.get("created_at_lte")))).toEqual(
      new Set(["2026-11-02T00:00:00.000Z"]),
    );
  });

  test("a server that sends fewer rows than asked for is read to its end", async () => {
    const { ids, requests } = await scanWith(pagesOf(50, 7));
    expect(ids).toEqual(idsTo(50));
    expect(requests).toHaveLength(8);
  });

  test("an estimated total does not end the scan", async () => {
    const { ids } = await scanWith(pagesOf(50, 20, () => ({ total: 20, total_is_estimate: true })));
    expect(ids).toEqual(idsTo(50));
    // Were the same total exact, it would: the check bites.
    expect((await scanWith(pagesOf(50, 20, () => ({ total: 20 })))).ids).toEqual(idsTo(20));
  });

  test("a total that is missing, or below what is on the page, does not end the scan", async () => {
    expect((await scanWith(pagesOf(50, 20, () => ({})))).ids).toEqual(idsTo(50));
    expect((await scanWith(pagesOf(50, 20, () => ({ total: 0 })))).ids).toEqual(idsTo(50));
  });

  test("rows that repeat because the table grew come once", async () => {
    const { ids } = await scanWith((request) => {
      const start = Math.max((Number(request.query.get("page")) - 1) * 19, 0);
      return { data: ledgers(start, Math.min(start + 20, 50)) };
    });
    expect(ids).toEqual(idsTo(50));
  });

  test("a server that ignores the page is noticed", async () => {
    const { client, requests } = await cloudFor((_request, response) =>
      answerJson(response, { data: ledgers(0, 20), total: 50 }),
    );
    const drain = async () => {
      for await (const rows of client.ledgers.scan({ createdUntil: NOW })) expect(rows).toHaveLength(20);
    };
    await expect(drain()).rejects.toMatchObject({ code: "malformed", reason: "paging" });
    expect(requests.length).toBeLessThan(8);
  });

  test("a page that fails ends the scan with its error", async () => {
    const { client } = await cloudFor((request, response) => {
      if (request.query.get("page") === "2") answerJson(response, {}, 403);
      else answerJson(response, pagesOf(500, 100)(request));
    });
    const rows = client.ledgers.scan({ createdUntil: NOW });
    await expect(rows.next()).resolves.toMatchObject({ done: false });
    await expect(rows.next()).rejects.toMatchObject({ code: "forbidden" });
  });

  describe("over rows that are hard to read", () => {
    /** A thousand ledgers; of some every answer that has them is too large, or no JSON. */
    async function scanOver(spoils: Readonly<Record<number, "large" | "garbage">>, { told = true } = {}) {
      const { client, requests } = await cloudFor(
        (request, response) => {
          const size = Number(request.query.get("pageSize"));
          const from = (Number(request.query.get("page")) - 1) * size;
          const rows = ledgers(from, Math.min(from + size, 1_000));
          const spoil = rows.map((_, at) => spoils[from + at]).find((each) => each !== undefined);
          if (spoil === "garbage") answerText(response, "<html>", 200);
          else if (spoil === "large") answerJson(response, { data: rows, more: "x".repeat(200_000) });
          else answerJson(response, { data: rows, total: 1_000 });
        },
        { maxResponseBytes: 100_000 },
      );
      const ids: string[] = [];
      const unread: (string | undefined)[] = [];
      const scan = client.ledgers.scan({
        createdUntil: NOW,
        ...(told && { onUnreadable: (before) => unread.push(before?.ledger_id) }),
      });
      for await (const rows of scan) ids.push(...rows.map(({ ledger_id }) => ledger_id));
      return { ids, unread, requests };
    }
    const without = (...lost: number[]) => idsTo(1_000).filter((_, at) => !lost.includes(at));

    test("one of any place is left out and told of, and all others come once", async () => {
      for (const spoil of ["large", "garbage"] as const)
        for (const at of [0, 57, 99, 100, 999]) {
          const { ids, unread, requests } = await scanOver({ [at]: spoil });
          expect([ids, unread.length]).toEqual([without(at), 1]);
          expect(requests.length).toBeLessThanOrEqual(10 + 20 + 1);
        }
    });

    test("a page full of them is passed", async () => {
      const all = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [200 + at, "large"] as const));
      const { ids, unread } = await scanOver(all);
      expect([ids, unread.length]).toEqual([
        [...idsTo(200), ...ledgers(300, 1_000).map(({ ledger_id }) => ledger_id)],
        100,
      ]);
    });

    test("one is an error where nobody is told, and so are answers of which none can be read", async () => {
      await expect(scanOver({ 57: "large" }, { told: false })).rejects.toMatchObject({ code: "malformed" });
      const all = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [at, "garbage"] as const));
      await expect(scanOver(all)).rejects.toMatchObject({ code: "malformed" });
    });
  });

  test("pages are asked for four at a time", async () => {
    let now = 0;
    let most = 0;
    const { client } = await cloudFor((request, response) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
        answerJson(response, pagesOf(1_000, 100)(request));
      }, 20);
    });
    let rows = 0;
    for await (const page of client.ledgers.scan({ createdUntil: NOW })) rows += page.length;
    expect(rows).toBe(1_000);
    expect(most).toBe(4);
  });
});

describe("list", () => {
  test("plain filters go to the Data API", async () => {
    const { client, requests } = await cloudFor((_request, response) =>
      answerJson(response, { data: [], total: 0 }),
    );
    await client.balances.list({
      filters: [{ field: "currency", operator: "eq", value: "USD" }],
      page: 2,
      pageSize: 50,
    });
    expect(requests[0]).toMatchObject({ method: "GET", path: "/data/balances", body: "" });
    expect(Object.fromEntries(requests[0]!.query)).toEqual({
      currency_eq: "USD",
      page: "2",
      pageSize: "50",
      instance_id: "inst_1",
    });
  });

  test("what a query cannot say goes to the Filters API, whose ledgers are singular", async () => {
    const { client, requests } = await cloudFor((_request, response) =>
      answerJson(response, { data: [], total: 0 }),
    );
    await client.ledgers.list({ filters: [{ field: "meta_data.risk", operator: "exists" }], pageSize: 50 });
    expect(requests[0]).toMatchObject({
      method: "POST",
      path: "/ledger/filter",
      body: '{"filters":[{"field":"meta_data.risk","operator":"exists"}]}',
    });
    expect(requests[0]?.query.get("pageSize")).toBe("50");
  });

  test("an exact total of transactions is asked for with strict_total", async () => {
    const { client, requests } = await cloudFor((_request, response) =>
      answerJson(response, {
        data: [],
        total: 12,
        total_is_estimate: false,
        total_source: "exact",
        stats: {},
      }),
    );
    expect(await client.transactions.list({ exactTotal: true })).toEqual({ rows: [], total: 12 });
    expect(requests[0]).toMatchObject({
      method: "POST",
      path: "/transactions/filter",
      body: '{"filters":[]}',
    });
    expect(requests[0]?.query.get("strict_total")).toBe("true");
  });

  test("an estimated total is no total", async () => {
    const { client } = await cloudFor((_request, response) =>
      answerJson(response, { data: [], total: 12, total_source: "estimate" }),
    );
    expect((await client.transactions.list()).total).toBeUndefined();
  });

  test.each(['{"data":null,"total":0}', '{"data":[],"total":"0"}', "[]"])(
    "%s is an empty list",
    async (body) => {
      const { client } = await cloudFor((_request, response) => answerText(response, body));
      expect((await client.balances.list()).rows).toEqual([]);
    },
  );

  test.each(["null", "{}", '{"data":{}}', '"x"', '{"data":[1]}', '{"data":[{"balance_id":""}]}'])(
    "%s is no list of balances",
    async (body) => {
      const { client } = await cloudFor((_request, response) => answerText(response, body));
      await expect(client.balances.list()).rejects.toMatchObject({ code: "malformed" });
    },
  );
});

describe("get", () => {
  test.each(['{"ledger_id":"ldg_1","name":"x"}', '{"data":{"ledger_id":"ldg_1","name":"x"}}'])(
    "%s is a record",
    async (body) => {
      const { client } = await cloudFor((_request, response) => answerText(response, body));
      expect(await client.ledgers.get("ldg_1")).toMatchObject({ ledger_id: "ldg_1", name: "x" });
    },
  );

  test.each(["", "null", "{}", '{"data":null}', '{"data":{}}', '{"data":[]}'])(
    "%j is no record",
    async (body) => {
      const { client } = await cloudFor((_request, response) => answerText(response, body));
      await expect(client.ledgers.get("ldg_1")).rejects.toMatchObject({ code: "not_found" });
    },
  );
});
