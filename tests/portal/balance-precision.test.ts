import { describe, expect, test } from "vitest";

import { readBalancePrecisions } from "#app/platform/portal/precision/balance-precision.server.ts";
import {
  listCurrencyDecimals,
  moveCurrencyDecimals,
  readAssumedPrecisions,
  setCurrencyDecimals,
} from "#app/platform/portal/precision/currency-precisions.server.ts";
import { openSandbox } from "#tests/support/open-sandbox.ts";
import { openWorld } from "#tests/support/open-world.ts";

const assume = () => 7n;

type Opened = Awaited<ReturnType<typeof openSandbox>>;

/** Of a wallet that `fill` has posted to. */
async function precisionAfter(fill: (sandbox: Opened, id: string) => Promise<unknown>) {
  const sandbox = await openSandbox();
  const [id] = (await sandbox.openWallets(1)) as [string];
  await fill(sandbox, id);
  const balance = await sandbox.client.balances.get(id);
  return (await readBalancePrecisions(sandbox.client, [balance], assume)).get(id);
}

describe("a balance's precision", () => {
  test("is that of its newest applied rows", async () => {
    expect(await precisionAfter(({ post }, id) => post(id, 5n, { precision: 1000n }))).toEqual({
      precision: 1000n,
      assumed: false,
    });
  });

  test("is assumed where there are none, and a hold is none", async () => {
    expect(await precisionAfter(async () => {})).toEqual({ precision: 7n, assumed: true });
    expect(await precisionAfter(({ post }, id) => post(id, 5n, { inflight: true }))).toEqual({
      precision: 7n,
      assumed: true,
    });
  });

  test("is assumed where the newest differ", async () => {
    const precision = await precisionAfter(async ({ post }, id) => {
      await post(id, 5n, { precision: 1000n });
      await post(id, 5n, { precision: 100n });
    });
    expect(precision).toEqual({ precision: 7n, assumed: true });
  });

  test("of a balance whose rows are drowned by another's is looked up, or assumed where that would take too long", async () => {
    const { client, openWallets, post } = await openSandbox();
    const [quiet, busy] = (await openWallets(2)) as [string, string];
    await post(quiet, 5n, { precision: 1000n });
    await Promise.all(Array.from({ length: 110 }, () => post(busy, 5n)));
    const balances = await Promise.all([quiet, busy].map((id) => client.balances.get(id)));
    const thorough = await readBalancePrecisions(client, balances, assume);
    expect(thorough.get(quiet)).toEqual({ precision: 1000n, assumed: false });
    expect(thorough.get(busy)).toEqual({ precision: 100n, assumed: false });
    const quick = await readBalancePrecisions(client, balances, assume, { thorough: false });
    expect(quick.get(quiet)).toEqual({ precision: 7n, assumed: true });
  });
});

describe("what an install assumes", () => {
  test("is ISO 4217 until it is set, and again when the setting is taken back", async () => {
    const { db, install } = await openWorld();
    await install();
    const assumed = async () => {
      const assume = await readAssumedPrecisions(db, "instapp_1");
      return ["USD", "JPY", "KWD", "XYZ", undefined].map(assume);
    };
    expect(await assumed()).toEqual([100n, 1n, 1000n, 100n, 100n]);
    await db.write((tx) => setCurrencyDecimals(tx, "instapp_1", { currency: "USD", decimals: 4 }));
    await db.write((tx) => setCurrencyDecimals(tx, "instapp_1", { currency: "XYZ", decimals: 18 }));
    expect(await assumed()).toEqual([10_000n, 1n, 1000n, 10n ** 18n, 100n]);
    await db.write((tx) => setCurrencyDecimals(tx, "instapp_1", { currency: "USD", decimals: undefined }));
    expect(await assumed()).toEqual([100n, 1n, 1000n, 10n ** 18n, 100n]);
  });

  test("is each install's own, and goes on in the install that follows it", async () => {
    const { db, install } = await openWorld();
    await install();
    await install({ installed_app_id: "instapp_2", instance_id: "inst_2" });
    await db.write((tx) => setCurrencyDecimals(tx, "instapp_1", { currency: "USD", decimals: 4 }));
    expect(await listCurrencyDecimals(db, "instapp_2")).toEqual([]);
    await db.write((tx) => moveCurrencyDecimals(tx, "instapp_1", "instapp_2"));
    expect(await listCurrencyDecimals(db, "instapp_2")).toEqual([{ currency: "USD", decimals: 4 }]);
    expect(await listCurrencyDecimals(db, "instapp_1")).toEqual([]);
  });
});
