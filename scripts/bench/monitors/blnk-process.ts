import { createBalance, createLedger, type Ledger } from "blnk-sandbox/ledger/ledger.ts";
import { recordTransaction } from "blnk-sandbox/ledger/record-transaction.ts";
import { newRequest } from "blnk-sandbox/ledger/transaction-request.ts";
import { startSandbox } from "blnk-sandbox/start-sandbox.ts";

import { readHarm } from "../control/harm.ts";

// Forked with `INSTALLS BALANCES LATENCY_MS`: a sandbox of so many instances, told over IPC what to do.
export type Told = { do: "move"; rows: number } | { do: "reset" } | { do: "count" };
export type Instance = { instance_id: string; api_key: string; ledger_id: string; balance_ids: string[] };
export type Answer =
  | { instances: Instance[]; api: string }
  | { moved: number }
  | { calls: number; least: number };

const PAGE_SIZE = 100;
const DAY_MS = 24 * 60 * 60_000;
const [installs, balances, latency] = process.argv.slice(2).map(Number) as [number, number, number];
const names = Array.from({ length: installs }, (_, index) => `bench${index}`);
const sandbox = await startSandbox({
  instances: names,
  switches: { latency_ms: latency, ...readHarm().switches },
});
const filled = sandbox.workspace.instances.map(({ id, ledger }) => ({
  id,
  ledger,
  ...fill(ledger, balances),
}));
let moved = 0;

process.on("message", (told: Told) => {
  if (told.do === "move") {
    for (const { ledger, ids } of filled) move(ledger, ids, told.rows);
    moved += told.rows;
    process.send!({ moved } satisfies Answer);
  } else if (told.do === "reset") {
    sandbox.journal.clear();
    process.send!({ moved } satisfies Answer);
  } else {
    const reads = sandbox.journal.entries().filter(({ url }) => !url.includes("/alerts"));
    // All balances once, and all rows that the overlap asks for once: the ones moved since the start.
    const pages = Math.ceil((balances + 1) / PAGE_SIZE) + Math.ceil(moved / PAGE_SIZE);
    process.send!({ calls: reads.length, least: installs * pages } satisfies Answer);
  }
});
process.once("disconnect", () => process.exit(0));
process.send!({
  api: sandbox.api,
  instances: filled.map(({ id, ids, ledger_id }) => ({
    instance_id: id,
    api_key: sandbox.mintKey(undefined, id).key,
    ledger_id,
    balance_ids: ids.slice(0, 200),
  })),
} satisfies Answer);

/** Yesterday's opening balances, so that the first cycle has no rows to read. */
function fill(ledger: Ledger, count: number): { ledger_id: string; ids: string[] } {
  ledger.clock.stopAt((Date.now() - DAY_MS) * 1000);
  const { ledger_id } = createLedger(ledger, "Wallets", null);
  const ids = Array.from({ length: count }, (_, index) => {
    const { balance_id } = createBalance(ledger, {
      ledger_id,
      currency: "USD",
      identity_id: "",
      indicator: undefined,
      meta_data: { tier: index % 2 === 0 ? "gold" : "basic" },
      track_fund_lineage: false,
      allocation_strategy: undefined,
    });
    post(ledger, "@World-USD", balance_id, BigInt(10_000 + index), `open-${index}`);
    return balance_id;
  });
  ledger.clock.resume();
  return { ledger_id, ids };
}

function move(ledger: Ledger, ids: readonly string[], rows: number): void {
  for (let row = 0; row < rows; row += 1) {
    const at = moved + row;
    post(ledger, ids[at % ids.length]!, ids[(at + 1) % ids.length]!, 5n, `move-${at}`);
  }
}

function post(
  ledger: Ledger,
  source: string,
  destination: string,
  precise_amount: bigint,
  reference: string,
): void {
  recordTransaction(
    ledger,
    newRequest({
      precise_amount,
      precision: 100n,
      currency: "USD",
      reference,
      description: "transfer",
      source,
      destination,
      allow_overdraft: true,
      skip_queue: true,
    }),
  );
}
