import {
  type ConformanceTarget,
  type Outcome,
  runConformance,
} from "blnk-sandbox/conformance/run-conformance.ts";
import { loadDotEnv } from "./load-dot-env.ts";
import { CORE_VERSIONS } from "blnk-sandbox/ledger/core-version.ts";
import { startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { defaultSwitches } from "blnk-sandbox/switches.ts";

loadDotEnv();

// Against CONFORMANCE_URL when it is set, with CONFORMANCE_KEY (all four scopes), CONFORMANCE_INSTANCE and, if there is
// one, CONFORMANCE_READ_KEY (data:read alone); else against a sandbox of its own. CONFORMANCE_VERSION is the version of
// Core that is expected, one of CORE_VERSIONS.
const {
  CONFORMANCE_VERSION = defaultSwitches().core_version,
  CONFORMANCE_URL,
  CONFORMANCE_KEY,
  CONFORMANCE_INSTANCE,
  CONFORMANCE_READ_KEY,
} = process.env;

const version = CORE_VERSIONS.find((known) => known === CONFORMANCE_VERSION);
if (version === undefined) {
  console.error(`CONFORMANCE_VERSION is one of ${CORE_VERSIONS.join(", ")}`);
  process.exitCode = 2;
} else if (CONFORMANCE_URL === undefined) {
  const sandbox = await startSandbox({ switches: { core_version: version, proxy_paths: "any" } });
  const { api, dashboard, control, instanceId, apiKey } = sandbox;
  await judge({
    url: api,
    version,
    key: apiKey,
    instanceId,
    readOnlyKey: sandbox.mintKey(["data:read"]).key,
    sandbox: { api, dashboard, control, instanceId },
  });
  await sandbox.close();
} else if (CONFORMANCE_KEY === undefined || CONFORMANCE_INSTANCE === undefined) {
  console.error("CONFORMANCE_URL needs CONFORMANCE_KEY and CONFORMANCE_INSTANCE beside it");
  process.exitCode = 2;
} else {
  await judge({
    url: CONFORMANCE_URL,
    version,
    key: CONFORMANCE_KEY,
    instanceId: CONFORMANCE_INSTANCE,
    readOnlyKey: CONFORMANCE_READ_KEY,
  });
}

async function judge(target: ConformanceTarget): Promise<void> {
  const outcomes = await runConformance(target, (outcome) => console.log(line(outcome)));
  const count = (result: Outcome["result"]) => outcomes.filter((outcome) => outcome.result === result).length;
  const skipped = count("skipped");
  console.log(
    `${count("passed")} passed, ${count("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
  );
  if (count("failed") > 0) process.exitCode = 1;
}

function line({ number, title, result, note }: Outcome): string {
  return `${result.padEnd(7)} ${String(number).padStart(2)} ${title}${note === undefined ? "" : ` (${note})`}`;
}
