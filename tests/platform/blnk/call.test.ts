import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import { DomainError } from "#app/platform/errors.ts";
import { type Scope, SCOPES } from "#app/platform/permissions/scopes.ts";
import {
  answerJson,
  answerText,
  cloudCredentials,
  cloudFor,
  type CloudHandler,
  routes,
  startCloudServer,
  TEST_KEY,
  testCloud,
} from "#tests/support/cloud-server.ts";
import { describe, expect, test, vi } from "vitest";

const EMPTY: CloudHandler = (_request, response) => answerJson(response, { data: [], total: 0 });
const HANG: CloudHandler = () => undefined;

/** Fails with each status in turn, then answers an empty list. */
function failing(...statuses: number[]): CloudHandler {
  return (request, response) => {
    const status = statuses.shift();
    if (status === undefined) EMPTY(request, response);
    else answerJson(response, { error: "no" }, status);
  };
}

async function errorOf(work: Promise<unknown>): Promise<CloudError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CloudError) return error;
    throw error;
  }
  throw new Error("It did not fail");
}

describe("who asks", () => {
  test("every call carries the install's own key and instance_id", async () => {
    const { client, requests } = await cloudFor(EMPTY);
    await client.balances.list();
    await client.alerts.list();
    await client.transactions.list({ filters: [{ field: "source", operator: "isnull" }] });
    expect(requests.length).toBeGreaterThanOrEqual(3);
    for (const request of requests) {
      expect(request.query.getAll("instance_id")).toEqual(["inst_1"]);
      expect(request.headers.authorization).toBe(`Bearer ${TEST_KEY}`);
    }
  });

  test("the key is opened again for every request, retries included", async () => {
    const openKey = vi.fn(async () => TEST_KEY);
    const { client, requests } = await cloudFor(failing(503, 503), {}, { openKey });
    await client.ledgers.list();
    expect(requests).toHaveLength(3);
    expect(openKey).toHaveBeenCalledTimes(3);
  });

  test.each([
    ["after an outage, a refusal says nothing of the first try", [503, 400], true],
    ["after an outage, a lock says nothing of the first try", [500, 423, 423, 423], true],
    ["where every try was refused, nothing can be done", [429, 423, 400], false],
  ] as const)("%s", async (_what, statuses, mayBeDone) => {
    const { client } = await cloudFor(failing(...statuses));
    const error = await errorOf(
      client.transactions.create({
        precise_amount: 1n,
        precision: 100n,
        currency: "USD",
        source: "bln_a",
        destination: "bln_b",
        reference: "ours",
        description: "x",
      }),
    );
    expect(error.mayBeDone).toBe(mayBeDone);
  });

  test("an install that stopped between two tries sends nothing more", async () => {
    const openKey = vi
      .fn<() => Promise<string>>()
      .mockResolvedValueOnce(TEST_KEY)
      .mockRejectedValue(new DomainError("session_ended", "ended"));
    const { client, requests } = await cloudFor(failing(503, 503), {}, { openKey });
    await expect(client.ledgers.list()).rejects.toMatchObject({ code: "session_ended" });
    expect(requests).toHaveLength(1);
  });

  test.each<[Scope, (client: Awaited<ReturnType<typeof cloudFor>>["client"]) => Promise<unknown>]>([
    ["data:read", (client) => client.balances.list()],
    ["data:read", (client) => client.balances.at("bln_1", 0)],
    ["data:write", (client) => client.ledgers.create({ name: "x" })],
    ["alerts:read", (client) => client.alerts.list()],
    ["alerts:write", (client) => client.alerts.flag("bln_1", { description: "x" })],
  ])("a call without %s is refused before the key is opened", async (scope, use) => {
    const openKey = vi.fn(async () => TEST_KEY);
    const grantedPermissions = SCOPES.filter((granted) => granted !== scope);
    const { client, requests } = await cloudFor(EMPTY, {}, { openKey, grantedPermissions });
    expect(await errorOf(use(client))).toMatchObject({ code: "missing_scope", scope });
    expect(openKey).not.toHaveBeenCalled();
    expect(requests).toHaveLength(0);
  });

  test.each(["..", ".", "a/b", "a%2fb", "a\\b", "", "a b", "a\n", "\ud800"])(
    "the id %j reaches no route",
    async (id) => {
      const { client, requests } = await cloudFor(EMPTY);
      expect(await errorOf(client.balances.get(id))).toMatchObject({ code: "invalid" });
      expect(requests).toHaveLength(0);
    },
  );

  test("a Cloud below a path is asked below it", async () => {
    const answers = routes({ "GET /base/data/ledgers": () => ({ data: [], total: 0 }) });
    const { url, requests } = await startCloudServer(answers);
    await testCloud(`${url}/base`).client(cloudCredentials()).proveKey();
    expect(requests.map(({ path }) => path)).toEqual(["/base/data/ledgers"]);
  });

  test("an id with marks of a URL stays one path segment", async () => {
    const { client, requests } = await cloudFor((_request, response) =>
      answerJson(response, { balance_id: "x" }),
    );
    await client.balances.get("a?instance_id=inst_2#b");
    expect(requests[0]?.path).toBe("/data/balances/a%3Finstance_id%3Dinst_2%23b");
    expect(requests[0]?.query.getAll("instance_id")).toEqual(["inst_1"]);
  });
});

