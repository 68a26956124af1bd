import { expect, test } from "vitest";

import { drawBalanceHistory, readBalanceHistory } from "#app/portal/balances/read-balance-history.server.ts";
import { openSandbox } from "#tests/support/open-sandbox.ts";

const HOUR = 60 * 60_000;

async function openHistory() {
  const sandbox = await openSandbox();
  const [a, b] = (await sandbox.openWallets(2)) as [string, string];
  const history = async (hours = 24) => {
    // A second later, so that what was just applied is in it.
    const range = { from: Date.now() - hours * HOUR, until: Date.now() + 1000 };
    return drawBalanceHistory(await readBalanceHistory(sandbox.client, a, range), {
      currency: "USD",
      precision: 100n,
    });
  };
  return { ...sandbox, a, b, history };
}

const ago = (hours: number) => Date.now() - hours * HOUR;

test("a history has each applied row by its effective date, in and out, and ends at the balance", async () => {
  const { a, b, post, history } = await openHistory();
  await post(a, 10_000n, { effective_date: ago(5) });
  await post(b, 2_500n, { source: a, effective_date: ago(2) });
  await post(a, 100n, { inflight: true });
  const { chart, from } = await history();
  expect(from).toBe("rows");
  expect(chart.points.map(({ text }) => text)).toEqual(["USD 0.00", "USD 100.00", "USD 75.00", "USD 75.00"]);
});

test("a row from before the range is where it begins", async () => {
  const { a, post, history } = await openHistory();
  await post(a, 10_000n, { effective_date: ago(48) });
  const { chart } = await history();
  expect(chart.points.map(({ text }) => text)).toEqual(["USD 100.00", "USD 100.00"]);
});

test("more rows than fit are sampled, to the same end", async () => {
  const { a, post, history } = await openHistory();
  await Promise.all(Array.from({ length: 210 }, () => post(a, 100n, { effective_date: ago(3) })));
  const { chart, from } = await history();
  expect(from).toBe("samples");
  expect(chart.points).toHaveLength(31);
  expect(chart.points[0]!.text).toBe("USD 0.00");
  expect(chart.points.at(-1)!.text).toBe("USD 210.00");
});

test("rows that do not come to what Blnk has for the end are not believed", async () => {
  const { a, post, history, sandbox } = await openHistory();
  await post(a, 10_000n, { effective_date: ago(5) });
  const fault = { method: "GET", path: "/data/transactions", kind: "status", status: 200 } as const;
  sandbox.faults.add({ ...fault, body: { data: [], total: 0 } });
  const { chart, from } = await history();
  expect(from).toBe("samples");
  expect(chart.points.at(-1)!.text).toBe("USD 100.00");
});
