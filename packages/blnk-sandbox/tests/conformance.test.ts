import { expect, test } from "vitest";
import { type Outcome, runConformance } from "../conformance/run-conformance.ts";
import { CORE_VERSIONS, type CoreVersion } from "../ledger/core-version.ts";
import { startSandbox, type SandboxOptions } from "../start-sandbox.ts";

type Judged = SandboxOptions & { version?: CoreVersion; isOwn?: boolean };

/** Judges a sandbox by what its own version of Core does, or by what another does. */
async function conform({ version, isOwn = true, ...options }: Judged): Promise<Outcome[]> {
  const sandbox = await startSandbox(options);
  const { api, dashboard, control, instanceId, apiKey } = sandbox;
  try {
    return await runConformance(
      {
        url: api,
        key: apiKey,
        instanceId,
        version: version ?? sandbox.switches.core_version,
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

const SKIPPED = {
  "0.14": [5, 28, 32, 35, 38, 44, 45, 73, 80, 92, 93],
  "0.15.2": [5, 92, 93, 100],
  "0.15.3": [94, 100],
  "0.15.4": [72, 94, 100],
};

test.concurrent.each(CORE_VERSIONS)(
  "the sandbox passes every case that Core %s does",
  { timeout: 120_000 },
  async (core_version) => {
    const outcomes = await conform({ switches: { core_version, proxy_paths: "any" } });
    expect(outcomes.filter(({ result }) => result === "failed")).toEqual([]);
    expect(numbersOf(outcomes, "skipped")).toEqual(SKIPPED[core_version]);
    expect(outcomes.filter(({ note }) => note !== undefined && !note.startsWith("not in"))).toEqual([]);
    expect(numbersOf(outcomes, "passed").concat(SKIPPED[core_version]).sort(byNumber)).toEqual(
      Array.from({ length: 100 }, (_item, index) => index + 1),
    );
  },
);

const byNumber = (left: number, right: number) => left - right;

test.concurrent(
  "amounts as strings, a shuffled queue and other statuses pass too",
  { timeout: 120_000 },
  async () => {
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
  },
);

test.concurrent.each([
  ["0.15.2", "0.15.3", [5, 92, 93, 95, 96, 97, 98]],
  ["0.15.4", "0.15.3", [38, 39, 72, 74, 99]],
] as const)(
  "a Core %s fails what %s does otherwise",
  { timeout: 180_000 },
  async (core_version, version, expected) => {
    const outcomes = await conform({ version, switches: { core_version, proxy_paths: "any" } });
    expect(numbersOf(outcomes, "failed")).toEqual(expected);
  },
);

test.concurrent(
  "a foreign target whose amounts lose digits fails its cases and has the life cycle skipped",
  { timeout: 120_000 },
  async () => {
    const outcomes = await conform({ switches: { data_numbers: "float" }, isOwn: false });
    expect(numbersOf(outcomes, "failed")).toEqual([13, 64]);
    expect(numbersOf(outcomes, "skipped")).toEqual([60, 61, 62, 94, 100]);
  },
);
