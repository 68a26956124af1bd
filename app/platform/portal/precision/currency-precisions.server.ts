import { currencyPrecision } from "#app/money/currency-precision.ts";
import type { Database } from "#db/database.server.ts";
import type { Tx } from "#db/write-queue.server.ts";

import type { CurrencyDecimals } from "./currency-decimals.ts";

/** Minor units per major unit that this install assumes for a currency: its own setting, else what ISO 4217 says. */
export type AssumePrecision = (currency: string | undefined) => bigint;

export async function readAssumedPrecisions(
  db: Pick<Database, "read">,
  installedAppId: string,
): Promise<AssumePrecision> {
  const settings = new Map(
    (await listCurrencyDecimals(db, installedAppId)).map((row) => [row.currency, row.decimals]),
  );
  return (currency = "") => {
    const decimals = settings.get(currency);
    return decimals === undefined ? currencyPrecision(currency) : 10n ** BigInt(decimals);
  };
}

export async function listCurrencyDecimals(
  { read }: Pick<Database, "read">,
  installedAppId: string,
): Promise<CurrencyDecimals[]> {
  return await read
    .selectFrom("currency_decimals")
    .select(["currency", "decimals"])
    .where("installed_app_id", "=", installedAppId)
    .orderBy("currency")
    .execute();
}

/** Sets what an install assumes for a currency, or, without decimals, goes back to ISO 4217. */
export async function setCurrencyDecimals(
  tx: Tx,
  installedAppId: string,
  { currency, decimals }: { currency: string; decimals: number | undefined },
): Promise<void> {
  if (decimals === undefined) {
    await tx
      .deleteFrom("currency_decimals")
      .where("installed_app_id", "=", installedAppId)
      .where("currency", "=", currency)
      .execute();
    return;
  }
  await tx
    .insertInto("currency_decimals")
    .values({ installed_app_id: installedAppId, currency, decimals })
    .onConflict((conflict) => conflict.columns(["installed_app_id", "currency"]).doUpdateSet({ decimals }))
    .execute();
}

/** What was set in an install stays so in the one that follows it. */
export async function moveCurrencyDecimals(tx: Tx, from: string, to: string): Promise<void> {
  const inherited = tx
    .selectFrom("currency_decimals")
    .select((eb) => [eb.val(to).as("installed_app_id"), "currency", "decimals"])
    .where("installed_app_id", "=", from);
  await tx
    .insertInto("currency_decimals")
    .columns(["installed_app_id", "currency", "decimals"])
    .expression(inherited)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await tx.deleteFrom("currency_decimals").where("installed_app_id", "=", from).execute();
}
