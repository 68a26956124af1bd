import { parseSubmission, report } from "@conform-to/react/future";
import { formatResult } from "@conform-to/zod/v4/future";
import { z } from "zod";

import { readFormData } from "#app/form-body.server.ts";

/** Minted with a form by its loader (`mintSecret(16)`): the same one sent twice is one thing. */
export const formKey = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

/** Reads a form that was sent; `refuse` is what its page is told, with what was typed. */
export async function readForm<Value>(request: Request, schema: z.ZodType<Value>) {
  const submission = parseSubmission(await readFormData(request));
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
