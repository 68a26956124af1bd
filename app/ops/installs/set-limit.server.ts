import { z } from "zod";

import { setActionLimit } from "#app/actions/action-limits.server.ts";
import type { Clock } from "#app/clock.ts";
import { parseAmount } from "#app/money/parse-amount.ts";
import type { Database } from "#db/database.server.ts";

import { operate, type Operator } from "../operator-actions.server.ts";

export type LimitProblems = { currency?: string[]; per_action?: string[]; per_day?: string[] };

const limit = z
  .string()
  .trim()
  .refine((text) => text === "" || isLimit(text), "must be an amount such as 2500.00, or empty")
  .transform((text) => (text === "" ? null : text));

const form = z.object({
  currency: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_.-]{1,32}$/, "must be a currency code, spelt as in the ledger"),
  per_action: limit,
  per_day: limit,
});

/** Sets an instance's limits of one currency from the form, or answers what is wrong with it. */
export async function setLimit(
  app: { db: Database; clock: Clock },
  operator: Operator,
  instanceId: string,
  data: FormData,
): Promise<LimitProblems | undefined> {
  const parsed = form.safeParse(Object.fromEntries(data));
  if (!parsed.success) return z.flattenError(parsed.error).fieldErrors;
  const { currency, per_action, per_day } = parsed.data;
  await operate(app, operator, { action: "set action limit", target: instanceId }, async (tx) => {
    await setActionLimit(tx, instanceId, parsed.data);
    return `${currency}: ${per_action ?? "any amount"} by one action, ${per_day ?? "any amount"} in a day`;
  });
  return undefined;
}

/** The finest unit that limits are compared in. */
const FINEST = 10n ** 18n;

function isLimit(text: string): boolean {
  const amount = parseAmount(text, FINEST);
  return typeof amount === "bigint" && amount >= 0n;
}