describe("proveKey", () => {
  test("the cheapest read of data is sent once", async () => {
    const { client, requests } = await cloudFor(EMPTY);
    await client.proveKey();
    expect(requests.map(({ path }) => path)).toEqual(["/data/ledgers"]);
    expect(requests[0]?.query.get("pageSize")).toBe("1");
  });

  test("a refused key is told apart from Core's own credential", async () => {
    const refused = await cloudFor(failing(401));
    expect(await errorOf(refused.client.proveKey())).toMatchObject({ code: "unauthorised", status: 401 });

    const { client, requests } = await cloudFor((_request, response) =>
      answerJson(response, { error: "x", error_detail: { code: "AUTH_INVALID_API_KEY", message: "x" } }, 401),
    );
    expect(await errorOf(client.ledgers.list())).toMatchObject({
      code: "unavailable",
      status: 401,
      coreCode: "AUTH_INVALID_API_KEY",
    });
    expect(requests).toHaveLength(1);
  });
});

describe("errors", () => {
  test.each([
    [400, "invalid"],
    [401, "unauthorised"],
    [403, "forbidden"],
    [404, "not_found"],
    [409, "conflict"],
    [413, "invalid"],
    [422, "invalid"],
    [423, "locked"],
    [429, "rate_limited"],
    [500, "unavailable"],
    [503, "unavailable"],
    [302, "malformed"],
  ])("status %i is %s", async (status, code) => {
    const { client } = await cloudFor((_request, response) => answerJson(response, {}, status));
    expect(await errorOf(client.ledgers.create({ name: "x" }))).toMatchObject({ code, status });
  });

  test("Core's code is kept and its words are not", async () => {
    const { client } = await cloudFor((_request, response) =>
      answerJson(
        response,
        { error: "SECRET", error_detail: { code: "LGR_DUPLICATE", message: "SECRET" } },
        409,
      ),
    );
    const error = await errorOf(client.ledgers.create({ name: "x" }));
    expect(error.coreCode).toBe("LGR_DUPLICATE");
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain("SECRET");
  });

  test("a code that is not Core's kind of code is dropped", async () => {
    const { client } = await cloudFor((_request, response) =>
      answerJson(response, { error_detail: { code: "<script>" } }, 400),
    );
    expect((await errorOf(client.ledgers.create({ name: "x" }))).coreCode).toBeUndefined();
  });

  test("neither errors nor logs hold the key, an id or what was sent", async () => {
    const warn = vi.fn();
    const { url } = await startCloudServer((request, response) =>
      answerText(response, String(request.headers.authorization), 503),
    );
    const cloud = testCloud(url, { log: { warn } });
    const client = cloud.client(cloudCredentials());
    const error = await errorOf(client.balances.get("bln_private"));
    expect(warn).toHaveBeenCalledTimes(3);
    expect(warn.mock.calls[0]?.[0]).toMatchObject({ route: "/data/balances/:id", status: 503, attempt: 1 });
    for (const text of [JSON.stringify(warn.mock.calls), error.stack, JSON.stringify(error)]) {
      expect(text).not.toContain(TEST_KEY);
      expect(text).not.toContain("bln_private");
    }
  });

  test("a key that no header can carry is refused and not shown", async () => {
    const { client } = await cloudFor(EMPTY, {}, { openKey: async () => "bad\r\nkey" });
    const error = await errorOf(client.ledgers.list());
    expect(error.code).toBe("invalid");
    expect(error.stack).not.toContain("bad");
  });
});

