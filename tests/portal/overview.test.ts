import { describe, expect, test } from "vitest";

import { drawWeek } from "#app/portal/overview/draw-week.server.ts";
import { scanWeek } from "#app/portal/overview/scan-week.server.ts";
import { createSharedScans } from "#app/portal/overview/shared-scans.server.ts";
import { type BalanceTotals, totalBalances } from "#app/portal/overview/total-balances.server.ts";
import { openSandbox } from "#tests/support/open-sandbox.ts";

const MINUTE = 60_000;

const totals = (counted: number): BalanceTotals => ({
  currencies: [],
  ledgers: [],
  counted,
  complete: true,
});

describe("the sums", () => {
  test("leave out the general ledger, and tell what is held on its way out and in", async () => {
    const { client, openWallets, post } = await openSandbox();
    const [a, b] = (await openWallets(2)) as [string, string];
    const [e] = (await openWallets(1, "EUR")) as [string];
    await post(a, 10_000n);
    await post(e, 500n, { currency: "EUR" });
    await post(b, 2_500n, { source: a, inflight: true });
    const { currencies, ledgers, complete } = await totalBalances(client, Date.now());
    expect(complete).toBe(true);
    expect(currencies).toEqual([
      { currency: "EUR", minor: 500n, heldOut: 0n, heldIn: 0n, balances: 1, unreadable: 0 },
      { currency: "USD", minor: 10_000n, heldOut: 2_500n, heldIn: 2_500n, balances: 2, unreadable: 0 },
    ]);
    expect(ledgers.map(({ ledger_name }) => ledger_name)).not.toContain("General Ledger");
    expect(ledgers.reduce((sum, { minor }) => sum + minor, 0n)).toBe(10_500n);
  });
});

describe("the week", () => {
  test("counts what was applied, adds amounts of several precisions, and knows what still waits", async () => {
    const { client, sandbox, openWallets, post } = await openSandbox();
    const [a] = (await openWallets(1)) as [string];
    await post(a, 1_050n);
    await post(a, 20n, { precision: 10n });
    await post(a, 5n, { precision: 3n });
    await post("@World", 999_999n, { source: a, allow_overdraft: false, skip_queue: false });
    const week = await scanWeek(client, Date.now());
    expect(week).toMatchObject({ complete: true, queued: { count: 0, oldest: undefined }, rejected: 1 });
    expect(week.currencies).toMatchObject([{ currency: "USD", precision: 100n, count: 3, left_out: 1 }]);
    expect(week.currencies[0]!.slots.at(-1)).toEqual({ count: 3, minor: 1_250n });
    const drawn = drawWeek(week, "USD");
    expect(drawn.count.points.at(-1)!.text).toBe("3 rows");
    expect(drawn.volume!.chart.points.at(-1)!.text).toBe("USD 12.50");

    sandbox.switches.queue = { ...sandbox.switches.queue, d2_ms: [600_000, 600_000] };
    const { transaction_id } = await client.transactions.create({
      precise_amount: 100n,
      precision: 100n,
      currency: "USD",
      source: "@World",
      destination: a,
      reference: "waits",
      description: "transfer",
      allow_overdraft: true,
    });
    await expect
      .poll(async () => (await scanWeek(client, Date.now())).queued)
      .toEqual({ count: 1, oldest: { transaction_id, created_at: expect.any(Number) } });
  });

  test("of an install without rows is drawn empty", async () => {
    const { client } = await openSandbox();
    const drawn = drawWeek(await scanWeek(client, Date.now()), null);
    expect(drawn).toMatchObject({ applied: 0, volume: undefined, choices: [], queued: { count: 0 } });
  });
});

function world() {
  let now = 0;
  let scans = 0;
  const { balances } = createSharedScans({ now: () => now });
  return {
    balances,
    advance: (ms: number) => (now += ms),
    read: (key = "a") => balances.read(key, async () => totals((scans += 1))),
  };
}

describe("a shared scan", () => {
  test("is made once for all who ask within five minutes, and tells its age", async () => {
    const { read, advance } = world();
    const [first, second] = await Promise.all([read(), read()]);
    advance(4 * MINUTE);
    expect([first, second, await read()]).toEqual(
      [1, 1, 1].map((counted) => ({ at: 0, value: totals(counted) })),
    );
    expect((await read("another install")).value.counted).toBe(2);
    advance(2 * MINUTE);
    expect(await read()).toEqual({ at: 6 * MINUTE, value: totals(3) });
  });

  test("is made anew when asked for, but not again and again", async () => {
    const { read, advance, balances } = world();
    await read();
    balances.forget("a");
    expect((await read()).value.counted).toBe(1);
    advance(10_000);
    balances.forget("a");
    expect((await read()).value.counted).toBe(2);
  });

  test("that failed is not kept", async () => {
    const { read, balances } = world();
    await expect(balances.read("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect((await read()).value.counted).toBe(1);
  });

  test("is kept for the fifty installs that asked last", async () => {
    const { read } = world();
    for (let install = 0; install < 51; install += 1) await read(String(install));
    expect((await read("50")).value.counted).toBe(51);
    expect((await read("0")).value.counted).toBe(52);
  });
});
