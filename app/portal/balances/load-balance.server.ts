import { CloudError } from "#app/blnk/cloud-error.ts";
import type { CloudClient } from "#app/blnk/cloud.server.ts";

import { identityName } from "../identities/identity-name.ts";
import { maskedFields, withoutFields } from "../identities/masked-fields.ts";
import { metadataText } from "../metadata-text.server.ts";
import { readBalancePrecisions } from "../precision/balance-precision.server.ts";
import type { AssumePrecision } from "../precision/currency-precisions.server.ts";
import type { ReadCloud } from "../read-cloud.server.ts";
import { readTransactionLines } from "../transactions/read-transaction-lines.server.ts";
import { balanceName } from "./balance-line.ts";
import { HISTORY_DAYS } from "./history-days.ts";
import { readBalanceHistory } from "./read-balance-history.server.ts";

const DEFAULT_DAYS = 30;
const DAY_MS = 24 * 60 * 60_000;

export type BalancePageData = ReturnType<typeof loadBalance>;

/** The blocks of a balance's page; the history waits for the balance, whose precision it is drawn at. */
export function loadBalance(
  readCloud: ReadCloud,
  assume: AssumePrecision,
  { balanceId, days: asked, now }: { balanceId: string; days: string | null; now: number },
) {
  const days = HISTORY_DAYS.find((days) => String(days) === asked) ?? DEFAULT_DAYS;
  const balance = readCloud("data:read", (client) => readBalance(client, balanceId, assume));
  const history = balance.then((reading) =>
    reading.kind === "ready"
      ? readCloud("data:read", (client) =>
          readBalanceHistory(
            client,
            { ...reading.value, precision: reading.value.precision.precision },
            { from: now - days * DAY_MS, until: now },
          ),
        )
      : reading,
  );
  const transactions = readCloud("data:read", (client) =>
    readTransactionLines(client, [{ field: "balance_id", operator: "eq", value: balanceId }]),
  );
  return { loadedAt: now, balanceId, days, balance, history, transactions };
}

export type BalanceRead = Awaited<ReturnType<typeof readBalance>>;

async function readBalance(client: CloudClient, balanceId: string, assume: AssumePrecision) {
  const { meta_data, ...balance } = await client.balances.get(balanceId);
  const [precisions, ledger, identity] = await Promise.all([
    readBalancePrecisions(client, [balance], assume),
    unlessMissing(balance.ledger_id && client.ledgers.get(balance.ledger_id)),
    unlessMissing(balance.identity_id && client.identities.get(balance.identity_id)),
  ]);
  return {
    ...balance,
    name: balanceName({ ...balance, meta_data }),
    ledger_name: ledger?.name,
    identity_name: identity && identityName(withoutFields(identity, maskedFields(identity))),
    precision: precisions.get(balanceId)!,
    metadata: metadataText(meta_data),
  };
}

/** A record that another one names may be gone; the page is still worth showing. */
async function unlessMissing<T>(read: Promise<T> | "" | undefined): Promise<T | undefined> {
  if (!read) return undefined;
  try {
    return await read;
  } catch (error) {
    if (error instanceof CloudError && (error.code === "not_found" || error.code === "invalid"))
      return undefined;
    throw error;
  }
}