describe("retries", () => {
  test("a read is tried again after an outage, four times at most", async () => {
    const ok = await cloudFor(failing(503, 429, 423));
    await expect(ok.client.ledgers.list()).resolves.toEqual({ rows: [], total: 0 });
    expect(ok.requests).toHaveLength(4);

    const down = await cloudFor(failing(503, 503, 503, 503, 503, 503));
    expect(await errorOf(down.client.ledgers.list())).toMatchObject({ code: "unavailable", status: 503 });
    expect(down.requests).toHaveLength(4);
  });

  test("a write without a fixed reference is sent once", async () => {
    const { client, requests } = await cloudFor(failing(503, 503));
    expect(await errorOf(client.alerts.flag("bln_1", { description: "x" }))).toMatchObject({
      code: "unavailable",
    });
    expect(requests).toHaveLength(1);
  });

  test("what cannot get better is not tried again", async () => {
    const { client, requests } = await cloudFor(failing(403, 403));
    expect(await errorOf(client.ledgers.list())).toMatchObject({ code: "forbidden" });
    expect(requests).toHaveLength(1);
  });

  test("Retry-After is waited for", async () => {
    let asked = 0;
    const { client, requests } = await cloudFor((request, response) => {
      asked += 1;
      if (asked > 1) return EMPTY(request, response);
      response.writeHead(429, { "retry-after": "1" }).end();
    });
    const start = performance.now();
    await client.ledgers.list();
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
    expect(requests).toHaveLength(2);
  });

  test("Retry-After beyond the budget ends the call at once", async () => {
    const { url, requests } = await startCloudServer((_request, response) => {
      response.writeHead(429, { "retry-after": "3600" }).end();
    });
    const client = testCloud(url).client(cloudCredentials(), { budgetMs: 8_000 });
    const start = performance.now();
    expect(await errorOf(client.ledgers.list())).toMatchObject({
      code: "rate_limited",
      retryAfterMs: 3_600_000,
    });
    expect(performance.now() - start).toBeLessThan(4_000);
    expect(requests).toHaveLength(1);
  });
});

