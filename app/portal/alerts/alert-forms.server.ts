import { z } from "zod";

import { formKey } from "#app/platform/portal/form-key.server.ts";

const title = z
  .string()
  .trim()
  .max(200, "At most 200 characters")
  .transform((text) => text || undefined)
  .optional();
const description = z
  .string()
  .transform((text) => text.replaceAll("\r\n", "\n").trim())
  .pipe(z.string().min(1, "Say what is to be looked at").max(5000, "At most 5,000 characters"));
const seen = z.string();

export const alertChangeSchema = z.discriminatedUnion("change", [
  z.object({ change: z.literal("status"), status: z.string().min(1).max(200), seen }),
  z.object({ change: z.literal("text"), title, description, seen }),
]);

export const flagSchema = z.object({
  formKey,
  title,
  description,
});
