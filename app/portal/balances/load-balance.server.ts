import { CloudError } from "#app/platform/blnk/cloud-error.ts";
import type { CloudClient } from "#app/platform/blnk/cloud.server.ts";

import { identityName } from "#app/portal/identities/identity-name.ts";
import { maskedFields, withoutFields } from "#app/portal/identities/masked-fields.ts";
import { metadataText } from "#app/platform/portal/metadata-text.server.ts";
import { readBalancePrecisions } from "#app/platform/portal/precision/balance-precision.server.ts";
import type { AssumePrecision } from "#app/platform/portal/precision/currency-precisions.server.ts";
import type { ReadCloud } from "#app/platform/portal/read-cloud.server.ts";
import { readTransactionLines } from "#app/portal/transactions/read-transaction-lines.server.ts";
import { balanceName } from "./balance-line.ts";
import { HISTORY_DAYS } from "./history-days.ts";
import { drawBalanceHistory, readBalanceHistory } from "./read-balance-history.server.ts";

const DEFAULT_DAYS = 30;
const DAY_MS = 24 * 60 * 60_000;

export type BalancePageData = ReturnType<typeof loadBalance>;

/** The blocks of a balance's page, read together; the history is drawn at the balance's precision. */
export function loadBalance(
  readCloud: ReadCloud,
  assume: AssumePrecision,
  { balanceId, days: asked, now }: { balanceId: string; days: string | null; now: number },
) {
  const days = HISTORY_DAYS.find((days) => String(days) === asked) ?? DEFAULT_DAYS;
  const balance = readCloud("data:read", (client) => readBalance(client, balanceId, assume));
  const points = readCloud("data:read", (client) =>
    readBalanceHistory(client, balanceId, { from: now - days * DAY_MS, until: now }),
  );
  const history = Promise.all([balance, points]).then(([balance, points]) => {
    if (balance.kind !== "ready") return balance;
    if (points.kind !== "ready") return points;
    const { currency, precision } = balance.value;
    const units = { currency, precision: precision.precision };
    return { ...points, value: drawBalanceHistory(points.value, units) };
  });
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
