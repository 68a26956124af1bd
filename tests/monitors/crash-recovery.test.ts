import { expect, test } from "vitest";

import { type Scope, SCOPES } from "#app/platform/permissions/scopes.ts";
import type { Sandbox } from "blnk-sandbox/start-sandbox.ts";
import { report } from "#tests/support/report.ts";

import { Crash } from "./crash.ts";
import { below, move, openSandbox, openWallet, openWatchedWorld } from "./watched-world.ts";

/**
 * Evaluates monitors of several kinds by processes that each end at a moment of their own, while the ledger goes on.
 * Answers what they found and what they raised.
 */
async function watchThrough(
  crashes: Crash[],
  { sandbox, scopes = SCOPES }: { sandbox?: Sandbox; scopes?: readonly Scope[] } = {},
) {
  sandbox ??= await openSandbox();
  let world = await openWatchedWorld({ sandbox });
  await world.install("instapp_1", { granted: [...scopes] });
  const { ledger } = world;
  const low = openWallet(ledger);
  const other = openWallet(ledger, { ledgerId: low.ledger_id });
  await world.monitor({ name: "One", ...below({ balance_id: low.balance_id }, "50.00") });
  await world.monitor({ name: "Some", ...below({ ledger_id: low.ledger_id }, "30.00") });
  await world.monitor({
    name: "Large",
    kind: "transaction_match",
    select: {},
    condition: { amount_operator: ">=", value: "60.00", precision: 100 },
  });
  await world.monitor({
    name: "Outflow",
    kind: "movement",
    select: { ledger_id: low.ledger_id },
    condition: { measure: "count", direction: "out", operator: ">=", value: "2", window_minutes: 60 },
  });
  world.advance(1000);
  ledger.clock.advance(1000);
  await world.evaluate();
  move(ledger, { source: low.balance_id, destination: "@Shop", precise_amount: 6000n });
  move(ledger, { source: other.balance_id, destination: "@Shop", precise_amount: 7500n });

  let ahead = world.ahead() + 60_000;
  for (const crash of crashes) {
    await world.close();
    world = await openWatchedWorld({ sandbox, file: world.file, ahead, crash });
    await world.work();
    await world.work(5000);
    ahead = world.ahead() + 120_000;
  }
  for (let minute = 0; minute < 4; minute += 1) await world.work(60_000);
  const names = new Map((await world.monitors()).map(({ id, name }) => [id, name]));
  const incidents = (await world.incidents()).map(
    ({ monitor_id, subject }) =>
      `${names.get(monitor_id)} ${subject === low.balance_id ? "low" : subject === other.balance_id ? "other" : subject.slice(0, 3)}`,
  );
  const markers = world.alerts().map(({ description }) => description.split("\n").at(-1)!);
  await world.close();
  await sandbox.close();
  return { incidents: incidents.toSorted(), alerts: markers.length, distinct: new Set(markers).size };
}

test(
  "a crash at any moment of a cycle or a delivery misses no incident and doubles no alert",
  { timeout: 300_000 },
  async () => {
    const counting = new Crash();
    const expected = await watchThrough([counting]);
    expect(expected.incidents).toEqual(["Large txn", "Large txn", "One low", "Outflow sel", "Some other"]);
    expect(expected.alerts).toBe(5);
    const rounds = Number(process.env["CRASH_ROUNDS"] ?? 40);
    for (let round = 0; round < rounds; round += 1) {
      const moment = 1 + ((round * 37) % counting.moments);
      const found = await watchThrough([
        new Crash(moment),
        new Crash(3 + ((round * 11) % counting.moments)),
        new Crash(),
      ]);
      expect(found, `after a crash at moment ${moment} of ${counting.moments}`).toEqual({
        ...expected,
        distinct: expected.alerts,
      });
    }
    const goal = "0 duplicate alerts, 0 missed incidents in 200 rounds";
    report(
      "R4",
      `0 duplicate alerts, 0 missed incidents in ${rounds} rounds of ${counting.moments} moments`,
      goal,
    );
  },
);

/** The end of a process once Cloud has an alert of it, of which it will not hear. */
class CrashAfterAlert extends Crash {
  readonly #sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    super();
    this.#sandbox = sandbox;
  }

  override get happened(): boolean {
    return this.#sandbox.workspace.instances[0]!.alerts.all().length > 0;
  }
}

test("an alert that is raised twice is found out: without alerts:read it cannot be looked up after a crash", async () => {
  const raise = async (scopes: readonly Scope[]) => {
    const sandbox = await openSandbox();
    const crashes = [new CrashAfterAlert(sandbox), new Crash()];
    const { alerts, distinct } = await watchThrough(crashes, { sandbox, scopes });
    return alerts - distinct;
  };
  expect(await raise(SCOPES)).toBe(0);
  const doubled = await raise(SCOPES.filter((scope) => scope !== "alerts:read"));
  report("R4 control", `${doubled} raised twice`, "> 0");
  expect(doubled).toBeGreaterThan(0);
}, 60_000);
