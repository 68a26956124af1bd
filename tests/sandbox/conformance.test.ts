import { expect, test } from "vitest";
import { type Outcome, runConformance } from "#scripts/conformance/run-conformance.ts";
import { startSandbox, type SandboxOptions } from "#scripts/sandbox/start-sandbox.ts";

async function conform(options: SandboxOptions, isOwn = true): Promise<Outcome[]> {
  const sandbox = await startSandbox(options);
  const { api, dashboard, control, instanceId, apiKey } = sandbox;
  try {
    return await runConformance(
      {
        url: api,
        key: apiKey,
        instanceId,
        readOnlyKey: sandbox.mintKey(["data:read"]).key,
        sandbox: isOwn ? { api, dashboard, control, instanceId } : undefined,
      },
      () => undefined,
    );
  } finally {
    await sandbox.close();
  }
}

const numbersOf = (outcomes: Outcome[], result: Outcome["result"]) =>
  outcomes.filter((outcome) => outcome.result === result).map(({ number }) => number);

test("the sandbox passes all 64 cases", { timeout: 90_000 }, async () => {
  const outcomes = await conform({ seed: "empty" });
  expect(outcomes.filter(({ result }) => result !== "passed")).toEqual([]);
  expect(outcomes.map(({ number }) => number)).toEqual(
    Array.from({ length: 64 }, (_item, index) => index + 1),
  );
});

test("amounts as strings, a shuffled queue and other statuses pass too", { timeout: 90_000 }, async () => {
  const outcomes = await conform({
    switches: {
      data_numbers: "string",
      detail_envelope: "data",
      order: "unordered",
      metadata_status: 201,
      bulk_status: 200,
      flag_status: 200,
      queue: { d1_ms: 2, d2_ms: [0, 300], shuffle: true },
    },
  });
  expect(numbersOf(outcomes, "failed")).toEqual([]);
});

test("a Core that commits at once fails the case of queued commits", { timeout: 90_000 }, async () => {
  expect(numbersOf(await conform({ switches: { core_version: "0.14" } }), "failed")).toEqual([28]);
});

test(
  "a foreign target whose amounts lose digits fails two cases and has the life cycle skipped",
  {
    timeout: 90_000,
  },
  async () => {
    const outcomes = await conform({ switches: { data_numbers: "float" } }, false);
    expect(numbersOf(outcomes, "failed")).toEqual([13, 64]);
    expect(numbersOf(outcomes, "skipped")).toEqual([60, 61, 62]);
  },
);
