import { subscribe } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";

import { startSandbox } from "blnk-sandbox/start-sandbox.ts";
import { portalPaths } from "#tests/e2e/support/portal-paths.ts";

import { readHarm } from "../control/harm.ts";
import type { CallInterval } from "./call-intervals.ts";

// Forked with `INSTANCES LATENCY_MS`: a sandbox of instances with weeks of history each. Any message asks for the calls
// since the last one.
export type Ready = {
  api: string;
  instances: { instance_id: string; api_key: string; ledger_id: string; balance_ids: string[] }[];
  /** Pages below the first instance's portal. */
  paths: Record<string, string>;
};

const [instances, latency] = process.argv.slice(2).map(Number) as [number, number];
const sandbox = await startSandbox({
  seed: "demo",
  instances: Array.from({ length: instances }, (_, index) => `bench${index}`),
  switches: { latency_ms: latency, ...readHarm().switches },
});

let calls: CallInterval[] = [];
subscribe("http.server.request.start", (message) => {
  const { response } = message as { response: ServerResponse };
  const began = performance.now();
  response.once("prefinish", () => calls.push({ began, ended: performance.now() }));
});

process.on("message", () => {
  process.send!(calls);
  calls = [];
});
process.once("disconnect", () => process.exit(0));
process.send!({
  api: sandbox.api,
  instances: sandbox.workspace.instances.map(({ id, ledger }) => {
    const wallets = ledger.balances.all().filter(({ identity_id }) => identity_id);
    return {
      instance_id: id,
      api_key: sandbox.mintKey(undefined, id).key,
      ledger_id: wallets[0]!.ledger_id,
      balance_ids: wallets.map(({ balance_id }) => balance_id),
    };
  }),
  paths: portalPaths({ sandbox }),
} satisfies Ready);