describe("time", () => {
  test("the budget is shared by all calls of a client", async () => {
    const { url, requests } = await startCloudServer(HANG);
    const client = testCloud(url).client(cloudCredentials(), { budgetMs: 300 });
    expect(await errorOf(client.ledgers.list())).toMatchObject({ code: "timeout" });
    expect(await errorOf(client.ledgers.list())).toMatchObject({ code: "timeout" });
    expect(requests).toHaveLength(1);
  });

  test("a client without a budget has a time for each call", async () => {
    const { client, requests } = await cloudFor(HANG, { callMs: 200 });
    expect(await errorOf(client.ledgers.list())).toMatchObject({ code: "timeout" });
    expect(await errorOf(client.ledgers.list())).toMatchObject({ code: "timeout" });
    expect(requests).toHaveLength(2);
  });

  test("waiting for one's turn counts too", async () => {
    const { url, requests } = await startCloudServer(HANG);
    const cloud = testCloud(url, { installConcurrency: 1 });
    const slow = errorOf(cloud.client(cloudCredentials(), { budgetMs: 2_000 }).ledgers.list());
    const start = performance.now();
    const queued = cloud.client(cloudCredentials(), { budgetMs: 200 }).ledgers.list();
    expect(await errorOf(queued)).toMatchObject({ code: "timeout" });
    expect(performance.now() - start).toBeLessThan(1_500);
    expect(await slow).toMatchObject({ code: "timeout" });
    expect(requests).toHaveLength(1);
  });

  test("a call is cancelled when the request that asked goes away", async () => {
    const { url, requests } = await startCloudServer(HANG);
    const gone = new AbortController();
    const client = testCloud(url).client(cloudCredentials(), { signal: gone.signal });
    const call = errorOf(client.ledgers.list());
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    gone.abort();
    expect(await call).toMatchObject({ code: "cancelled" });
    expect(await errorOf(client.ledgers.list())).toMatchObject({ code: "cancelled" });
    expect(requests).toHaveLength(1);
  });

  test("a cancelled call does not sit out the pause before a retry", async () => {
    const { url, requests } = await startCloudServer((_request, response) => {
      response.writeHead(503, { "retry-after": "5" }).end();
    });
    const gone = new AbortController();
    const client = testCloud(url).client(cloudCredentials(), { signal: gone.signal });
    const start = performance.now();
    const call = errorOf(client.ledgers.list());
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    gone.abort();
    expect(await call).toMatchObject({ code: "cancelled" });
    expect(performance.now() - start).toBeLessThan(4_000);
  });

  test("uninstalling ends the calls under way of that install only", async () => {
    const { url, requests } = await startCloudServer((request, response) => {
      if (request.query.get("instance_id") === "inst_2") setTimeout(() => EMPTY(request, response), 300);
    });
    const cloud = testCloud(url);
    const stopped = errorOf(cloud.client(cloudCredentials()).ledgers.list());
    const other = cloud
      .client(cloudCredentials({ installedAppId: "instapp_2", instanceId: "inst_2" }))
      .ledgers.list();
    await vi.waitFor(() => expect(requests).toHaveLength(2));
    cloud.stop("instapp_1");
    expect(await stopped).toMatchObject({ code: "stopped" });
    await expect(other).resolves.toEqual({ rows: [], total: 0 });
  });
});

test("a finished call leaves nothing tied to the client's signal", async () => {
  const { url } = await startCloudServer((request, response) => {
    if (request.path === "/data/ledgers") EMPTY(request, response);
    else answerJson(response, {}, 404);
  });
  const { signal } = new AbortController();
  const client = testCloud(url).client(cloudCredentials(), { signal });
  const listeners = () => getEventListeners(signal, "abort").length;
  const calls = [client.ledgers.list(), errorOf(client.balances.get("bln_1"))];
  expect(listeners()).toBe(2);
  await Promise.all(calls);
  expect(listeners()).toBe(0);
});

test("an answer is asked for uncompressed", async () => {
  const { client, requests } = await cloudFor(EMPTY);
  await client.ledgers.list();
  expect(requests[0]?.headers["accept-encoding"]).toBe("identity");
});

