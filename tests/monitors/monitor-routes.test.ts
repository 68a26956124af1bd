import { expect, test } from "vitest";

import { startApp, type TestApp } from "#tests/support/start-app.ts";
import { PUBLIC_URL } from "#tests/support/test-environment.ts";

const MONITOR = {
  name: "Treasury low",
  kind: "balance_threshold",
  select: { balance_id: "bln_1" },
  condition: { field: "available", operator: "<", value: "10000.00", precision: 100, rearm: "10500.00" },
};

/** A portal session of a fresh install, as its browser would use it. */
async function openPortal(app: TestApp, fields: object = {}) {
  await app.install(fields);
  const entered = await app.request(await app.launch(fields), { headers: { "sec-fetch-dest": "document" } });
  const cookie = entered.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
  const base = new URL(entered.headers.get("location")!, PUBLIC_URL).pathname;
  const headers = { cookie, origin: PUBLIC_URL, "sec-fetch-site": "same-origin" };
  return {
    exported: async (query = "") =>
      (await app.request(`${base}/monitors/export${query}`, { headers })).json() as Promise<{
        monitors: Record<string, unknown>[];
      }>,
    importing: (body: unknown, { query = "", ...more }: Record<string, string> & { query?: string } = {}) =>
      app.post(`${base}/monitors/import${query}`, body, { headers: { ...headers, ...more } }),
    base,
    headers,
  };
}

test("monitors are imported all or nothing, and exported as they came", async () => {
  const app = await startApp();
  const portal = await openPortal(app);
  const answer = await portal.importing({ monitors: [MONITOR] });
  expect([answer.status, await answer.json()]).toEqual([200, { created: 1, errors: [] }]);
  const bad = await portal.importing({
    monitors: [MONITOR, { ...MONITOR, condition: { ...MONITOR.condition, rearm: "1.00" } }],
  });
  expect([bad.status, await bad.json()]).toMatchObject([
    200,
    { created: 0, errors: [{ index: 1, path: expect.stringContaining("rearm") as string }] },
  ]);
  expect((await portal.exported()).monitors).toMatchObject([MONITOR]);
  expect(
    await (await portal.importing(await portal.exported(), { query: "?skip_existing=1" })).json(),
  ).toEqual({ created: 0, errors: [] });
  const [withState] = (await portal.exported("?with=state")).monitors;
  expect(withState).toMatchObject({
    id: expect.stringMatching(/^mon_/) as string,
    state: expect.any(Array) as unknown[],
    incidents: [],
  });
});

test("monitors are exported in the order of their import", async () => {
  const portal = await openPortal(await startApp());
  const names = Array.from({ length: 40 }, (_, index) => `Monitor ${index}`);
  await portal.importing({ monitors: names.map((name) => ({ ...MONITOR, name })) });
  expect((await portal.exported()).monitors.map(({ name }) => name)).toEqual(names);
});

test("a body of another shape, type, size or depth is refused in words", async () => {
  const app = await startApp();
  const portal = await openPortal(app);
  for (const body of [
    "[]",
    "{}",
    '{"monitors":{}}',
    "nonsense",
    `{"monitors":[${"[".repeat(40)}${"]".repeat(40)}]}`,
  ]) {
    const answer = await portal.importing(body);
    expect([body.slice(0, 20), answer.status]).toEqual([body.slice(0, 20), 400]);
    expect(await answer.json()).toMatchObject({ error: { message: expect.any(String) as string } });
  }
  expect((await portal.importing('{"monitors":[]}', { "content-type": "text/plain" })).status).toBe(415);
  expect((await portal.importing(`{"monitors":[],"x":"${"a".repeat(1_100_000)}"}`)).status).toBe(413);
});

test("an install has at most 2,000 monitors: what does not fit is refused in words, whole", async () => {
  const app = await startApp();
  const portal = await openPortal(app);
  const paused = (first: number, count: number) => ({
    monitors: Array.from({ length: count }, (_, index) => ({
      ...MONITOR,
      name: `Monitor ${first + index}`,
      enabled: false,
    })),
  });
  for (const [first, count] of [
    [0, 1000],
    [1000, 999],
  ] as const)
    expect(await (await portal.importing(paused(first, count))).json()).toEqual({
      created: count,
      errors: [],
    });
  const beyond = await portal.importing(paused(1999, 2));
  expect([beyond.status, await beyond.json()]).toEqual([
    400,
    {
      error: {
        code: "invalid_body",
        message: expect.any(String) as string,
        fields: [
          {
            path: "monitors",
            message: "do not fit: an install has at most 2,000, and 1,999 are here already",
          },
        ],
      },
    },
  ]);
  const known = await portal.importing(paused(1990, 10), { query: "?skip_existing=1" });
  expect(await known.json()).toEqual({ created: 1, errors: [] });
  expect(app.rows("select count(*) as n from monitors")).toEqual([{ n: 2000 }]);

  const form = new URLSearchParams({
    do: "save",
    form: "new_balance",
    name: "One more",
    severity: "info",
    start: "alert",
  });
  const posted = await app.request(`${portal.base}/monitors/new`, {
    method: "POST",
    body: form,
    headers: portal.headers,
  });
  expect(await posted.text()).toContain(
    "The monitors do not fit: an install has at most 2,000, and 2,000 are here already. Nothing was saved.",
  );
  const page = await app.request(`${portal.base}/monitors/transfer`, {
    method: "POST",
    body: new URLSearchParams({ text: JSON.stringify(paused(5000, 1)) }),
    headers: portal.headers,
  });
  expect(await page.text()).toContain(
    "monitors do not fit: an install has at most 2,000, and 2,000 are here already.",
  );
  expect(app.rows("select count(*) as n from monitors")).toEqual([{ n: 2000 }]);
});

test("an import without a session, or from another origin, stores nothing", async () => {
  const app = await startApp();
  const portal = await openPortal(app);
  const path = `${portal.base}/monitors/import`;
  expect((await app.post(path, { monitors: [MONITOR] }, { headers: { origin: PUBLIC_URL } })).status).toBe(
    401,
  );
  expect((await portal.importing({ monitors: [MONITOR] }, { origin: "https://evil.example" })).status).toBe(
    403,
  );
  expect(app.rows("select count(*) as n from monitors")).toEqual([{ n: 0 }]);
});

test("one install's export never holds another's monitors", async () => {
  const app = await startApp();
  const one = await openPortal(app);
  const other = await openPortal(app, {
    installed_app_id: "instapp_2",
    instance_id: "inst_2",
    api_key: "blnk_another_key",
  });
  await one.importing({ monitors: [MONITOR] });
  expect((await one.exported()).monitors).toHaveLength(1);
  expect((await other.exported()).monitors).toEqual([]);
});
