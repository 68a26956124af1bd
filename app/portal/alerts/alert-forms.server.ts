import { parseSubmission, report } from "@conform-to/react/future";
import { formatResult } from "@conform-to/zod/v4/future";
import { z } from "zod";

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
  formKey: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  title,
  description,
});

/** Reads a form that was sent; `refuse` is what its page is told, with what was typed. */
export async function readForm<Value>(request: Request, schema: z.ZodType<Value>) {
  const submission = parseSubmission(await request.formData());
  const result = schema.safeParse(submission.payload);
  return {
    value: result.success ? result.data : undefined,
    refuse: (problem?: string) =>
      report(submission, {
        error: result.success
          ? { formErrors: problem ? [problem] : [], fieldErrors: {} }
          : formatResult(result),
      }),
  };
}