describe("limits", () => {
  test("an install has at most four requests under way", async () => {
    let now = 0;
    let most = 0;
    const { client, requests } = await cloudFor((request, response) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
        EMPTY(request, response);
      }, 20);
    });
    await Promise.all(Array.from({ length: 20 }, () => client.ledgers.list()));
    expect(requests).toHaveLength(20);
    expect(most).toBe(4);
  });

  test("a hanging install does not delay another", async () => {
    const { url } = await startCloudServer((request, response) => {
      if (request.query.get("instance_id") === "inst_2") EMPTY(request, response);
    });
    const cloud = testCloud(url, { callMs: 3_000 });
    const slow = cloud.client(cloudCredentials());
    const hanging = Array.from({ length: 50 }, () => errorOf(slow.ledgers.list()));
    await sleep(50);
    const quick = cloud.client(cloudCredentials({ installedAppId: "instapp_2", instanceId: "inst_2" }));
    const start = performance.now();
    await quick.ledgers.list();
    expect(performance.now() - start).toBeLessThan(1_500);
    cloud.stop("instapp_1");
    expect(new Set((await Promise.all(hanging)).map(({ code }) => code))).toEqual(new Set(["stopped"]));
  });

  test.each([
    { slowConcurrency: 128, outcome: "answered" },
    { slowConcurrency: 0, outcome: "timeout" },
  ])(
    "with $slowConcurrency places for slow calls, an install beside 40 that hang is $outcome",
    async ({ slowConcurrency, outcome }) => {
      const { url, requests } = await startCloudServer((request, response) => {
        if (request.query.get("instance_id") === "inst_well") EMPTY(request, response);
      });
      const cloud = testCloud(url, { callMs: 5_000, slowMs: 100, slowConcurrency });
      const ids = Array.from({ length: 40 }, (_, index) => `hangs_${index}`);
      const hanging = ids.flatMap((installedAppId) => {
        const client = cloud.client(cloudCredentials({ installedAppId, instanceId: installedAppId }));
        return Array.from({ length: 4 }, () => errorOf(client.ledgers.list()));
      });
      await vi.waitFor(() => expect(requests).toHaveLength(64));
      const well = cloud.client(cloudCredentials({ installedAppId: "well", instanceId: "inst_well" }), {
        budgetMs: 2_000,
      });
      const answer = well.ledgers.list().then(
        () => "answered",
        (error: CloudError) => error.code,
      );
      expect(await answer).toBe(outcome);
      expect(requests.length).toBeLessThanOrEqual(64 + slowConcurrency + 1);
      for (const id of ids) cloud.stop(id);
      await Promise.all(hanging);
    },
  );

  test("an install that hangs is asked one thing at a time until it answers", async () => {
    let isDown = true;
    const { client, requests } = await cloudFor(
      (request, response) => {
        if (!isDown) setTimeout(() => EMPTY(request, response), 200);
      },
      { callMs: 1_000, breakAfter: 1_000 },
    );
    const askedMeanwhile = async () => {
      const before = requests.length;
      const asked = Promise.allSettled(Array.from({ length: 4 }, () => client.ledgers.list()));
      await sleep(100);
      const sent = requests.length - before;
      await asked;
      return sent;
    };
    await errorOf(client.ledgers.list());
    expect(await askedMeanwhile()).toBe(1);
    isDown = false;
    await client.ledgers.list();
    expect(await askedMeanwhile()).toBe(4);
  });

  test("after five outages in a row an install's calls fail at once, then one tries again", async () => {
    let down = true;
    const { url, requests } = await startCloudServer((request, response) => {
      if (down) answerJson(response, {}, 503);
      else EMPTY(request, response);
    });
    const warn = vi.fn();
    const cloud = testCloud(url, { breakMs: 300, log: { warn } });
    const client = cloud.client(cloudCredentials());
    await errorOf(client.ledgers.list());
    expect(await errorOf(client.ledgers.list())).toMatchObject({ code: "unavailable" });
    const sent = requests.length;
    expect(sent).toBe(5);
    expect(warn).toHaveBeenCalledWith(
      { event: "cloud_break", installed_app_id: "instapp_1" },
      expect.any(String),
    );
    expect(await errorOf(client.ledgers.list())).toMatchObject({
      code: "unavailable",
      reason: "BrokenCircuitError",
    });
    expect(requests).toHaveLength(sent);

    const other = cloud.client(cloudCredentials({ installedAppId: "instapp_2" }));
    await errorOf(other.ledgers.create({ name: "x" }));
    expect(requests).toHaveLength(sent + 1);

    down = false;
    await vi.waitFor(() => client.ledgers.list(), { timeout: 5_000, interval: 50 });
    await expect(client.ledgers.list()).resolves.toEqual({ rows: [], total: 0 });
  });

  test("a plain 500 does not open the breaker", async () => {
    const { client, requests } = await cloudFor((_request, response) => answerJson(response, {}, 500));
    for (let call = 0; call < 8; call += 1) await errorOf(client.ledgers.create({ name: "x" }));
    expect(requests).toHaveLength(8);
  });
});
