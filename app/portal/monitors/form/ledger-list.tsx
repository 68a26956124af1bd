import { Suspense } from "react";
import { Await } from "react-router";

import type { LedgerName } from "#app/portal/ledgers/read-ledger-names.server.ts";
import type { CloudResult } from "#app/platform/portal/cloud-result.ts";

export const LEDGER_LIST = "ledgers";

/** Names beside the ids that fields suggest, once they are known. */
export function LedgerList({ ledgers }: { ledgers: Promise<CloudResult<LedgerName[]>> }) {
  return (
    <datalist id={LEDGER_LIST} aria-label="Ledgers">
      <Suspense>
        <Await resolve={ledgers} errorElement={null}>
          {(reading) =>
            reading.kind === "ready" &&
            reading.value.map(({ ledger_id, name }) => (
              <option key={ledger_id} value={ledger_id}>
                {name ?? ledger_id}
              </option>
            ))
          }
        </Await>
      </Suspense>
    </datalist>
  );
}
