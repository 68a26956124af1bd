import { z } from "zod";

import { setActionLimit } from "./action-limits.server.ts";
import type { Clock } from "#app/platform/clock.ts";
import { parseAmount } from "#app/money/parse-amount.ts";
import type { Database } from "#db/database.server.ts";

import { operate, type Operator } from "#app/platform/operator/operator-actions.server.ts";

const amount = z
  .string()
  .trim()
  .refine((text) => text === "" || isLimit(text), "must be an amount such as 2500.00, or empty")
  .transform((text) => (text === "" ? null : text));

export const limitSchema = z.object({
  currency: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_.-]{1,32}$/, "must be a currency code, spelt as in the ledger"),
  per_action: amount,
  per_day: amount,
});

/** Sets an instance's limits of one currency. */
export async function setLimit(
  app: { db: Database; clock: Clock },
  operator: Operator,
  instanceId: string,
  limit: z.output<typeof limitSchema>,
): Promise<void> {
  const { currency, per_action, per_day } = limit;
  await operate(app, operator, { action: "set action limit", target: instanceId }, async (tx) => {
    await setActionLimit(tx, instanceId, limit);
    return `${currency}: ${per_action ?? "any amount"} by one action, ${per_day ?? "any amount"} in a day`;
  });
}

/** The finest unit that limits are compared in. */
const FINEST = 10n ** 18n;

function isLimit(text: string): boolean {
  const amount = parseAmount(text, FINEST);
  return typeof amount === "bigint" && amount >= 0n;
}
