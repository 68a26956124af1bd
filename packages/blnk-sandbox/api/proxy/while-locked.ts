import { setTimeout as sleep } from "node:timers/promises";
import { CoreError } from "../../ledger/core-error.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Transaction } from "../../ledger/rows.ts";

// About as long as Core takes to commit or refund.
const WORK_MS = 5;

/** Core locks the rows that it settles or refunds, and answers 423 at once to whoever wants one of them meanwhile. */
export async function whileLocked<T>(
  ledger: Ledger,
  rows: readonly Transaction[],
  work: () => T,
): Promise<T> {
  const ids = rows.map(({ transaction_id }) => transaction_id);
  const held = ids.find((id) => ledger.locked.has(id));
  if (held !== undefined) {
    throw new CoreError(
      "GEN_RESOURCE_LOCKED",
      `error occurred during processing: [failed to acquire lock: lock for key ${held} is already held]`,
    );
  }
  for (const id of ids) ledger.locked.add(id);
  try {
    await sleep(WORK_MS);
    return work();
  } finally {
    for (const id of ids) ledger.locked.delete(id);
  }
}
