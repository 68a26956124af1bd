import { z } from "zod";

import { recordActivity } from "#app/platform/activity/activity.server.ts";
import type { Clock } from "#app/platform/clock.ts";
import { actorOf, type PortalSession } from "#app/platform/sessions/portal-session.server.ts";
import type { Database } from "#db/database.server.ts";

import { decimalChoices } from "./currency-decimals.ts";
import { setCurrencyDecimals } from "./currency-precisions.server.ts";

export const precisionSchema = z.object({
  currency: z.string().trim().min(1).max(40),
  decimals: z.union([
    z.literal("").transform(() => undefined),
    z.coerce
      .number()
      .int()
      .min(0)
      .max(decimalChoices.length - 1),
  ]),
});

/** Sets the decimals that an install assumes for a currency, together with who did so. */
export async function savePrecision(
  { db, clock }: { db: Database; clock: Clock },
  session: PortalSession,
  { currency, decimals }: z.output<typeof precisionSchema>,
): Promise<{ saved: string }> {
  const { installed_app_id } = session.install;
  await db.write(async (tx) => {
    await setCurrencyDecimals(tx, installed_app_id, { currency, decimals });
    await recordActivity(
      tx,
      {
        ...actorOf(session),
        action: "precision.changed",
        target: currency,
        result: decimals === undefined ? "as in ISO 4217" : `${decimals} decimals`,
      },
      clock.now(),
    );
  });
  return { saved: currency };
}
