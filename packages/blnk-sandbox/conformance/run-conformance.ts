import { setTimeout as sleep } from "node:timers/promises";
import { HOLD_AND_REFUND_CASES } from "./cases/holds-and-refunds.ts";
import { type CoreVersion, isSince } from "../ledger/core-version.ts";
import type { Case } from "./case.ts";
import { EXPIRY_CASES } from "./cases/expiry.ts";
import { LINEAGE_AND_METADATA_CASES } from "./cases/lineage-and-metadata.ts";
import { REVERSAL_CASES } from "./cases/reversals.ts";
import { VERSION_CASES } from "./cases/versions.ts";
import { accessAndAlertCases } from "./cases/access-and-alerts.ts";
import { lifecycleCases } from "./cases/lifecycle.ts";
import { RECORD_CASES } from "./cases/records.ts";
import { SPLIT_AND_BULK_CASES } from "./cases/splits-and-bulks.ts";
import { TRANSACTION_CASES } from "./cases/transactions.ts";
import { type DashboardUrls, startDashboardApp } from "./dashboard-app.ts";
import { findImbalances } from "./find-imbalances.ts";
import { Scene } from "./scene.ts";
import { Target, type TargetOptions } from "./target.ts";

export type ConformanceTarget = TargetOptions & {
  /** The version of Core that is expected behind the target. */
  version: CoreVersion;
  readOnlyKey?: string | undefined;
  /** Where the target's dashboard is, when it is a sandbox. */
  sandbox?: DashboardUrls | undefined;
};

export type Outcome = {
  number: number;
  title: string;
  result: "passed" | "failed" | "skipped";
  note: string | undefined;
};

const SETTLING_MS = 1_000;
const BALANCE_CASE = { number: 64, title: "the books add up to zero after every case" };

/** Runs the cases in order against one instance, the balance of its books last, and reports each as it ends. */
export async function runConformance(
  options: ConformanceTarget,
  report: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const target = new Target(options);
  const outcomes: Outcome[] = [];
  const add = (outcome: Outcome) => {
    outcomes.push(outcome);
    report(outcome);
  };
  const imbalances: string[] = [];
  const cases = [
    ...RECORD_CASES,
    ...TRANSACTION_CASES,
    ...SPLIT_AND_BULK_CASES,
    ...HOLD_AND_REFUND_CASES,
    ...EXPIRY_CASES,
    ...REVERSAL_CASES,
    ...LINEAGE_AND_METADATA_CASES,
    ...VERSION_CASES,
    ...accessAndAlertCases(options.readOnlyKey),
  ].sort((left, right) => left.number - right.number);
  for (const one of cases.filter(({ number }) => number < 60)) await runOne(one);
  for (const outcome of await runLifecycle(options)) add(outcome);
  for (const one of cases.filter(({ number }) => number > 62)) await runOne(one);
  add({ ...BALANCE_CASE, result: imbalances.length === 0 ? "passed" : "failed", note: imbalances[0] });
  return outcomes;

  async function runOne({ number, title, since, before, run }: Case) {
    const { version } = options;
    if ((since && !isSince(version, since)) || (before && isSince(version, before))) {
      const note = `not in ${version}`;
      return add({ number, title, result: "skipped", note });
    }
    add(await attempt(number, title, async () => run(await Scene.open(target, version))));
    const found = await readImbalances(target, imbalances.length > 0).catch((error: unknown) => [
      String(error),
    ]);
    imbalances.push(...found.map((problem) => `after case ${number}: ${problem}`));
  }
}

/** Between two pages a queued outcome may move money, so what does not add up is read again. */
async function readImbalances(target: Target, wereOff: boolean): Promise<string[]> {
  const found = await findImbalances(target);
  if (found.length === 0 || wereOff) return found;
  await sleep(SETTLING_MS);
  return await findImbalances(target);
}

async function runLifecycle({ sandbox, instanceId }: ConformanceTarget): Promise<Outcome[]> {
  const cases = lifecycleCases(instanceId);
  if (sandbox === undefined) {
    const note = "only a sandbox's dashboard can be driven";
    return cases.map(({ number, title }) => ({ number, title, result: "skipped", note }));
  }
  const app = await startDashboardApp(sandbox);
  const outcomes: Outcome[] = [];
  for (const { number, title, run } of cases) outcomes.push(await attempt(number, title, () => run(app)));
  await app.close();
  return outcomes;
}

async function attempt(number: number, title: string, run: () => Promise<void | string>): Promise<Outcome> {
  try {
    const note = await run();
    return { number, title, result: "passed", note: note ?? undefined };
  } catch (error) {
    return { number, title, result: "failed", note: error instanceof Error ? error.message : String(error) };
  }
}
