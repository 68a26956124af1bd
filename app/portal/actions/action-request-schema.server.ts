import { z } from "zod";

import { formKey } from "#app/platform/portal/form-key.server.ts";

const reason = z
  .string()
  .transform((text) => text.replaceAll("\r\n", "\n").trim())
  .pipe(z.string().min(1, "Say why; it is kept in the ledger").max(500, "At most 500 characters"));
/** Read by the plan, which knows the precision. */
const amount = z.string().trim().max(80, "That amount is too long").optional();

export const actionRequestSchema = z.object({ formKey, reason, amount });

export const adjustmentSchema = z.object({
  formKey,
  reason,
  amount: z.string().trim().min(1, "Enter an amount").max(80, "That amount is too long"),
  from: z.string().min(1).max(200),
  to: z.string().min(1).max(200),
});
